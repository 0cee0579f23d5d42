"""A read may come from a copy that is behind. What it leads to is refused by the present, and looked into again."""

from __future__ import annotations

from github_sandbox import Fault
from support.stage import FULL, TARGET, stage, wish

CHANGED = {"ci.yml": "on: [push]\n"}


def stale(times: int = 1) -> Fault:
    return Fault.of("stale_read", operation="Observe", times=times)


def test_a_person_s_commit_that_was_not_seen_stays() -> None:
    with stage() as scene:
        scene.upsert(wish(**FULL))
        repository = scene.sandbox.repository(TARGET)
        theirs = repository.commit_files(
            wish().branch, {"mine.txt": b"by hand\n"}, message="My fix", author="Alice <alice@example.com>"
        )
        scene.sandbox.faults.add(stale())
        result = scene.upsert(wish(CHANGED, **FULL))
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert repository.tip(wish().branch) == theirs


def test_a_pull_request_that_was_not_seen_is_not_opened_twice() -> None:
    with stage() as scene:
        scene.upsert(wish())
        scene.sandbox.faults.add(stale())
        result = scene.upsert(wish())
        assert (result.error, result.pull_request_number) == (None, 1)
        assert [pull.number for pull in scene.sandbox.repository(TARGET).pulls()] == [1]


def test_a_branch_that_was_deleted_meanwhile_is_made_again() -> None:
    with stage() as scene:
        scene.upsert(wish(**FULL))
        repository = scene.sandbox.repository(TARGET)
        repository.close_pull(1)
        repository.reopen_pull(1)
        scene.sandbox.faults.add(stale())
        result = scene.upsert(wish(CHANGED, **FULL))
        assert result.error is None
        assert result.pull_request_number == 1


def test_our_own_ref_read_back_from_behind_is_planned_again_and_ends_the_same() -> None:
    with stage() as clean:
        clean.upsert(wish(**FULL))
        expected = clean.sandbox.snapshot()
    with stage() as scene:
        scene.sandbox.faults.script(
            [
                {"fault": "bad-gateway", "operation": "UpdateRefs", "when": "after"},
                {"fault": "stale-read", "operation": "git/get-ref"},
                {"fault": "stale-read", "operation": "Observe", "nth": 2},
            ]
        )
        result = scene.upsert(wish(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert scene.sandbox.snapshot() == expected
