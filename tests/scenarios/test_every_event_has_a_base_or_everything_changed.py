"""A push, a first push, a pull request, a merge queue, a tag, a release and a schedule: each has its base."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.detecting import ZERO, checked_out, detect, story, truth
from support.editions import without_github

pytestmark = without_github(why="The base follows from the event and from commits.")

Story = tuple[str, Mapping[str, Any], str, str, str | None, str]


def events() -> Mapping[str, Story]:
    """Return each event: its name, payload, commit and ref, and the base and reason that it shall have."""
    at = story()
    first, second, third = at.main
    topic = at.topic[-1]
    pull = {"pull_request": {"head": {"sha": topic}, "base": {"sha": first}}}
    created = {"before": ZERO, "created": True}
    queue = {"merge_group": {"base_sha": second}}
    main, branch = "refs/heads/main", "refs/heads/topic"
    return {
        "push": ("push", {"before": first}, third, main, first, "before-push"),
        "force push": ("push", {"before": at.replaced, "forced": True}, third, main, at.replaced, "before-push"),
        "push back": ("push", {"before": third, "forced": True}, first, main, third, "before-push"),
        "first push": ("push", created, topic, branch, second, "branch-point"),
        "first push of all": ("push", created, third, main, None, "first-push"),
        "orphan": ("push", created, at.orphan, "refs/heads/orphan", None, "no-common-history"),
        "branch created": ("create", {"ref_type": "branch"}, topic, branch, second, "branch-point"),
        "pull request": ("pull_request", pull, at.merge, "refs/pull/1/merge", third, "pull-request"),
        "merge queue": ("merge_group", queue, third, "refs/heads/gh-readonly-queue/main/pr-1", second, "merge-queue"),
        "tag": ("push", created, third, "refs/tags/api-1.1", first, "tag-before"),
        "tag moved": ("push", {"before": first}, third, "refs/tags/api-1", first, "before-push"),
        "first tag of its kind": ("push", created, third, "refs/tags/manual-1", None, "first-tag"),
        "release": ("release", {"release": {"tag_name": "api-1.1"}}, third, "refs/tags/api-1.1", first, "tag-before"),
        "schedule": ("schedule", {}, third, main, None, "no-key"),
        "dispatch": ("workflow_dispatch", {"inputs": None}, third, main, None, "no-key"),
        "deletion": ("push", {"before": first, "deleted": True}, third, main, None, "ref-deleted"),
        "no payload": ("push", {}, third, main, None, "event-incomplete"),
    }


@pytest.mark.parametrize("name", events())
def test_the_base_of_an_event(tmp_path: Path, name: str) -> None:
    event, payload, sha, ref, base, reason = events()[name]
    workspace = checked_out(sha)
    answer = detect(workspace, event, payload, sha=sha, ref=ref, action="detect-changes")
    assert answer.code == 0, answer.log
    assert (answer.base_reason, answer.base, answer.head) == (reason, base or "", sha)
    assert answer.files == truth(story().remote, base, sha)
    assert answer.everything == (base is None)
    assert answer.changed


def test_a_pull_request_whose_head_is_checked_out_is_compared_with_where_it_left(tmp_path: Path) -> None:
    at = story()
    pull = {"pull_request": {"head": {"sha": at.topic[-1]}, "base": {"sha": at.main[0]}}}
    workspace = checked_out(at.topic[-1])
    answer = detect(workspace, "pull_request", pull, sha=at.merge, ref="refs/pull/1/merge")
    assert (answer.base, answer.files) == (at.main[1], ["docs/use.md", "services/web/main.py"])


def test_a_pull_request_is_seen_where_only_its_base_branch_is_checked_out(tmp_path: Path) -> None:
    at = story()
    pull = {"pull_request": {"head": {"sha": at.topic[-1]}, "base": {"sha": at.main[0]}}}
    workspace = checked_out(at.main[2])
    answer = detect(workspace, "pull_request_target", pull, sha=at.main[2])
    assert (answer.head, answer.files) == (at.topic[-1], ["docs/use.md", "services/web/main.py"])
    assert "does not hold the pull request" in answer.log


def test_a_named_base_is_a_commit_or_a_tag_or_the_merge_base_of_a_branch(tmp_path: Path) -> None:
    at = story()
    workspace = checked_out(at.topic[-1])
    for base, oid in ((at.main[0], at.main[0]), ("api-1.1", at.main[2]), ("main", at.main[1])):
        answer = detect(workspace, "workflow_dispatch", {}, sha=at.topic[-1], ref="refs/heads/topic", base=base)
        assert (answer.base_reason, answer.base) == ("given", oid), answer.log
        assert answer.files == truth(at.remote, oid, at.topic[-1])
    answer = detect(workspace, "workflow_dispatch", {}, sha=at.topic[-1], base="mian")
    assert (answer.base_reason, answer.everything) == ("base-unreachable", True)
    assert "neither a branch nor a tag 'mian'" in answer.log
