"""Lines of paths and patterns name files in order; a leading `!` takes some out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from action_patterns.action.named_files import read_named_files
from action_patterns.errors import InputError
from action_patterns.runner.files import RunnerFiles

TREE = ("!kept", "app/[id]/page.tsx", "app/i/page.tsx", "docs/a.md", "src/a.py", "src/a_test.py")


@pytest.fixture
def files(tmp_path: Path) -> RunnerFiles:
    for name in TREE:
        place = tmp_path / "workspace" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    (tmp_path / "temp").mkdir()
    return RunnerFiles(str(tmp_path / "workspace"), str(tmp_path / "temp"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["src", "docs/a.md"], ["src/a.py", "src/a_test.py", "docs/a.md"]),
        (["src/**", "!**/*_test.py"], ["src/a.py"]),
        (["src", "!src/a*", "src/a_test.py"], ["src/a_test.py"]),
        (["**", "!{src,docs}", "!app/[id]/**"], ["!kept", "app/i/page.tsx"]),
        (["!kept"], ["!kept"]),
        (["\\!kept"], ["!kept"]),
        ([], []),
    ],
)
def test_the_last_line_that_matches_decides(files: RunnerFiles, lines: list[str], expected: list[str]) -> None:
    assert [change.path for change in read_named_files(lines, files)] == expected


def test_every_line_without_a_file_is_an_error(files: RunnerFiles) -> None:
    with pytest.raises(InputError) as refused:
        read_named_files(["src/*.py", "!dcos", "!src/@(a)", "*.rst", "!docs"], files)
    said = [problem.what for problem in refused.value.problems]
    assert len(said) == 4
    assert said[0].startswith("'!dcos' takes out none of the files that the lines above it name.")
    assert "are no alternatives" in said[1]
    assert "names no file" in said[2]
    assert said[3].startswith("'!docs' takes out none")


def test_the_nearest_name_is_named_if_one_is_near(files: RunnerFiles) -> None:
    with pytest.raises(InputError) as refused:
        read_named_files(["src", "!scr/*.py", "!other"], files)
    one, other = (problem.what for problem in refused.value.problems)
    assert "The nearest name is 'src/a.py'." in one
    assert "nearest" not in other


def test_lines_that_take_out_every_file_are_an_error(files: RunnerFiles) -> None:
    """An id of nothing would be equal for all contents, and work would be skipped with it."""
    with pytest.raises(InputError, match="take out every file"):
        read_named_files(["src", "!src/**"], files)
