"""Somebody is faster between our read and our write. Their commit stays, whatever we were about to do to the branch."""

from __future__ import annotations

import pytest

from support.stage import FULL, TARGET, Stage, desired_state, stage

CHANGED = {"ci.yml": "on: [push]\n"}


def push(scene: Stage) -> None:
    """A person commits to the bot branch, or makes one of that name."""
    repository = scene.sandbox.repository(TARGET)
    branch = desired_state().branch
    parent = repository.tip(branch) or repository.tip("main")
    repository.commit_files(
        branch, {"mine.txt": b"by hand\n"}, message="My fix", author="Alice <alice@example.com>", parent=parent
    )


def theirs(scene: Stage) -> bool:
    return "mine.txt" in scene.sandbox.repository(TARGET).files(desired_state().branch)


def test_a_commit_pushed_before_our_update_stays() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        result = scene.upsert(desired_state(CHANGED, **FULL), meanwhile={"before": lambda: push(scene)})
        assert scene.moves() == 2
        assert theirs(scene)
        assert (result.outcome, result.reason) == ("blocked", "human-commit")


def test_a_branch_made_before_ours_stays() -> None:
    with stage() as scene:
        result = scene.upsert(desired_state(), meanwhile={"before": lambda: push(scene)})
        assert theirs(scene)
        assert (result.outcome, result.reason) == ("blocked", "foreign-branch")
        assert scene.sandbox.repository(TARGET).pulls() == []


def test_a_commit_pushed_before_we_delete_the_branch_stays() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        scene.sandbox.repository(TARGET).commit_files(
            "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
        )
        result = scene.upsert(desired_state(**FULL), meanwhile={"before": lambda: push(scene)})
        if scene.has_leases:
            assert scene.moves() == 2
            assert theirs(scene)
        else:  # Nobody could have kept us from deleting what came meanwhile, so nothing is deleted.
            assert (result.outcome, scene.moves()) == ("closed", 1)
            assert "stays" in result.message
            assert scene.sandbox.repository(TARGET).tip(desired_state().branch) is not None


def test_a_commit_pushed_while_our_answer_was_lost_stays() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        scene.sandbox.faults.script([{"fault": "bad-gateway", "operation": scene.moves_branch, "when": "after"}])
        result = scene.upsert(desired_state(CHANGED, **FULL), meanwhile={"after": lambda: push(scene)})
        assert theirs(scene)
        assert (result.outcome, result.reason) == ("blocked", "human-commit")


@pytest.mark.parametrize("call", ["POST /git/trees", "POST /git/commits", "before"])
def test_it_moved_after_it_was_read_and_before_the_swap_was_sent(call: str) -> None:
    """What counts is where the branch was when it was decided, not where it is when it is written."""
    with stage() as scene:
        scene.upsert(desired_state())
        repository = scene.sandbox.repository(TARGET)
        branch = desired_state().branch
        result = scene.upsert(
            desired_state({"ci.yml": "on: [push]\n"}),
            meanwhile={call: lambda: repository.commit_files(branch, {"mine.txt": b"mine\n"}, message="Mine")},
        )
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert "mine.txt" in repository.files(branch)
