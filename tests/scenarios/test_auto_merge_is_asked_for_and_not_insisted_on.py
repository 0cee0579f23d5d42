"""`auto-merge`: enabled where GitHub lets us, withdrawn when it is no longer wished, reported where it is refused."""

from __future__ import annotations

from typing import Any

from support.people import seed, settled, target
from support.stage import Stage, stage, wish

WAITS: dict[str, Any] = seed(**{"auto-merge": True, "protected": {"main": {"rules": ["pull_request"]}}})
"""Its default branch is protected, so that there is something to wait for."""
SQUASH = wish(auto_merge="squash")


def method(scene: Stage) -> str | None:
    found: str | None = target(scene).pull(1).auto_merge
    return found


def test_it_is_enabled_changed_and_withdrawn() -> None:
    with stage(WAITS) as scene:
        assert scene.upsert(SQUASH).refused_fields == ()
        assert method(scene) == "SQUASH"
        settled(scene, SQUASH)
        scene.upsert(wish(auto_merge="rebase"))
        assert method(scene) == "REBASE"
        settled(scene, wish(auto_merge="rebase"))
        scene.upsert(wish())
        assert method(scene) is None
        settled(scene, wish())


def test_the_method_that_people_chose_stays() -> None:
    with stage(WAITS) as scene:
        scene.upsert(wish())
        target(scene).enable_auto_merge(1, "merge", actor="alice")
        for wished in (SQUASH, wish()):
            scene.upsert(wished)
            assert method(scene) == "MERGE"
            settled(scene, wished)


def test_a_repository_that_does_not_allow_it_is_not_even_asked() -> None:
    with stage() as scene:
        result = scene.upsert(SQUASH)
        assert (result.outcome, result.refused_fields) == ("created", ("auto-merge",))
        assert scene.sent("enablePullRequestAutoMerge") == 0
        again = settled(scene, SQUASH)
        assert again.refused_fields == ("auto-merge",)


def test_what_github_refuses_is_reported_and_not_asked_for_on_every_run() -> None:
    with stage(seed(**{"auto-merge": True})) as scene:  # Nothing to wait for: "in clean status".
        result = scene.upsert(SQUASH)
        assert (result.outcome, result.refused_fields) == ("created", ("auto-merge:squash",))
        assert target(scene).pull(1).state == "open"
        assert settled(scene, SQUASH).refused_fields == ("auto-merge:squash",)


def test_what_somebody_took_off_stays_off_until_another_method_is_wished() -> None:
    with stage(WAITS) as scene:
        scene.upsert(SQUASH)
        target(scene).disable_auto_merge(1)
        settled(scene, SQUASH)
        scene.upsert(wish({"ci.yml": "on: [push]\n"}, auto_merge="squash"))
        assert method(scene) is None
        scene.upsert(wish(auto_merge="rebase"))
        assert method(scene) == "REBASE"
