"""A digest of nothing would be equal on every run: a pattern without a file is an error that names the nearest path."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from support.editions import without_github
from support.skip_stage import alone, skip

pytestmark = without_github(why="It is refused before the first request.")


@pytest.mark.parametrize("mode", ["digest", "check"])
def test_every_such_pattern_is_named_with_its_nearest_path(mode: str) -> None:
    with alone() as scene, pytest.raises(InputError) as caught:
        skip(scene, mode, files="srcs/**\nsrc/**\nlib/*.js")
    first, second = caught.value.problems
    assert first.what == "'srcs/**' of `files` matches no file of the checkout. The nearest path is 'src'."
    assert second.what == "'lib/*.js' of `files` matches no file of the checkout."


def test_lines_that_leave_out_everything_are_refused() -> None:
    with alone() as scene, pytest.raises(InputError, match="leave out every file"):
        skip(scene, "digest", files="src/**\n!src/**")


def test_no_input_is_refused() -> None:
    with alone() as scene, pytest.raises(InputError, match="all runs would have one digest"):
        skip(scene, "digest", files="")


def test_a_line_that_leaves_out_nothing_is_a_warning() -> None:
    with alone() as scene:
        finish = skip(scene, "digest", files="src/**\n!src/**/*.md")
    assert [each.message for each in finish.annotations] == [
        "'!src/**/*.md' of `files` leaves out no file. Correct it, or remove it."
    ]


def test_a_pattern_of_another_dialect_is_refused() -> None:
    with alone() as scene, pytest.raises(InputError, match=r"`!!` and `!\(…\)` mean nothing here"):
        skip(scene, "digest", files="src/**\n!!src/app.py")
