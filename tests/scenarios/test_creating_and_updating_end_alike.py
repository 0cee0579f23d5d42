"""A pull request that was opened with everything is the one that was opened bare and got everything later."""

from __future__ import annotations

from typing import Any

from support.people import seed, settled, target
from support.stage import desired_state, stage

WORLD = seed(milestones=["v1"], **{"auto-merge": True, "protected": {"main": {"rules": ["pull_request"]}}})
EVERYTHING: dict[str, Any] = {
    "labels": ["sync", "bot"],
    "assignees": ["alice"],
    "reviewers": ["alice", "bob"],
    "team_reviewers": ["core"],
    "milestone": "v1",
    "auto_merge": "squash",
    "title": "Everything",
    "body": "All of it.",
}


def test_they_do() -> None:
    asked_for = desired_state({"ci.yml": "on: [push]\n"}, **EVERYTHING)
    ends = []
    for earlier in (None, desired_state()):
        with stage(WORLD) as scene:
            if earlier is not None:
                scene.upsert(earlier)
            scene.upsert(asked_for)
            settled(scene, asked_for)
            end = scene.sandbox.snapshot()
            # Without leases what the branch was stays behind it, and the seal is of it too: no other difference.
            branch = end["acme/api"]["refs"][f"refs/heads/{asked_for.branch}"]
            assert branch.pop("parents") == (2 if earlier is not None and not scene.has_leases else 1)
            branch["trailers"] = [line for line in branch["trailers"] if not line.startswith("Pattern-Seal")]
            ends.append(end)
            assert target(scene).pull(1).auto_merge == ("SQUASH" if scene.has_graphql else None)
    assert ends[0] == ends[1]


def test_a_field_that_is_edited_leaves_the_others_as_they_are() -> None:
    """An update that replaces what it does not name would reset them: read, modify, write."""
    with stage(WORLD) as scene:
        scene.upsert(desired_state(**EVERYTHING))
        target(scene).edit_pull(1, labels=["sync", "bot", "by-hand"])
        before = scene.sandbox.snapshot()["acme/api"]["pulls"][0]
        assert scene.upsert(desired_state(**EVERYTHING | {"title": "Another"})).changed_fields == ("title",)
        after = scene.sandbox.snapshot()["acme/api"]["pulls"][0]
        assert {name for name in after if after[name] != before[name]} == {"title", "body"}
        assert len(after["body"]) == len(before["body"])  # but for the hash of the title, in the marker
