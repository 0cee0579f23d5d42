"""A pattern that matches no path of either side is named. One of another dialect is refused, as in a campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import Detected, checked_out, detect, story
from support.editions import without_github

pytestmark = without_github(why="The patterns are matched against commits.")


def look(folder: Path, **inputs: str) -> Detected:
    at = story()
    workspace = checked_out(at.main[2])
    return detect(workspace, "push", {"before": at.main[1]}, sha=at.main[2], **inputs)


def test_a_typing_error_is_a_warning(tmp_path: Path) -> None:
    answer = look(tmp_path, groups='library: libary/**\nmanual: ["docs/**", "!docs/nothing.md"]', shared="packge.json")
    assert answer.groups == {"library": False, "manual": False}
    warnings = [line for line in answer.log.splitlines() if line.startswith("::warning")]
    assert [line.partition("::")[2].partition("::")[2] for line in warnings] == [
        "`shared`: 'packge.json' matches no path of either side. The nearest is 'package.json'.",
        "the group 'library': 'libary/**' matches no path of either side. The nearest is 'library'.",
        "the group 'manual': '!docs/nothing.md' matches no path of either side. The nearest is 'docs/use.md'.",
    ]


def test_a_pattern_of_an_unchanged_or_deleted_path_is_no_warning(tmp_path: Path) -> None:
    answer = look(tmp_path, groups='all: ["**", "!docs/**"]\nservices: services/<service>/main.py\nmarkdown: "**/*.md"')
    assert "::warning" not in answer.log
    assert answer.groups == {"all": True, "services": False, "markdown": False}


@pytest.mark.parametrize("pattern", ["/src/**", "src/@(a|b)", "{1..3}/x", "../x", ":(glob)x", "a**", "src\\x", "[^a]"])
def test_a_pattern_of_another_dialect_is_refused(tmp_path: Path, pattern: str) -> None:
    answer = look(tmp_path, paths=pattern)
    assert (answer.code, dict(answer.outputs)) == (2, {})
    assert "matches nothing" in answer.log


def test_an_exclusion_excludes(tmp_path: Path) -> None:
    answer = look(tmp_path, paths="**\n!library/**")
    assert (answer.changed, answer.files) == (False, [])
    answer = look(tmp_path / "again", paths="**\n!docs/**")
    assert answer.files == ["library/a.py"]
