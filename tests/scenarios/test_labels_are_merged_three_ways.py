"""What we asked for before, what is desired now, what is there: only what we set ourselves is ever taken away."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from github_sandbox import Fault
from support.people import settled, target
from support.stage import desired_state, stage


def test_ours_come_and_go_and_theirs_stay() -> None:
    with stage() as scene:
        scene.upsert(desired_state(labels=["sync", "old"]))
        target(scene).edit_pull(1, labels=["sync", "old", "by-hand"])
        asked_for = desired_state(labels=["sync", "new"])
        assert scene.upsert(asked_for).changed_fields == ("labels",)
        assert set(target(scene).pull(1).labels) == {"sync", "new", "by-hand"}
        settled(scene, asked_for)


def test_a_label_that_a_person_had_set_before_we_desired_it_counts_as_ours_from_then_on() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).edit_pull(1, labels=["Sync"])
        scene.upsert(desired_state(labels=["sync"]))
        assert target(scene).pull(1).labels == ["Sync"]
        settled(scene, desired_state(labels=["sync"]))


def test_a_hundred_are_set_and_one_more_is_refused_before_the_first_request() -> None:
    hundred = [f"label-{number:03}" for number in range(100)]
    with stage() as scene:
        scene.upsert(desired_state(labels=hundred))
        assert sorted(target(scene).pull(1).labels) == hundred
        settled(scene, desired_state(labels=hundred))
    with pytest.raises(InputError, match="101 labels are asked for; GitHub takes 100"):
        desired_state(labels=[*hundred, "one-more"])


def test_labels_that_have_no_room_beside_peoples_cost_only_themselves() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).edit_pull(1, labels=[f"theirs-{number:03}" for number in range(100)])
        result = scene.upsert(desired_state(labels=["sync"], body="New."))
        assert (result.outcome, result.refused_fields) == ("updated", ("labels",))
        pull = target(scene).pull(1)
        assert (len(pull.labels), "New." in pull.body) == (100, True)


def test_a_label_github_does_not_know_yet_is_tried_again_by_the_next_run() -> None:
    """Just after a pull request was opened, GitHub may answer 422 "Could not resolve to a node"."""
    asked_for = desired_state(labels=["sync"], assignees=["alice"])
    refusal = {"message": "Validation Failed", "errors": ["Could not resolve to a node with the global id of 'PR_1'"]}
    with stage() as scene:
        for operation in ("issues/update", "issues/add-labels"):
            scene.sandbox.faults.add(Fault(operation=operation, status=422, body=refusal))
        result = scene.upsert(asked_for)
        assert (result.outcome, result.refused_fields) == ("created", ("labels",))
        assert target(scene).pull(1).assignees == ["alice"]
        assert scene.upsert(asked_for).changed_fields == ("labels",)
        assert target(scene).pull(1).labels == ["sync"]
        settled(scene, asked_for)
