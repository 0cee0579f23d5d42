"""A read may come from a copy that is behind. What it leads to is refused by the present, and looked into again."""

from __future__ import annotations

from typing import Any

from github_sandbox import Fault
from support.people import calls_of_a_look
from support.stage import FULL, TARGET, Stage, desired_state, stage

CHANGED = {"ci.yml": "on: [push]\n"}


def stale(scene: Stage) -> Fault:
    """The next look is at what was there before the last write: its one read, or each of them."""
    if scene.has_graphql:
        return Fault.of("stale_read", operation="Observe")
    return Fault.of("stale_read", method="GET", times=calls_of_a_look(scene, desired_state()) - 1)


def test_a_person_s_commit_that_was_not_seen_stays() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        repository = scene.sandbox.repository(TARGET)
        theirs = repository.commit_files(
            desired_state().branch, {"mine.txt": b"by hand\n"}, message="My fix", author="Alice <alice@example.com>"
        )
        scene.sandbox.faults.add(stale(scene))
        result = scene.upsert(desired_state(CHANGED, **FULL))
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert repository.tip(desired_state().branch) == theirs


def test_a_pull_request_that_was_not_seen_is_not_opened_twice() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        scene.sandbox.faults.add(stale(scene))
        result = scene.upsert(desired_state())
        assert (result.error, result.pull_request_number) == (None, 1)
        assert [pull.number for pull in scene.sandbox.repository(TARGET).pulls()] == [1]


def test_a_branch_that_was_deleted_meanwhile_is_made_again() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        repository = scene.sandbox.repository(TARGET)
        repository.close_pull(1)
        repository.reopen_pull(1)
        scene.sandbox.faults.add(stale(scene))
        result = scene.upsert(desired_state(CHANGED, **FULL))
        assert result.error is None
        assert result.pull_request_number == 1


def test_our_own_ref_read_back_from_behind_is_planned_again_and_ends_the_same() -> None:
    with stage() as clean:
        clean.upsert(desired_state(**FULL))
        expected = clean.sandbox.snapshot()
    with stage() as scene:
        behind: list[dict[str, Any]] = [{"fault": "stale-read", "operation": "git/get-ref"}]
        if scene.has_graphql:
            behind.append({"fault": "stale-read", "operation": "Observe", "nth": 2})
        else:  # The look-up of the ref, and every read of the second look.
            reads = calls_of_a_look(scene, desired_state(**FULL)) - 1
            behind = [{"fault": "stale-read", "method": "GET", "nth": reads + 1, "times": 1 + reads}]
        lost = {"fault": "bad-gateway", "operation": scene.makes_branch, "when": "after"}
        scene.sandbox.faults.script([lost, *behind])
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert scene.sandbox.snapshot() == expected
