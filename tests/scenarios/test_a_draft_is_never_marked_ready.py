"""`draft`: how a new pull request begins, or how every run leaves it; what people undrafted or drafted is theirs."""

from __future__ import annotations

import pytest

from support.editions import EDITIONS
from support.people import settled, target
from support.stage import desired_state, stage


@pytest.mark.parametrize("draft", ["true", "always-true"])
def test_a_new_one_is_opened_as_a_draft(draft: str) -> None:
    with stage() as scene:
        scene.upsert(desired_state(draft=draft))
        assert target(scene).pull(1).draft
        settled(scene, desired_state(draft=draft))


def test_true_leaves_the_rest_to_people() -> None:
    with stage() as scene:
        scene.upsert(desired_state(draft="true"))
        target(scene).edit_pull(1, draft=False)
        settled(scene, desired_state(draft="true"))
        assert not target(scene).pull(1).draft


def test_always_true_makes_it_a_draft_again() -> None:
    asked_for = desired_state(draft="always-true")
    with stage() as scene:
        scene.upsert(asked_for)
        target(scene).edit_pull(1, draft=False)
        if not scene.has_graphql:  # Nothing else can. It is said on every run, and done once there is GraphQL.
            for _ in range(2):
                assert settled(scene, asked_for).refused_fields == ("draft",)
            scene.sandbox.edition = EDITIONS["full"]
        assert scene.upsert(asked_for).changed_fields == ("draft",)
        assert target(scene).pull(1).draft
        settled(scene, asked_for)


def test_false_does_not_mark_a_persons_draft_ready() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).edit_pull(1, draft=True)
        scene.upsert(desired_state({"ci.yml": "on: [push]\n"}))
        assert target(scene).pull(1).draft
        settled(scene, desired_state({"ci.yml": "on: [push]\n"}))
