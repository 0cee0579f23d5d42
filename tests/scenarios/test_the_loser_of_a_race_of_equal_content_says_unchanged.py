"""Two runs propose the same at once. One opens the pull request; the other has changed nothing of it, and says so."""

from __future__ import annotations

import pytest

from support.people import settled, target
from support.stage import FULL, desired_state, stage


@pytest.mark.parametrize("moment", ["before", "after", "POST /pulls"])
def test_whole_before_the_next_request_of_ours(moment: str) -> None:
    asked_for = desired_state(**FULL)
    with stage() as scene:
        result = scene.upsert(asked_for, meanwhile={moment: lambda: scene.upsert(asked_for)})
        assert (result.outcome, result.reason) == ("unchanged", "up-to-date")
        assert (result.pull_request_number, result.changed_fields) == (1, ())
        assert result.after_oid == target(scene).tip(asked_for.branch)
        settled(scene, asked_for)


def test_one_that_adds_to_it_says_updated() -> None:
    theirs, ours = desired_state(labels=["sync"]), desired_state(labels=["sync", "bot"])
    with stage() as scene:
        result = scene.upsert(ours, meanwhile={"POST /pulls": lambda: scene.upsert(theirs)})
        assert (result.outcome, result.changed_fields) == ("updated", ("labels",))
        settled(scene, ours)
