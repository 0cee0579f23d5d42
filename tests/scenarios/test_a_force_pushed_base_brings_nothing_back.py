"""A person takes a commit out of the base by a force-push: our pull request must not propose it again."""

from __future__ import annotations

import pytest

from support.people import seed, settled, target
from support.stage import Killed, Stage, desired_state, stage

LEAKED = {"secret.env": "TOKEN=abc\n"}


def die() -> None:
    raise Killed


def drop_the_leak(scene: Stage, clean: str | None) -> None:
    target(scene).commit_files("main", {"README.md": "# api, again\n"}, parent=clean, message="Clean")


def test_the_pull_request_holds_our_commit_on_todays_base_and_nothing_else() -> None:
    asked_for = desired_state({"ci.yml": "on: push\n"})
    with stage() as scene:
        clean = target(scene).tip("main")
        target(scene).commit_files("main", LEAKED, message="Oops")
        opened = scene.upsert(asked_for)
        drop_the_leak(scene, clean)
        result = scene.upsert(asked_for)
        if not scene.has_leases:
            # Every update keeps what the branch had: a person must delete the branch.
            assert (result.outcome, result.reason) == ("blocked", "base-rewritten")
            assert scene.upsert(asked_for).reason == "base-rewritten"
            return
        assert (result.outcome, result.reason) == ("updated", "content")
        assert result.pull_request_number == opened.pull_request_number
        assert target(scene).commit(str(result.after_oid)).parents == (target(scene).tip("main"),)
        settled(scene, asked_for)
        target(scene).merge_pull(result.pull_request_number)
        assert "secret.env" not in target(scene).files()


def test_a_branch_without_a_pull_request_is_written_again() -> None:
    asked_for = desired_state({"ci.yml": "on: push\n"})
    with stage() as scene:
        clean = target(scene).tip("main")
        target(scene).commit_files("main", LEAKED, message="Oops")
        with pytest.raises(Killed):
            scene.upsert(asked_for, meanwhile={"POST /pulls": die})
        drop_the_leak(scene, clean)
        result = scene.upsert(asked_for)
        if scene.has_leases:
            assert result.outcome == "created"
            assert "secret.env" not in target(scene).files(result.branch)
        else:
            assert result.reason == "base-rewritten"


def test_a_base_that_only_moved_on_costs_no_write() -> None:
    asked_for = desired_state({"ci.yml": "on: push\n"})
    with stage() as scene:
        scene.upsert(asked_for)
        target(scene).commit_files("main", {"other.txt": "x\n"}, message="More")
        settled(scene, asked_for)


def test_the_same_in_a_fork() -> None:
    asked_for = desired_state({"ci.yml": "on: push\n"}, head_repository="bot/api")
    with stage(seed({"name": "bot/api", "fork": "acme/api"})) as scene:
        clean = target(scene).tip("main")
        target(scene).commit_files("main", LEAKED, message="Oops")
        scene.upsert(asked_for)
        drop_the_leak(scene, clean)
        result = scene.upsert(asked_for)
        assert result.reason == ("content" if scene.has_leases else "base-rewritten"), result
