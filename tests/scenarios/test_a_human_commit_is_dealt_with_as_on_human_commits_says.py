"""A commit on the bot branch that is not ours: stop and say so once, put ours on top, or overwrite it, as told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.people import KEPT, base_gets_the_content, commit_by_hand, rewritten, settled, target
from support.stage import FULL, Stage, desired_state, stage

BRANCH = desired_state().branch
CHANGED = {"ci.yml": "on: [push]\n"}


def pushed(scene: Stage) -> str:
    return commit_by_hand(scene, BRANCH)


def amended(scene: Stage) -> str:
    """`git commit --amend` keeps our message, trailers and all, and has another tree."""
    ours = target(scene).commit(BRANCH)
    return target(scene).commit_files(
        BRANCH, {"ci.yml": b"on: push\n", "mine.txt": b"x\n"}, message=ours.message, parent=ours.parents[0]
    )


def updated_by_the_button(scene: Stage) -> str:
    target(scene).commit_files("main", {"other.txt": b"1\n"}, message="Meanwhile")
    return target(scene).update_branch(1)


WORK = pytest.mark.parametrize("work", [pushed, amended, updated_by_the_button])


@WORK
def test_stop_touches_neither_branch_nor_text_and_leaves_one_note(work: Callable[[Stage], str]) -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        theirs = work(scene)
        before = scene.sandbox.snapshot()
        for number in range(3):
            result = scene.upsert(desired_state(CHANGED, title="New", body="New.", labels=["new"]))
            assert (result.outcome, result.reason) == ("blocked", "human-commit")
            assert target(scene).tip(BRANCH) == theirs
            (pull,) = target(scene).pulls()
            (note,) = pull.comments
            assert "action-patterns has stopped here" in note
            theirs = commit_by_hand(scene, BRANCH, text=f"{number}\n")
        after = scene.sandbox.snapshot()["acme/api"]["pulls"][0]
        same = set(after) - {"comments", "head_tree"}
        assert {name: after[name] for name in same} == {name: before["acme/api"]["pulls"][0][name] for name in same}
        scene.forget()
        assert scene.upsert(desired_state(CHANGED)).reason == "human-commit"
        assert scene.writes() == 0


def test_the_button_is_named_where_it_was_the_button() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        updated_by_the_button(scene)
        assert "Update branch" in scene.upsert(desired_state(CHANGED)).message


def test_the_note_goes_away_when_the_commit_has_gone() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        ours = target(scene).tip(BRANCH)
        assert ours is not None
        commit_by_hand(scene, BRANCH)
        target(scene).comment(1, "My own words.", author="alice")
        assert scene.upsert(desired_state()).outcome == "blocked"
        assert len(target(scene).pull(1).comments) == 2
        target(scene).set_branch(BRANCH, ours)
        assert scene.upsert(desired_state()).outcome == "updated"
        assert target(scene).pull(1).comments == ["My own words."]
        settled(scene, desired_state())


@WORK
def test_append_puts_ours_on_top_of_theirs(work: Callable[[Stage], str]) -> None:
    asked_for = desired_state(CHANGED, on_human_commits="append")
    with stage() as scene:
        scene.upsert(desired_state())
        theirs = work(scene)
        result = scene.upsert(asked_for)
        assert (result.outcome, result.pull_request_number) == ("updated", 1)
        assert target(scene).commit(BRANCH).parents == (theirs,)
        files = target(scene).files(BRANCH)
        assert files["ci.yml"] == ("100644", b"on: [push]\n")
        assert {path: files.get(path) for path in ("mine.txt", "other.txt")} == {
            path: target(scene).files(theirs).get(path) for path in ("mine.txt", "other.txt")
        }
        settled(scene, asked_for, reads=KEPT)


def test_append_follows_the_content_and_further_commits_of_theirs() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        for number in range(3):
            commit_by_hand(scene, BRANCH, path=f"mine-{number}.txt")
            asked_for = desired_state({"ci.yml": f"on: {number}\n"}, on_human_commits="append")
            assert scene.upsert(asked_for).outcome == "updated"
            files = target(scene).files(BRANCH)
            assert files["ci.yml"] == ("100644", f"on: {number}\n".encode())
            assert {f"mine-{n}.txt" for n in range(number + 1)} <= set(files)
            settled(scene, asked_for, reads=KEPT)
        assert [pull.number for pull in target(scene).pulls()] == [1]


def test_append_keeps_the_pull_request_where_the_base_holds_the_content() -> None:
    asked_for = desired_state(on_human_commits="append")
    with stage() as scene:
        scene.upsert(asked_for)
        theirs = commit_by_hand(scene, BRANCH)
        base_gets_the_content(scene)
        result = settled(scene, asked_for, reads=KEPT)
        assert result.reason == "kept-for-commits"
        assert (target(scene).tip(BRANCH), target(scene).pull(1).state) == (theirs, "open")


@WORK
def test_overwrite_leaves_one_commit_of_ours_on_the_base(work: Callable[[Stage], str]) -> None:
    asked_for = desired_state(CHANGED, on_human_commits="overwrite")
    with stage() as scene:
        scene.upsert(desired_state())
        theirs = work(scene)
        assert scene.upsert(asked_for).outcome == "updated"
        assert target(scene).commit(BRANCH).parents == rewritten(scene, theirs)
        assert "mine.txt" not in target(scene).files(BRANCH)
        assert [pull.number for pull in target(scene).pulls()] == [1]
        settled(scene, asked_for)
