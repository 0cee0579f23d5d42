"""`head-repository`: the bot branch is in a fork, of another owner or the same; the pull request is in the target."""

from __future__ import annotations

import pytest

from support.people import base_gets_the_content, refused_before_any_write, seed, settled, target
from support.stage import FULL, TARGET, Stage, desired_state, stage

FORKS = [{"name": "bot/api", "fork": TARGET}, {"name": "acme/api-fork", "fork": TARGET}]
BRANCH = desired_state().branch

each_fork = pytest.mark.parametrize("fork", ["bot/api", "acme/api-fork"], ids=["another owner", "the same owner"])


def of(fork: str, scene: Stage) -> str | None:
    return scene.sandbox.repository(fork).tip(BRANCH)


@each_fork
def test_it_is_opened_updated_found_again_and_closed(fork: str) -> None:
    asked_for = desired_state(head_repository=fork, **FULL)
    with stage(seed(*FORKS)) as scene:
        result = scene.upsert(asked_for)
        assert (result.outcome, result.pull_request_number) == ("created", 1)
        assert (target(scene).tip(BRANCH), of(fork, scene) is not None) == (None, True)
        assert set(target(scene).pull(1).labels) == {"bot", "sync"}
        settled(scene, asked_for)

        later = desired_state({"ci.yml": "on: [push]\n"}, head_repository=fork, **FULL)
        result = scene.upsert(later)
        assert (result.outcome, result.pull_request_number) == ("updated", 1)
        assert scene.sandbox.repository(fork).files(BRANCH)["ci.yml"] == ("100644", b"on: [push]\n")
        assert target(scene).pull(1).head_oid == of(fork, scene)
        settled(scene, later)

        target(scene).commit_files("main", {"ci.yml": b"on: [push]\n"}, message="By hand")
        assert scene.upsert(later).outcome == "closed"
        assert (target(scene).pull(1).state, of(fork, scene) is None) == ("closed", scene.has_leases)
        settled(scene, later)


def test_the_fork_may_be_behind() -> None:
    asked_for = desired_state(head_repository="bot/api")
    with stage(seed(*FORKS)) as scene:
        target(scene).commit_files("main", {"later.txt": b"1\n"}, message="The target went on")
        assert scene.upsert(asked_for).outcome == "created"
        assert "later.txt" in scene.sandbox.repository("bot/api").files(BRANCH)
        settled(scene, asked_for)


def test_two_forks_of_one_owner_are_told_apart() -> None:
    forks = [{"name": "acme/api-fork", "fork": TARGET}, {"name": "acme/api-copy", "fork": TARGET}]
    with stage(seed(*forks)) as scene:
        assert scene.upsert(desired_state(head_repository="acme/api-fork")).pull_request_number == 1
        assert scene.upsert(desired_state(head_repository="acme/api-copy")).pull_request_number == 2
        settled(scene, desired_state(head_repository="acme/api-fork"))
        settled(scene, desired_state(head_repository="acme/api-copy"))


@pytest.mark.parametrize("head", ["acme/other", TARGET])
def test_what_is_no_fork_of_the_target_is_named_before_any_write(head: str) -> None:
    with stage(seed({"name": "acme/other", "files": {"README.md": "other\n"}})) as scene:
        refused_before_any_write(scene, desired_state(head_repository=head), "not-a-fork")


def test_the_base_holds_it_and_nothing_is_made_in_the_fork() -> None:
    with stage(seed(*FORKS)) as scene:
        base_gets_the_content(scene)
        settled(scene, desired_state(head_repository="bot/api"))
        assert of("bot/api", scene) is None
