"""A record tells the state of its pull request, what its reviews came to, and what happens to its files."""

from __future__ import annotations

from action_patterns.contracts import FileCounts
from support.people import base_gets_the_content, seed, target
from support.stage import desired_state, stage

CHANGED = {"ci.yml": "on: [push]\n", "README.md": "# API\n", "old.txt": None}


def test_it_follows_the_pull_request() -> None:
    with stage(seed()) as scene:
        made = scene.upsert(desired_state())
        assert (made.outcome, made.pull_request_state, made.review) == ("created", "open", "")
        assert made.file_counts == FileCounts(added=1, changed=1, deleted=1)

        target(scene).review(1, "alice", "APPROVED")
        later = scene.upsert(desired_state(CHANGED))
        assert (later.outcome, later.pull_request_state) == ("updated", "open")
        assert later.review == ("approved" if scene.has_graphql else "")

        base_gets_the_content(scene)
        closed = scene.upsert(desired_state())
        assert (closed.outcome, closed.pull_request_state, closed.file_counts) == ("closed", "closed", None)


def test_a_draft_is_a_draft() -> None:
    with stage() as scene:
        assert scene.upsert(desired_state(draft="true")).pull_request_state == "draft"
        assert scene.upsert(desired_state(draft="true")).pull_request_state == "draft"


def test_one_that_was_closed_is_told_as_it_is() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).close_pull(1)
        assert (scene.upsert(desired_state()).outcome, scene.upsert(desired_state()).pull_request_state) == (
            "skipped",
            "closed",
        )
        reopened = scene.upsert(desired_state(on_closed="reopen"))
        assert (reopened.outcome, reopened.pull_request_state) == ("updated", "open")


def test_what_is_asked_of_it_by_a_protected_base_is_told() -> None:
    with stage(seed(protected=["main"])) as scene:
        scene.upsert(desired_state())
        assert scene.upsert(desired_state()).review == ("review-required" if scene.has_graphql else "")
        target(scene).review(1, "alice", "CHANGES_REQUESTED")
        assert scene.upsert(desired_state()).review == ("changes-requested" if scene.has_graphql else "")
