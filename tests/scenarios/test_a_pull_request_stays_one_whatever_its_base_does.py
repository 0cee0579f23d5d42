"""The base is another, renamed, or moves: it stays the same pull request, rewritten only where it must be."""

from __future__ import annotations

from support.people import rewritten, settled, target
from support.stage import FULL, desired_state, stage

BRANCH = desired_state().branch


def test_another_base_moves_the_same_pull_request() -> None:
    with stage() as scene:
        target(scene).commit_files("release", {"release.txt": b"1\n"}, message="Release")
        scene.upsert(desired_state(**FULL))
        former = target(scene).tip(BRANCH)
        moved = desired_state(base="release", **FULL)
        result = scene.upsert(moved)
        assert (result.outcome, result.pull_request_number) == ("updated", 1)
        assert set(result.changed_fields) == {"content", "base"}
        (pull,) = target(scene).pulls()
        assert (pull.base, pull.state) == ("release", "open")
        assert target(scene).commit(BRANCH).parents == rewritten(scene, former, base="release")
        assert target(scene).files(BRANCH)["release.txt"] == ("100644", b"1\n")
        settled(scene, moved)


def test_a_renamed_default_branch_keeps_the_number() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        target(scene).rename_branch("main", "trunk")
        later = desired_state({"ci.yml": "on: [push]\n"}, **FULL)
        result = scene.upsert(later)
        assert (result.outcome, result.pull_request_number) == ("updated", 1)
        (pull,) = target(scene).pulls()
        assert (pull.base, pull.state) == ("trunk", "open")
        settled(scene, later)


def test_a_base_that_moves_elsewhere_is_no_reason_to_write() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).commit_files("main", {"other.txt": b"1\n"}, message="Meanwhile")
        settled(scene, desired_state())


def test_a_base_that_moves_into_a_conflict_is() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        former = target(scene).tip(BRANCH)
        target(scene).commit_files("main", {"README.md": b"# Another\n"}, message="Meanwhile")
        result = scene.upsert(desired_state())
        assert (result.outcome, result.pull_request_number) == ("updated", 1)
        assert target(scene).commit(BRANCH).parents == rewritten(scene, former)
        assert target(scene).files(BRANCH)["README.md"] == ("100644", b"# API\n")
        settled(scene, desired_state())


def test_a_base_that_moves_is_followed_where_that_is_asked_for() -> None:
    following = desired_state(on_base_moved="rewrite", **FULL)
    with stage() as scene:
        scene.upsert(following)
        settled(scene, following)
        former = target(scene).tip(BRANCH)
        target(scene).commit_files("main", {"other.txt": b"x\n"})
        result = scene.upsert(following)
        assert (result.outcome, result.changed_fields, result.pull_request_number) == ("updated", ("content",), 1)
        assert target(scene).commit(BRANCH).parents == rewritten(scene, former)
        settled(scene, following)
