"""`auto-merge`: enabled where GitHub lets us, withdrawn when it is no longer desired, reported where it is refused."""

from __future__ import annotations

from typing import Any

from support.editions import EDITIONS, WITH_GRAPHQL, only_on
from support.people import seed, settled, target
from support.stage import Stage, desired_state, stage

WAITS: dict[str, Any] = seed(**{"auto-merge": True, "protected": {"main": {"rules": ["pull_request"]}}})
"""Its default branch is protected, so that there is something to wait for."""
SQUASH = desired_state(auto_merge="squash")


def method(scene: Stage) -> str | None:
    found: str | None = target(scene).pull(1).auto_merge
    return found


@only_on(*WITH_GRAPHQL, why="Nothing else can switch it; what is said then is told below.")
def test_it_is_enabled_changed_and_withdrawn() -> None:
    with stage(WAITS) as scene:
        assert scene.upsert(SQUASH).refused_fields == ()
        assert method(scene) == "SQUASH"
        settled(scene, SQUASH)
        scene.upsert(desired_state(auto_merge="rebase"))
        assert method(scene) == "REBASE"
        settled(scene, desired_state(auto_merge="rebase"))
        scene.upsert(desired_state())
        assert method(scene) is None
        settled(scene, desired_state())


def test_the_method_that_people_chose_stays() -> None:
    with stage(WAITS) as scene:
        scene.upsert(desired_state())
        target(scene).enable_auto_merge(1, "merge", actor="alice")
        for asked_for in (SQUASH, desired_state()):
            scene.upsert(asked_for)
            assert method(scene) == "MERGE"
            settled(scene, asked_for)


def test_a_repository_that_does_not_allow_it_is_not_even_asked() -> None:
    with stage() as scene:
        result = scene.upsert(SQUASH)
        assert (result.outcome, result.refused_fields) == ("created", ("auto-merge",))
        assert scene.sent("enablePullRequestAutoMerge") == 0
        again = settled(scene, SQUASH)
        assert again.refused_fields == ("auto-merge",)


def test_what_github_refuses_is_reported_and_not_asked_for_on_every_run() -> None:
    with stage(seed(**{"auto-merge": True})) as scene:  # Nothing to wait for: "in clean status".
        told = "auto-merge:squash" if scene.has_graphql else "auto-merge"
        result = scene.upsert(SQUASH)
        assert (result.outcome, result.refused_fields) == ("created", (told,))
        assert target(scene).pull(1).state == "open"
        assert settled(scene, SQUASH).refused_fields == (told,)


@only_on(*WITH_GRAPHQL, why="Where it cannot be switched on, nobody takes ours off.")
def test_what_somebody_took_off_stays_off_until_another_method_is_desired() -> None:
    with stage(WAITS) as scene:
        scene.upsert(SQUASH)
        target(scene).disable_auto_merge(1)
        settled(scene, SQUASH)
        scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, auto_merge="squash"))
        assert method(scene) is None
        scene.upsert(desired_state(auto_merge="rebase"))
        assert method(scene) == "REBASE"


@only_on("no-graphql", why="It is about what only GraphQL can do.")
def test_what_cannot_be_switched_without_graphql_is_said_and_is_done_once_there_is_graphql() -> None:
    full, less = EDITIONS["full"], EDITIONS["no-graphql"]
    with stage(WAITS) as scene:
        assert scene.upsert(SQUASH).refused_fields == ("auto-merge",)
        assert settled(scene, SQUASH).refused_fields == ("auto-merge",)
        scene.sandbox.edition = full
        assert "auto-merge" in scene.upsert(SQUASH).changed_fields
        assert method(scene) == "SQUASH"

        scene.sandbox.edition = less
        for asked_for, after in ((desired_state(auto_merge="rebase"), "REBASE"), (desired_state(), None)):
            before = method(scene)
            for _ in range(2):
                result = scene.upsert(asked_for)
                assert (result.outcome, result.refused_fields) == ("unchanged", ("auto-merge",))
            assert method(scene) == before
            scene.sandbox.edition = full
            assert "auto-merge" in scene.upsert(asked_for).changed_fields
            assert method(scene) == after
            scene.sandbox.edition = less
