"""A group is concerned by its own paths, by a shared path, and by every group that it depends on, however far."""

from __future__ import annotations

from pathlib import Path

from support.detecting import GROUPS, Detected, Remote, checked_out, detect, story
from support.editions import without_github

pytestmark = without_github(why="The answer follows from commits.")

CHAIN = """
base: library/**
middle: {depends-on: base}
top: {depends-on: [middle]}
other: {paths: docs/**}
"""


def between(base: str, head: str, folder: Path, **inputs: str) -> Detected:
    return detect(checked_out(head), "push", {"before": base}, sha=head, **inputs)


def test_a_library_concerns_every_service(tmp_path: Path) -> None:
    answer = between(story().main[1], story().main[2], tmp_path, groups=GROUPS)
    assert answer.groups == {"library": True, "services": True, "manual": False}
    entries = [{"group": "services", "service": name} for name in ("api", "web")]
    assert answer.matrix == {"include": [{"group": "library"}, *entries]}
    assert answer.matrix_by_group == {"library": {"include": [{"group": "library"}]}, "services": {"include": entries}}
    assert answer.matrix_count == "3"


def test_a_service_concerns_itself_alone(tmp_path: Path) -> None:
    answer = between(story().main[0], story().main[1], tmp_path, groups=GROUPS)
    assert answer.groups == {"library": False, "services": True, "manual": False}
    assert answer.matrix == {"include": [{"group": "services", "service": "api"}]}


def test_dependants_of_dependants_are_concerned(tmp_path: Path) -> None:
    answer = between(story().main[1], story().main[2], tmp_path, groups=CHAIN)
    assert answer.groups == {"base": True, "middle": True, "top": True, "other": False}


def test_a_shared_path_concerns_every_group(tmp_path: Path) -> None:
    answer = between(story().main[2], story().replaced, tmp_path, groups=GROUPS, shared="package.json\n*.lock")
    assert answer.groups == {"library": True, "services": True, "manual": True}
    assert answer.matrix_count == "4"


def test_a_change_of_the_manual_concerns_nothing_else(tmp_path: Path) -> None:
    answer = between(story().main[1], story().topic[0], tmp_path, groups=GROUPS)
    assert answer.groups == {"library": False, "services": False, "manual": True}


def test_force_concerns_all(tmp_path: Path) -> None:
    answer = between(story().main[1], story().main[2], tmp_path, groups=GROUPS, force="true")
    assert (answer.base_reason, answer.everything, answer.matrix_count) == ("forced", True, "4")


def test_a_part_that_is_gone_is_no_job(tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    base = remote.commit({"services/api/x": "1", "services/web/x": "1"})
    head = remote.commit({"services/api/x": None, "services/web/x": "2"})
    remote.push("main")
    answer = detect(remote.check_out(head), "push", {"before": base}, sha=head, groups=GROUPS)
    assert answer.matrix == {"include": [{"group": "services", "service": "web"}]}
    assert answer.deleted == ["services/api/x"]


def test_a_submodule_that_moved_concerns_every_pattern_below_its_path(tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    base = remote.commit({"README.md": "1"})
    commits = []
    for oid in ("1" * 40, "2" * 40):
        remote.git("update-index", "--add", "--cacheinfo", f"160000,{oid},vendor/module")
        remote.git("commit", "--quiet", "--message", "bump")
        commits.append(remote.git("rev-parse", "HEAD"))
    remote.push("main")
    groups = "exact: vendor/module\nbelow: vendor/module/**\ndeep: vendor/module/src/*.c\nnone: vendor/other/**"
    for before, after in ((base, commits[0]), tuple(commits)):
        answer = detect(remote.check_out(after), "push", {"before": before}, sha=after, groups=groups)
        assert (answer.code, answer.files) == (0, ["vendor/module"])
        assert answer.groups == {"exact": True, "below": True, "deep": True, "none": False}
