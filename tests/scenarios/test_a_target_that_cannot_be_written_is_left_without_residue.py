"""Missing rights, missing repositories, wrong tokens: a clear error with a remedy, and nothing left behind."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from support.stage import FLEET, TARGET, desired_state, stage

READ_ONLY = {
    "tok-reader": {"login": "bot", "kind": "fine-grained", "permission": "read", "repositories": "all"},
    "tok-app": {"login": "app[bot]", "kind": "installation", "permission": "read", "repositories": "all"},
}


def seed(**repository: Any) -> dict[str, Any]:
    fleet = copy.deepcopy(FLEET)
    fleet["users"].append({"login": "app[bot]", "bot": True})
    fleet["tokens"] |= READ_ONLY
    fleet["tokens"]["tok-job"] = {
        "login": "github-actions[bot]",
        "kind": "actions",
        "permission": "write",
        "repositories": [TARGET],
    }
    fleet["users"].append({"login": "github-actions[bot]", "bot": True})
    fleet["repositories"][0] |= repository
    return fleet


@pytest.mark.parametrize(
    ("token", "category", "said"),
    [
        ("tok-unknown", "authentication", "Bad credentials"),
        ("tok-reader", "permission", "not accessible by personal access token"),
        ("tok-app", "permission", "not accessible by integration"),
    ],
)
def test_a_token_that_may_not_write_fails_with_the_remedy(token: str, category: str, said: str) -> None:
    with stage(seed()) as scene:
        before = scene.sandbox.snapshot()
        result = scene.upsert(desired_state(), token=token)
        assert (result.outcome, result.reason) == ("failed", category)
        assert result.error is not None
        assert said in result.error.message
        assert "token" in result.error.remediation
        assert scene.sandbox.snapshot() == before


def test_an_unknown_repository_may_just_be_invisible() -> None:
    with stage() as scene:
        result = scene.upsert(desired_state(), repository="acme/nowhere")
        assert (result.outcome, result.reason) == ("failed", "not-found")
        assert result.error is not None
        assert "may not see it" in result.error.message


@pytest.mark.parametrize(
    ("state", "reason"),
    [({"archived": True}, "archived"), ({"disabled": True}, "disabled"), ({"files": {}}, "empty")],
)
def test_an_archived_disabled_or_empty_repository_is_skipped_after_the_read(state: dict[str, Any], reason: str) -> None:
    with stage(seed(**state)) as scene:
        result = scene.upsert(desired_state())
        assert (result.outcome, result.reason) == ("skipped", reason)
        assert (result.usage.requests == 1, result.usage.writes) == (scene.has_graphql, 0)


def test_a_missing_base_branch_is_named() -> None:
    with stage() as scene:
        result = scene.upsert(desired_state(base="release"))
        assert (result.outcome, result.reason) == ("blocked", "base-missing")
        assert "Looked for release." in result.message


def test_people_github_will_not_take_are_reported_once_and_not_asked_for_ever() -> None:
    with stage() as scene:
        asked = desired_state(assignees=["alice", "mallory"], reviewers=["alice", "mallory"])
        result = scene.upsert(asked)
        assert result.outcome == "created"
        assert result.refused_fields == ("assignee:mallory", "reviewer:mallory")
        pull = scene.sandbox.repository(TARGET).pulls()[0]
        assert (pull.assignees, pull.reviewers) == (["alice"], ["alice"])
        scene.forget()
        again = scene.upsert(asked)
        assert again.outcome == "unchanged"
        assert again.refused_fields == result.refused_fields
        assert scene.writes() == 0
