"""Branches move, merge and are rewritten between two attempts of a run: both have the same base and the same answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import ZERO, Remote, detect
from support.editions import without_github

pytestmark = without_github(why="The commits come from a remote that the test makes.")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    remote = Remote(tmp_path / "remote")
    remote.commit({"a": "1"})
    remote.git("checkout", "--quiet", "-b", "topic")
    remote.commit({"b": "1"})
    remote.commit({"c": "1"})
    remote.git("checkout", "--quiet", "main")
    remote.commit({"d": "1"})
    remote.push("main", "topic")
    return remote


@pytest.mark.parametrize(("how", "depth"), [("--no-ff", 1), ("--no-ff", 0), ("--squash", 1), ("--ff", 1), ("none", 0)])
def test_a_first_push_of_a_branch_that_was_merged_since(remote: Remote, how: str, depth: int) -> None:
    head = remote.git("rev-parse", "topic")
    created = {"before": ZERO, "created": True}
    if how == "--ff":
        remote.git("reset", "--quiet", "--hard", "main~1")
        remote.push("main")
    first = detect(remote.check_out(head, depth=depth), "push", created, sha=head, ref="refs/heads/topic")
    assert first.files == ["b", "c"]
    if how != "none":
        remote.git("merge", "--quiet", how, "topic", *(["-m", "merge"] if how == "--no-ff" else []))
    remote.commit({"e": "1"})
    remote.push("main")
    workspace = remote.check_out(head, depth=depth)
    again = detect(workspace, "push", created, sha=head, ref="refs/heads/topic", attempt=2)
    if how == "--ff":
        # Nothing says any more where the branch left the default branch.
        assert (again.base_reason, again.everything) == ("merged-since", True)
    else:
        assert (again.base, again.files) == (first.base, first.files)


def test_a_push_whose_branch_went_on(remote: Remote) -> None:
    before, head = remote.git("rev-parse", "main~1"), remote.git("rev-parse", "main")
    remote.commit({"later": "1"})
    remote.push("main")
    answer = detect(remote.check_out(head), "push", {"before": before}, sha=head, attempt=2)
    assert answer.files == ["d"]


@pytest.mark.parametrize(("checked_out", "depth"), [("merge", 1), ("merge", 0), ("head", 1)])
def test_a_pull_request_that_was_merged_since(remote: Remote, depth: int, checked_out: str) -> None:
    base, head = remote.git("rev-parse", "main"), remote.git("rev-parse", "topic")
    merge = remote.pull_request("main", "topic")
    remote.git("merge", "--quiet", "--no-ff", "topic", "-m", "merge")
    remote.commit({"b": "2", "later": "1"})
    remote.push("main")
    pull = {"pull_request": {"head": {"sha": head}, "base": {"sha": base}}}
    workspace = remote.check_out(merge if checked_out == "merge" else head, depth=depth)
    answer = detect(workspace, "pull_request", pull, sha=merge, ref="refs/pull/1/merge", attempt=2)
    assert answer.files == ["b", "c"]


def test_a_pull_request_that_went_on(remote: Remote) -> None:
    base, head = remote.git("rev-parse", "main"), remote.git("rev-parse", "topic")
    merge = remote.pull_request("main", "topic")
    remote.git("checkout", "--quiet", "topic")
    remote.commit({"b": None, "newer": "1"})
    remote.push("topic")
    remote.pull_request("main", "topic")
    pull = {"pull_request": {"head": {"sha": head}, "base": {"sha": base}}}
    answer = detect(remote.check_out(merge), "pull_request", pull, sha=merge, ref="refs/pull/1/merge", attempt=2)
    assert answer.files == ["b", "c"]


def test_a_job_that_checked_out_a_newer_head_is_compared_with_the_event_s_commit(remote: Remote) -> None:
    before, head = remote.git("rev-parse", "main~1"), remote.git("rev-parse", "main")
    newer = remote.commit({"d": None, "later": "1"})
    remote.push("main")
    answer = detect(remote.check_out(newer), "push", {"before": before}, sha=head)
    assert (answer.head, answer.files) == (head, ["d"])
