"""The files of a campaign, read once and checked as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from action_patterns.content.changes import FileChange
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reading import read_campaign
from action_patterns.errors import InputError
from support.memory_ports import MemoryFiles
from support.report_builders import context, plan

FILES = MemoryFiles({"files/ci.yml": "on: push\n", "files/docs/a.md": "a", "files/docs/deep/b.md": "b"})


def campaign(*rules: dict[str, Any], files: MemoryFiles = FILES) -> Campaign:
    text = {"name": "x", "targets": {"owners": ["acme"]}, "files": list(rules), "pull-request": {"title": "t"}}
    return read_campaign("d.yml", MemoryFiles({**files.files, "d.yml": json.dumps(text)}), context())


def changes(*rules: dict[str, Any], files: MemoryFiles = FILES) -> tuple[FileChange, ...]:
    (entry,) = plan("acme/api").roster
    return campaign(*rules, files=files).desired(entry).changes


def paths(*rules: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(change.path, change.mode) for change in changes(*rules)]


def problems(*rules: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as refused:
        campaign(*rules)
    return [problem.what for problem in refused.value.problems]


def test_a_file_a_directory_and_an_absence() -> None:
    assert paths(
        {"target": "old.yml", "absent": "true"},
        {"target": ".github/ci.yml", "source": "files/ci.yml"},
        {"target": "docs/", "source": "files/docs"},
    ) == [(".github/ci.yml", "100644"), ("docs/a.md", "100644"), ("docs/deep/b.md", "100644"), ("old.yml", None)]


def test_a_directory_laid_over_the_root() -> None:
    assert paths({"target": ".", "source": "files"}) == [
        ("ci.yml", "100644"),
        ("docs/a.md", "100644"),
        ("docs/deep/b.md", "100644"),
    ]


def test_every_source_that_is_absent_is_named() -> None:
    found = problems({"target": "a", "source": "no/a"}, {"target": "b", "source": "no/b"})
    assert ["no/a" in found[0], "no/b" in found[1]] == [True, True]


def test_two_rules_for_one_target_are_refused() -> None:
    (found,) = problems({"target": "docs", "source": "files/docs"}, {"target": "docs/a.md", "source": "files/ci.yml"})
    assert "docs/a.md is a target twice: files/docs → docs of `files`" in found


def test_a_file_cannot_be_laid_over_the_root() -> None:
    (found,) = problems({"target": ".", "source": "files/ci.yml"})
    assert "'.' has a '.'" in found


def test_a_problem_of_reading_does_not_hide_one_of_checking() -> None:
    found = problems(
        {"target": "a", "source": "no/a"},
        {"target": "b", "source": "files/ci.yml"},
        {"target": "b", "source": "files/ci.yml"},
    )
    assert len(found) == 2


def test_an_exclusion_takes_files_out_of_a_directory_in_order() -> None:
    files = MemoryFiles({f"site/{name}": "x" for name in ("app/[id]/p", "app/i/p", "docs/a.md", "docs/b.md", "c")})
    rule = {"target": ".", "source": "site", "exclude": ["docs", "!docs/b.md", "app/[id]/**"]}
    assert [each.path for each in changes(rule, files=files)] == ["app/i/p", "c", "docs/b.md"]
    assert campaign(rule, files=files).notice is None


def test_an_exclusion_without_effect_is_named_with_its_place_and_the_nearest_name() -> None:
    rule = {"target": "x", "source": "files/docs", "exclude": ["dep/**", "a.md"]}
    assert campaign(rule).notice == (
        "`dep/**` in `exclude`, line 1 of d.yml, has no effect on the 2 files of 'files/docs'."
        " The nearest name is 'deep'. Correct it, or remove it."
    )
    assert campaign(rule | {"mirror": True}).notice is None, "it may be about files of a target"


def test_an_exclusion_of_another_dialect_is_refused_with_its_line() -> None:
    with pytest.raises(InputError) as refused:
        campaign({"target": "x", "source": "files/docs", "exclude": ["@(a|b)", "/docs"]})
    assert [(each.file, each.line) for each in refused.value.problems] == [("d.yml", 1)] * 2
