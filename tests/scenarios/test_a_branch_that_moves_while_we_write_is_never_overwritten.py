"""Somebody is faster between our read and our write. Their commit stays, whatever we were about to do to the branch."""

from __future__ import annotations

from support.stage import FULL, TARGET, Stage, stage, wish

CHANGED = {"ci.yml": "on: [push]\n"}
SWAP = 4
"""The call that moves the ref, after one read, a tree and a commit."""


def push(scene: Stage) -> None:
    """A person commits to the bot branch, or makes one of that name."""
    repository = scene.sandbox.repository(TARGET)
    branch = wish().branch
    parent = repository.tip(branch) or repository.tip("main")
    repository.commit_files(
        branch, {"mine.txt": b"by hand\n"}, message="My fix", author="Alice <alice@example.com>", parent=parent
    )


def theirs(scene: Stage) -> bool:
    return "mine.txt" in scene.sandbox.repository(TARGET).files(wish().branch)


def test_a_commit_pushed_before_our_update_stays() -> None:
    with stage() as scene:
        scene.upsert(wish(**FULL))
        result = scene.upsert(wish(CHANGED, **FULL), meanwhile={SWAP: lambda: push(scene)})
        assert scene.sent("UpdateRefs") == 2
        assert theirs(scene)
        assert (result.outcome, result.reason) == ("blocked", "human-commit")


def test_a_branch_made_before_ours_stays() -> None:
    with stage() as scene:
        result = scene.upsert(wish(), meanwhile={SWAP: lambda: push(scene)})
        assert theirs(scene)
        assert (result.outcome, result.reason) == ("blocked", "foreign-branch")
        assert scene.sandbox.repository(TARGET).pulls() == []


def test_a_commit_pushed_before_we_delete_the_branch_stays() -> None:
    with stage() as scene:
        scene.upsert(wish(**FULL))
        scene.sandbox.repository(TARGET).commit_files(
            "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
        )
        scene.upsert(wish(**FULL), meanwhile={3: lambda: push(scene)})
        assert scene.sent("UpdateRefs") == 2
        assert theirs(scene)


def test_a_commit_pushed_while_our_answer_was_lost_stays() -> None:
    with stage() as scene:
        scene.upsert(wish(**FULL))
        scene.sandbox.faults.script([{"fault": "bad-gateway", "operation": "UpdateRefs", "when": "after"}])
        result = scene.upsert(wish(CHANGED, **FULL), meanwhile={SWAP + 1: lambda: push(scene)})
        assert theirs(scene)
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
