"""Somebody closed the pull request unmerged: that is respected, or it is opened again, or another one is opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from github_sandbox import Fault
from support.people import commit_by_hand, refused_before_any_write, seed, settled, target
from support.stage import TARGET, Stage, desired_state, stage

BRANCH = desired_state().branch
CHANGED = {"ci.yml": "on: [push]\n"}


def left(_: Stage) -> None:
    """The branch stays where it was."""


def deleted(scene: Stage) -> None:
    target(scene).delete_branch(BRANCH)


MEANWHILE = pytest.mark.parametrize("meanwhile", [left, deleted])


@MEANWHILE
@pytest.mark.parametrize("files", [None, CHANGED], ids=["same content", "other content"])
def test_it_is_respected_whatever_became_of_branch_and_content(
    meanwhile: Callable[[Stage], None], files: dict[str, str] | None
) -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).close_pull(1)
        meanwhile(scene)
        before = scene.sandbox.snapshot()
        scene.forget()
        result = scene.upsert(desired_state(files))
        assert (result.outcome, result.reason, scene.writes()) == ("skipped", "closed-by-someone", 0)
        assert scene.sandbox.snapshot() == before


@MEANWHILE
@pytest.mark.parametrize("files", [None, CHANGED], ids=["same content", "other content"])
def test_it_is_opened_again_and_holds_what_is_desired_now(
    meanwhile: Callable[[Stage], None], files: dict[str, str] | None
) -> None:
    asked_for = desired_state(files, on_closed="reopen", labels=["sync"])
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).close_pull(1)
        meanwhile(scene)
        result = scene.upsert(asked_for)
        assert (result.outcome, result.reason, result.pull_request_number) == ("updated", "reopened", 1)
        (pull,) = target(scene).pulls()
        assert (pull.state, pull.labels) == ("open", ["sync"])
        expected = b"on: push\n" if files is None else b"on: [push]\n"
        assert target(scene).files(BRANCH)["ci.yml"] == ("100644", expected)
        settled(scene, asked_for)


def test_a_branch_of_ours_that_moved_is_put_back_to_where_it_was_closed_first() -> None:
    asked_for = desired_state(CHANGED, on_closed="reopen")
    with stage() as scene:
        scene.upsert(desired_state())
        former = target(scene).tip(BRANCH)
        assert former is not None
        scene.upsert(desired_state(CHANGED))
        target(scene).close_pull(1)
        target(scene).set_branch(BRANCH, former)
        if not scene.has_leases:  # A branch can only be moved forward there: a person has to put it back.
            result = refused_before_any_write(scene, asked_for, "reopen-refused")
            assert "Move it back with git" in result.message
            return
        assert scene.upsert(asked_for).reason == "reopened"
        assert [pull.state for pull in target(scene).pulls()] == ["open"]
        settled(scene, asked_for)


def test_a_branch_that_a_person_moved_is_not_put_back() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).close_pull(1)
        theirs = target(scene).commit_files(BRANCH, {"mine.txt": b"x\n"}, message="Mine")
        scene.forget()
        result = scene.upsert(desired_state(on_closed="reopen"))
        assert (result.outcome, result.reason, scene.writes()) == ("blocked", "human-commit", 0)
        assert target(scene).tip(BRANCH) == theirs


@MEANWHILE
def test_where_github_refuses_to_reopen_nothing_is_left_behind(meanwhile: Callable[[Stage], None]) -> None:
    refusal = {"message": "Validation Failed", "errors": [{"message": "state cannot be changed."}]}
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).close_pull(1)
        meanwhile(scene)
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(Fault(operation=scene.edits_pull, status=422, body=refusal))
        result = scene.upsert(desired_state(CHANGED, on_closed="reopen"))
        assert (result.outcome, result.reason) == ("blocked", "reopen-refused")
        assert "state cannot be changed" in result.message
        if scene.has_leases or meanwhile is left:
            assert scene.sandbox.snapshot() == before
        else:  # The branch had to be made again to ask at all.
            assert "stays: compare-and-swap cannot delete it here" in result.message
            assert target(scene).tip(BRANCH) == result.after_oid


@MEANWHILE
def test_another_one_is_opened_once(meanwhile: Callable[[Stage], None]) -> None:
    asked_for = desired_state(CHANGED, on_closed="new")
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).close_pull(1)
        meanwhile(scene)
        result = scene.upsert(asked_for)
        assert (result.outcome, result.pull_request_number) == ("created", 2)
        assert [pull.state for pull in target(scene).pulls()] == ["closed", "open"]
        assert settled(scene, asked_for).pull_request_number == 2


def closes_one_of_their_own(scene: Stage) -> None:
    target(scene).close_pull(1)
    target(scene).set_branch("dev", target(scene).tip("main") or "")
    target(scene).close_pull(target(scene).open_pull(BRANCH, base="dev", author="alice").number)


def wipes_the_body(scene: Stage) -> None:
    target(scene).edit_pull(1, body="We do not want this.")
    target(scene).close_pull(1)


def hides_behind_fifty_of_a_fork(scene: Stage) -> None:
    target(scene).close_pull(1)
    fork = scene.sandbox.repository("mallory/api")
    fork.commit_files(BRANCH, {"x.txt": "x\n"})
    for _ in range(51):
        target(scene).close_pull(target(scene).open_pull(f"mallory:{BRANCH}", author="mallory").number)


@pytest.mark.parametrize("somebody", [closes_one_of_their_own, wipes_the_body, hides_behind_fifty_of_a_fork])
def test_it_is_respected_whatever_came_after(somebody: Callable[[Stage], None]) -> None:
    with stage(seed({"name": "mallory/api", "fork": TARGET})) as scene:
        scene.upsert(desired_state())
        somebody(scene)
        there = len(target(scene).pulls())
        result = scene.upsert(desired_state(CHANGED))
        assert (result.outcome, result.reason, len(target(scene).pulls())) == ("skipped", "closed-by-someone", there)


def test_one_that_holds_a_persons_commit_is_reopened_and_said_to_be_blocked() -> None:
    asked_for = desired_state(on_closed="reopen")
    with stage() as scene:
        scene.upsert(asked_for)
        theirs = commit_by_hand(scene, BRANCH)
        target(scene).close_pull(1)
        for _ in range(2):
            result = scene.upsert(asked_for)
            assert (result.outcome, result.reason, result.pull_request_number) == ("blocked", "human-commit", 1)
        assert target(scene).tip(BRANCH) == theirs
