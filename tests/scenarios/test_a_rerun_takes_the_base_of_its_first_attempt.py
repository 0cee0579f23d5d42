"""Branches move between two attempts of a run: both have the same base and answer, or the second counts everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import ZERO, Remote, detect, git
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


@pytest.mark.parametrize(("how", "depth"), [("--no-ff", 1), ("--ff", 1), ("a part", 0), ("none", 0)])
def test_a_first_push_whose_base_may_have_moved_counts_everything(remote: Remote, how: str, depth: int) -> None:
    head = remote.git("rev-parse", "topic")
    created = {"before": ZERO, "created": True}
    if how in ("--ff", "a part"):
        remote.git("reset", "--quiet", "--hard", "main~1")
        remote.push("main")
    first = detect(remote.check_out(head, depth=depth), "push", created, sha=head, ref="refs/heads/topic")
    assert first.files == ["b", "c"]
    if how == "a part":
        remote.git("merge", "--quiet", "--ff", "topic~1")
    elif how != "none":
        remote.git("merge", "--quiet", how, "topic", *(["-m", "merge"] if how == "--no-ff" else []))
    remote.commit({"e": "1"})
    remote.push("main")
    workspace = remote.check_out(head, depth=depth)
    again = detect(workspace, "push", created, sha=head, ref="refs/heads/topic", attempt=2)
    assert (again.base_reason, again.everything, again.code) == ("rerun", True, 0)
    assert set(first.files) <= set(again.files)


def test_a_tag_whose_tag_before_may_be_newer_counts_everything(remote: Remote) -> None:
    head, created = remote.git("rev-parse", "main"), {"before": ZERO, "created": True}
    remote.git("tag", "v1", "main~1")
    remote.commit({"f": "1"})
    remote.git("tag", "v2")
    remote.push("main", "refs/tags/*:refs/tags/*")
    sha = remote.git("rev-parse", "v2")
    assert detect(remote.check_out(sha), "push", created, sha=sha, ref="refs/tags/v2").files == ["d", "f"]
    remote.git("tag", "v1.5", head)
    remote.push("refs/tags/*:refs/tags/*")
    again = detect(remote.check_out(sha), "push", created, sha=sha, ref="refs/tags/v2", attempt=2)
    assert (again.base_reason, again.everything) == ("rerun", True)


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


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
@pytest.mark.parametrize("depth", [1, 0])
def test_a_pull_request_is_compared_by_its_own_commits_whatever_is_checked_out(
    remote: Remote, depth: int, event: str
) -> None:
    base, head = remote.git("rev-parse", "main"), remote.git("rev-parse", "topic")
    merge = remote.pull_request("main", "topic")
    newer = remote.commit({"later": "1"})
    remote.push("main")
    pull = {"pull_request": {"head": {"sha": head}, "base": {"sha": base}}}
    sha = merge if event == "pull_request" else newer
    answer = detect(remote.check_out(newer, depth=depth), event, pull, sha=sha)
    assert (answer.head, answer.files) == (head, ["b", "c"])


@pytest.mark.parametrize("stated", ["before", "after"])
def test_a_pull_request_that_its_base_holds_by_now(remote: Remote, stated: str) -> None:
    base, head = remote.git("rev-parse", "main"), remote.git("rev-parse", "topic")
    remote.git("merge", "--quiet", "--no-ff", "topic", "-m", "merge")
    remote.push("main")
    merged = remote.git("rev-parse", "main")
    pull = {"pull_request": {"head": {"sha": head}, "base": {"sha": base if stated == "before" else merged}}}
    answer = detect(remote.check_out(merged), "pull_request_target", pull, sha=merged)
    if stated == "before":
        assert answer.files == ["b", "c"]
    else:
        assert (answer.base_reason, answer.everything) == ("base-holds-head", True)
    named = detect(remote.check_out(merged), "push", {"before": base}, sha=merged, base="main")
    assert (named.base_reason, named.everything) == ("base-holds-head", True)


def test_commits_that_a_step_made_in_place_of_the_run_s_count_everything(remote: Remote) -> None:
    head = remote.git("rev-parse", "main")
    for depth in (1, 0):
        workspace = remote.check_out(head, depth=depth)
        (workspace / "made").write_text("1")
        git(workspace, "add", "made")
        git(workspace, "commit", "--quiet", "--amend", "-m", "amended")
        answer = detect(workspace, "push", {"before": remote.git("rev-parse", "main~1")}, sha=head)
        assert (answer.everything, answer.files) == (True, ["a", "d", "made"])


def test_what_replaces_a_commit_in_the_checkout_changes_no_answer(remote: Remote) -> None:
    head, before = remote.git("rev-parse", "topic"), remote.git("rev-parse", "main~1")
    workspace = remote.check_out(head, depth=0)
    git(workspace, "replace", before, head)
    (workspace / ".git/info").mkdir(exist_ok=True)
    (workspace / ".git/info/grafts").write_text(f"{head} {remote.git('rev-parse', 'main')}\n")
    answer = detect(workspace, "push", {"before": ZERO, "created": True}, sha=head, ref="refs/heads/topic")
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
