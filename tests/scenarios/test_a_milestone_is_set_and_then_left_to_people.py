"""A milestone by title or number: set, changed while it is the one we set, and left where people chose another."""

from __future__ import annotations

import pytest

from support.people import seed, settled, target
from support.stage import Stage, desired_state, stage

MILESTONES = seed(milestones=["v1", "v2"])


def milestone(scene: Stage) -> str | None:
    name: str | None = target(scene).pull(1).milestone
    return name


@pytest.mark.parametrize("named", ["v1", "1"], ids=["by title", "by number"])
def test_it_is_set_changed_and_taken_away(named: str) -> None:
    with stage(MILESTONES) as scene:
        scene.upsert(desired_state(milestone=named))
        assert milestone(scene) == "v1"
        settled(scene, desired_state(milestone=named))
        assert scene.upsert(desired_state(milestone="v2")).changed_fields == ("milestone",)
        assert milestone(scene) == "v2"
        settled(scene, desired_state(milestone="v2"))
        scene.upsert(desired_state())
        assert milestone(scene) is None
        settled(scene, desired_state())


def test_a_title_of_digits_comes_before_a_number() -> None:
    with stage(seed(milestones=["v1", "2", "1"])) as scene:
        scene.upsert(desired_state(milestone="1"))
        assert milestone(scene) == "1"


@pytest.mark.parametrize(("absent", "told"), [("v9", "milestone"), ("9", "milestone:9")])
def test_one_that_is_not_there_costs_only_itself(absent: str, told: str) -> None:
    asked_for = desired_state(milestone=absent, labels=["sync"])
    with stage(MILESTONES) as scene:
        result = scene.upsert(asked_for)
        assert (result.outcome, result.refused_fields) == ("created", (told,))
        assert (milestone(scene), target(scene).pull(1).labels) == (None, ["sync"])


@pytest.mark.parametrize("chosen", [2, 0], ids=["another one", "none"])
def test_peoples_choice_of_another_stays(chosen: int) -> None:
    with stage(MILESTONES) as scene:
        scene.upsert(desired_state(milestone="v1"))
        target(scene).edit_pull(1, milestone=chosen)
        if chosen:
            settled(scene, desired_state(milestone="v1"))
            assert milestone(scene) == "v2"
        else:  # No person chose anything: the desired state is still the desired state.
            scene.upsert(desired_state(milestone="v1"))
            assert milestone(scene) == "v1"
