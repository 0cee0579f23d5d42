"""GitHub refuses one field: the pull request is opened all the same, every other field is set, and it is said which."""

from __future__ import annotations

import pytest

from github_sandbox import Fault
from support.people import seed, target
from support.stage import Stage, stage, wish

WORLD = seed(milestones=["v1"], **{"auto-merge": True, "protected": {"main": {"rules": ["pull_request"]}}})
EVERYTHING = {
    "labels": ["sync"],
    "assignees": ["alice"],
    "reviewers": ["alice"],
    "team_reviewers": ["core"],
    "milestone": "v1",
    "auto_merge": "squash",
}
FIELDS: dict[str, tuple[dict[str, int], tuple[str, ...]]] = {
    "labels": ({"issues/update": 1, "issues/add-labels": 1}, ("labels",)),
    "assignees": ({"issues/update": 1, "issues/add-assignees": 1}, ("assignees",)),
    "milestone": ({"issues/update": 2}, ("milestone:1",)),
    "reviewers": ({"pulls/request-reviewers": 3}, ("reviewer:alice", "team:core")),
    "auto-merge": ({"enablePullRequestAutoMerge": 1}, ("auto-merge:squash",)),
}
"""Of each field, the requests that are refused and how often: all at once, then one by one; and what is said."""


def refuse(scene: Stage, operation: str, times: int) -> None:
    if operation.startswith("enable"):
        error = {"type": "UNPROCESSABLE", "path": [operation], "message": "Pull request is in clean status"}
        fault = Fault(operation=operation, times=times, status=200, body={"data": {operation: None}, "errors": [error]})
    else:
        fault = Fault(operation=operation, times=times, status=422, body={"message": "Validation Failed"})
    scene.sandbox.faults.add(fault)


def present(scene: Stage) -> set[str]:
    pull = target(scene).pull(1)
    there = {
        "labels": pull.labels == ["sync"],
        "assignees": pull.assignees == ["alice"],
        "milestone": pull.milestone == "v1",
        "reviewers": (pull.reviewers, pull.team_reviewers) == (["alice"], ["core"]),
        "auto-merge": pull.auto_merge is not None,
    }
    return {name for name, is_there in there.items() if is_there}


@pytest.mark.parametrize("field", FIELDS)
def test_of_a_new_pull_request(field: str) -> None:
    operations, said = FIELDS[field]
    with stage(WORLD) as scene:
        for operation, times in operations.items():
            refuse(scene, operation, times)
        result = scene.upsert(wish(**EVERYTHING))
        assert (result.outcome, result.refused_fields) == ("created", said)
        assert present(scene) == set(FIELDS) - {field}


@pytest.mark.parametrize("field", ["labels", "assignees", "milestone"])
def test_of_one_that_is_there(field: str) -> None:
    operations, said = FIELDS[field]
    with stage(WORLD) as scene:
        scene.upsert(wish())
        refuse(scene, list(operations)[-1], 1)
        result = scene.upsert(wish({"ci.yml": "on: [push]\n"}, **EVERYTHING))
        assert (result.outcome, result.refused_fields) == ("updated", said)
        assert present(scene) == set(FIELDS) - {field}
        assert field not in result.changed_fields
        assert target(scene).files(wish().branch)["ci.yml"] == ("100644", b"on: [push]\n")


def test_a_login_that_cannot_be_asked_costs_itself_and_not_the_others() -> None:
    with stage(WORLD) as scene:
        result = scene.upsert(wish(assignees=["alice", "mallory"], reviewers=["alice", "mallory"]))
        assert result.refused_fields == ("assignee:mallory", "reviewer:mallory")
        assert (target(scene).pull(1).assignees, target(scene).pull(1).reviewers) == (["alice"], ["alice"])
