"""Every file over its limit is named, and the whole change has one too."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from action_patterns.content import sizes
from action_patterns.content.sizes import size_problems


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(sizes, "MAX_CHANGE_BYTES", 25)


def said(found: Mapping[str, int]) -> list[str]:
    return [problem.what for problem in size_problems(found)]


@pytest.mark.parametrize("found", [{}, {"a": 0}, {"a": 10}, {"a": 10, "b": 10, "c": 5}])
def test_what_fits_is_no_problem(found: Mapping[str, int]) -> None:
    assert said(found) == []


def test_every_file_that_is_too_large_is_named_with_its_size_and_the_limit() -> None:
    total = "The change has 33 bytes in 3 files; at most 25 are taken in one pull request."
    assert said({"a": 11, "b": 10, "c": 12}) == [
        "The file 'a' has 11 bytes; GitHub takes at most 10.",
        "The file 'c' has 12 bytes; GitHub takes at most 10.",
        f"{total} The largest: 'c' (12), 'a' (11), 'b' (10).",
    ]


def test_many_files_that_are_too_much_together_are_told_by_the_largest() -> None:
    (what,) = said({f"{number}": number for number in range(1, 8)})
    assert "28 bytes in 7 files" in what
    assert what.endswith("The largest: '7' (7), '6' (6), '5' (5), '4' (4), '3' (3).")
