"""The target of a rule: a slash at its end, a backslash, a directory that shall go, two rules that meet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.people import settled, target
from support.stage import desired_state, stage
from support.workspace import Workspace

FILES = {"docs/old.md": "o\n", "docs/deep/a.md": "a\n", "docs/deep/run.sh": "r\n", "docsy.md": "d\n"}
ABSENT: dict[str, str | bytes | None] = {"docs": None}


def with_docs(scene: Any) -> None:
    target(scene).commit_files("main", FILES, message="Documents")


def test_a_directory_goes_with_all_that_is_in_it() -> None:
    with stage() as scene:
        with_docs(scene)
        result = scene.upsert(desired_state(ABSENT))
        assert (result.outcome, result.files) == ("created", tuple(sorted(set(FILES) - {"docsy.md"})))
        assert not [path for path in target(scene).files(result.branch or "") if path.startswith("docs/")]
        settled(scene, desired_state(ABSENT), reads=2)
        target(scene).merge_pull(1)
        assert scene.upsert(desired_state(ABSENT)).outcome == "unchanged"


def test_it_goes_but_for_what_another_rule_lays_there() -> None:
    mirror = ABSENT | {"docs/deep/a.md": "new\n", "docs/b.md": "b\n"}
    with stage() as scene:
        with_docs(scene)
        result = scene.upsert(desired_state(mirror))
        assert result.files == ("docs/b.md", "docs/deep/a.md", "docs/deep/run.sh", "docs/old.md")
        after = target(scene).files(result.branch or "")
        assert {path for path in after if path.startswith("docs/")} == {"docs/b.md", "docs/deep/a.md"}
        settled(scene, desired_state(mirror), reads=2)
        target(scene).merge_pull(1)
        assert scene.upsert(desired_state(mirror)).outcome == "unchanged"


def test_a_file_that_comes_into_it_goes_too() -> None:
    with stage() as scene:
        with_docs(scene)
        scene.upsert(desired_state(ABSENT))
        target(scene).commit_files("main", {"docs/later.md": "l\n"}, message="Later")
        result = scene.upsert(desired_state(ABSENT))
        assert (result.outcome, "docs/later.md" in result.files) == ("updated", True)
        assert not [path for path in target(scene).files(result.branch or "") if path.startswith("docs/")]


def test_a_file_of_that_name_goes_as_before_and_nothing_is_nothing() -> None:
    with stage() as scene:
        assert scene.upsert(desired_state(ABSENT)).outcome == "unchanged"
        target(scene).commit_files("main", {"docs": "a file\n"}, message="A file")
        assert scene.upsert(desired_state(ABSENT)).files == ("docs",)


@pytest.mark.parametrize("name", ["refs/heads/main", "main", " main "])
def test_the_full_name_of_a_base_is_its_name(name: str) -> None:
    with stage() as scene:
        assert scene.upsert(desired_state(base=name)).outcome == "created"
        assert target(scene).pull(1).base == "main"


def test_the_full_name_of_a_branch_is_its_name() -> None:
    with stage() as scene:
        assert scene.upsert(desired_state(branch="refs/heads/sync")).branch == "sync"
        assert scene.upsert(desired_state(branch="sync")).outcome == "unchanged"
        assert "sync" in target(scene).branches()


CAMPAIGN = """\
name: shared
targets: {{repositories: [acme/api]}}
files:
  - {{target: '{target}', source: a}}
{more}
pull-request: {{title: Shared}}
"""


def campaign(job: Workspace, written: str, more: str = "") -> Any:
    job.write({"distribution.yml": CAMPAIGN.format(target=written, more=more), "a": "a\n", "b/a": "b\n", "b/c": "c\n"})
    return job.run("distribute")


@pytest.mark.parametrize(
    ("written", "path"), [("newdir/", "newdir/a"), ("src/", "src/a"), ("newdir", "newdir"), ("./", "a")]
)
def test_a_slash_behind_a_file_s_target_means_a_directory(tmp_path: Path, written: str, path: str) -> None:
    with stage(served=True) as scene:
        assert campaign(Workspace(scene, tmp_path), written).code == 0
        (pull,) = target(scene).pulls()
        before, after = target(scene).files(), target(scene).files(pull.head)
        assert {each for each in after if before.get(each) != after[each]} == {path}


@pytest.mark.parametrize("written", [r".github\workflows\ci.yml", r"a\b", "newdir/\\"])
def test_a_backslash_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    with stage(served=True) as scene:
        ended = campaign(Workspace(scene, tmp_path), written)
        assert (ended.code, scene.writes()) == (2, 0)
        assert "file=distribution.yml,line=4" in ended.log
        assert "backslash" in ended.log


@pytest.mark.parametrize(
    ("written", "more", "said"),
    [
        ("d/a", "  - {target: d, source: b}", "d/a is a target twice"),
        ("d/", "  - {target: d/, source: b}", "d/a is a target twice"),
        ("d", "  - {target: d, source: b}", "is inside d, which"),
        ("d/a", "  - {target: d/a, absent: true}", "d/a is a target twice"),
    ],
)
def test_two_rules_that_meet_are_refused(tmp_path: Path, written: str, more: str, said: str) -> None:
    with stage(served=True) as scene:
        ended = campaign(Workspace(scene, tmp_path), written, more)
        assert (ended.code, scene.writes()) == (2, 0)
        assert said in ended.log
        assert target(scene).pulls() == []


def test_a_file_that_comes_into_it_while_a_run_is_on_its_way_goes_too() -> None:
    with stage() as scene:
        with_docs(scene)

        def meanwhile() -> None:
            target(scene).commit_files("main", {"docs/later.md": "l\n"}, message="Later")
            scene.upsert(desired_state(ABSENT | {"other.txt": "o\n"}))

        result = scene.upsert(desired_state(ABSENT), meanwhile={"before": meanwhile})
        assert "docs/later.md" in result.files
        assert not [path for path in target(scene).files(result.branch or "") if path.startswith("docs/")]
