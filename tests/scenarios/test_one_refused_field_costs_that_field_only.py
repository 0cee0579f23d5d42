"""GitHub refuses one field: the pull request is opened all the same, every other field is set, and it is said which."""

from __future__ import annotations

import pytest

from github_sandbox import Fault
from support.people import commit_by_hand, seed, settled, target
from support.stage import Stage, desired_state, stage

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
    "milestone": ({"issues/update": 2}, ("milestone:v1",)),
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


def to_be_had(scene: Stage) -> set[str]:
    """Only GraphQL can switch auto-merge."""
    return set(FIELDS) if scene.has_graphql else set(FIELDS) - {"auto-merge"}


def told(scene: Stage, *refused: str) -> tuple[str, ...]:
    """What is reported as refused, where these are by GitHub."""
    return refused if scene.has_graphql else (*(n for n in refused if "auto-merge" not in n), "auto-merge")


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
            if field in to_be_had(scene):
                refuse(scene, operation, times)
        result = scene.upsert(desired_state(**EVERYTHING))
        assert (result.outcome, result.refused_fields) == ("created", told(scene, *said))
        assert present(scene) == to_be_had(scene) - {field}


@pytest.mark.parametrize("field", ["labels", "assignees", "milestone"])
def test_of_one_that_is_there(field: str) -> None:
    operations, said = FIELDS[field]
    with stage(WORLD) as scene:
        scene.upsert(desired_state())
        refuse(scene, list(operations)[-1], 1)
        result = scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, **EVERYTHING))
        assert (result.outcome, result.refused_fields) == ("updated", told(scene, *said))
        assert present(scene) == to_be_had(scene) - {field}
        assert field not in result.changed_fields
        assert target(scene).files(desired_state().branch)["ci.yml"] == ("100644", b"on: [push]\n")


def test_a_login_that_cannot_be_asked_costs_itself_and_not_the_others() -> None:
    with stage(WORLD) as scene:
        result = scene.upsert(desired_state(assignees=["alice", "mallory"], reviewers=["alice", "mallory"]))
        assert result.refused_fields == ("assignee:mallory", "reviewer:mallory")
        assert (target(scene).pull(1).assignees, target(scene).pull(1).reviewers) == (["alice"], ["alice"])


def test_a_milestone_that_is_refused_is_not_asked_for_on_every_run() -> None:
    asked_for = desired_state(milestone="v1")
    with stage(WORLD) as scene:
        refuse(scene, "issues/update", 9)
        scene.upsert(asked_for)
        settled(scene, asked_for)


def test_labels_that_are_refused_on_every_run_are_not_called_an_update() -> None:
    asked_for = desired_state(labels=["sync"])
    with stage(WORLD) as scene:
        scene.upsert(desired_state())
        scene.upsert(desired_state(labels=[]))
        refuse(scene, "issues/add-labels", 9)
        scene.upsert(asked_for)
        result = scene.upsert(asked_for)
        assert (result.outcome, result.changed_fields, result.refused_fields) == ("unchanged", (), ("labels",))


def test_comments_that_are_refused_are_not_asked_for_again_and_again() -> None:
    asked_for = desired_state(body="x" * 130_000)
    with stage(WORLD) as scene:
        refuse(scene, "issues/create-comment", 99)
        scene.upsert(asked_for)
        settled(scene, asked_for)


def test_a_note_that_is_refused_is_tried_once_a_run() -> None:
    with stage(WORLD) as scene:
        scene.upsert(desired_state())
        commit_by_hand(scene, desired_state().branch)
        refuse(scene, "issues/create-comment", 99)
        scene.forget()
        assert scene.upsert(desired_state()).reason == "human-commit"
        assert scene.sent("issues/create-comment") == 1


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_title_or_body_that_is_refused_costs_neither_the_other_nor_the_labels(field: str) -> None:
    later = desired_state(title="New", body="Other.", labels=["sync"])
    with stage(WORLD) as scene:
        scene.upsert(desired_state())
        for nth in (1, 2 if field == "title" else 3):  # both at once, then the title alone, then the body alone
            refused = Fault(
                operation=scene.edits_pull, nth=nth, times=1, status=422, body={"message": "Validation Failed"}
            )
            scene.sandbox.faults.add(refused)
        result = scene.upsert(later)
        pull = target(scene).pull(1)
        assert (result.outcome, result.refused_fields) == ("updated", (field,))
        assert (pull.title == "New", "Other." in pull.body, pull.labels) == (
            field != "title",
            field != "body",
            ["sync"],
        )


def test_a_base_that_is_refused_leaves_the_branch_as_it_was() -> None:
    with stage(WORLD) as scene:
        scene.upsert(desired_state())
        target(scene).commit_files("dev", {"dev.txt": "x\n"})
        target(scene).open_pull(desired_state().branch, base="dev", author="alice")
        tip = target(scene).tip(desired_state().branch)
        for _ in range(2):
            result = scene.upsert(desired_state(base="dev", labels=["sync"]))
            assert (result.outcome, result.reason) == ("blocked", "base-refused")
            assert result.error is not None
            assert "Close the other pull request" in result.error.remediation
            assert (target(scene).tip(desired_state().branch), target(scene).pull(1).base) == (tip, "main")


def test_where_there_are_no_drafts_it_is_opened_as_no_draft() -> None:
    message = "Draft pull requests are not supported in this repository."
    asked_for = desired_state(draft="true")
    with stage(WORLD) as scene:
        scene.sandbox.faults.add(Fault(operation="pulls/create", times=1, status=422, body={"message": message}))
        result = scene.upsert(asked_for)
        assert (result.outcome, result.refused_fields) == ("created", ("draft",))
        assert not target(scene).pull(1).draft
        settled(scene, asked_for)
