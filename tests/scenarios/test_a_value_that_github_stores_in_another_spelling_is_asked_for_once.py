"""GitHub takes a value and shows it in another spelling, or nowhere. That is no race with another run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import github_sandbox.rest.pull_requests as rest
from github_sandbox import pull_states, pulls
from support.people import settled, target
from support.stage import FLEET, Stage, desired_state, stage

BOT = "review-helper[bot]"
SEED: dict[str, Any] = FLEET | {
    "users": [*FLEET["users"], {"login": BOT, "bot": True}],
    "organizations": {"acme": {"members": ["bot", "alice", "bob", BOT], "teams": {"core": ["bob"]}}},
}


def settles_after_one_request(scene: Stage, operation: str, **fields: Any) -> tuple[str, ...]:
    """Run three times. Returns the refused fields of the first run."""
    asked_for = desired_state({"a.txt": "x\n"}, **fields)
    scene.forget()
    first = scene.upsert(asked_for)
    assert first.outcome == "created", first
    settled(scene, asked_for)
    assert settled(scene, asked_for).refused_fields == first.refused_fields
    assert scene.sent(operation) == 0
    return first.refused_fields


def test_a_bots_login_is_one_in_every_spelling() -> None:
    with stage(SEED) as scene:
        assert settles_after_one_request(scene, "pulls/request-reviewers", reviewers=[BOT]) == ()
        assert target(scene).pull(1).reviewers == [BOT]


def without(login: str) -> Callable[..., Any]:
    kept = pull_states.request_reviews

    def request_reviews(pull: Any, actor: Any, people: Any, teams: Any) -> Any:
        return kept(pull, actor, [person for person in people if person.login != login], teams)

    return request_reviews


def test_a_reviewer_who_is_taken_and_not_listed_is_a_refused_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest.pull_states, "request_reviews", without("alice"))
    with stage(SEED) as scene:
        refused = settles_after_one_request(scene, "pulls/request-reviewers", reviewers=["alice", "bob"])
        assert refused == ("reviewer:alice",)
        assert target(scene).pull(1).reviewers == ["bob"]


def test_a_label_that_is_stored_under_another_name_is_a_refused_field(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = pulls.add_labels
    monkeypatch.setattr(
        pulls,
        "add_labels",
        lambda pull, names, **how: kept(pull, [name.replace(":bug:", "bug") for name in names], **how),
    )
    with stage(SEED) as scene:
        refused = settles_after_one_request(scene, "issues/add-labels", labels=[":bug:", "sync"])
        assert refused == ("label::bug:",)
        assert sorted(target(scene).pull(1).labels) == ["bug", "sync"]


def test_labels_that_differ_in_a_directory_are_two_labels() -> None:
    with stage(SEED) as scene:
        assert settles_after_one_request(scene, "issues/add-labels", labels=["area/api", "kind/api"]) == ()
        assert sorted(target(scene).pull(1).labels) == ["area/api", "kind/api"]
        asked_for = desired_state({"a.txt": "x\n"}, labels=["area/api", "kind/api", "other/api"])
        assert scene.upsert(asked_for).changed_fields == ("labels",)
