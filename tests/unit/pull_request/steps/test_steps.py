"""Steps as data: how changes travel, and which requests a dry run names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.changes import FileChange
from action_patterns.ports.git import TreeEntry
from action_patterns.ports.pull_requests import NewPullRequest
from action_patterns.pull_request.steps import tree
from action_patterns.pull_request.steps.branch import DeleteBranch, RestoreBranch, WriteBranch
from action_patterns.pull_request.steps.comments import DeleteComment, WriteComment
from action_patterns.pull_request.steps.issue_fields import (
    AddAssignees,
    AddLabels,
    RemoveAssignees,
    RemoveLabel,
    RequestReviewers,
    SetIssueFields,
    SetMilestone,
)
from action_patterns.pull_request.steps.pull import MakeDraft, OpenPullRequest, Reopen, SetAutoMerge, UpdatePullRequest
from action_patterns.pull_request.steps.step import Step
from action_patterns.pull_request.steps.tree import needs_blob, tree_chunks, tree_entry
from support.builders import add, observe, remove

SUBMODULE = FileChange(path="sub", mode="160000", gitlink="c" * 40)
LARGE = add("large.txt", b"x" * (tree.MAX_TREE_BYTES + 1))
BINARY = add("logo.png", b"\x89PNG\0")


@pytest.mark.parametrize(
    ("change", "blob", "entry"),
    [
        (add("a", b"text\n"), False, TreeEntry(path="a", mode="100644", text="text\n")),
        (add("a", b""), False, TreeEntry(path="a", mode="100644", text="")),
        (add("run", b"x", "100755"), False, TreeEntry(path="run", mode="100755", text="x")),
        (add("link", b"../x", "120000"), False, TreeEntry(path="link", mode="120000", text="../x")),
        (add("crlf", b"a\r\n"), False, TreeEntry(path="crlf", mode="100644", text="a\r\n")),
        (remove("a"), False, TreeEntry(path="a", mode="100644")),
        (SUBMODULE, False, TreeEntry(path="sub", mode="160000", oid="c" * 40)),
        (BINARY, True, TreeEntry(path="logo.png", mode="100644", oid=BINARY.oid)),
        (add("latin1", b"\xe9"), True, TreeEntry(path="latin1", mode="100644", oid=add(content=b"\xe9").oid)),
        (LARGE, True, TreeEntry(path="large.txt", mode="100644", oid=LARGE.oid)),
    ],
    ids=lambda value: value.path if isinstance(value, FileChange) else "",
)
def test_text_travels_in_the_tree_and_all_else_as_a_blob(change: FileChange, blob: bool, entry: TreeEntry) -> None:
    assert needs_blob(change) is blob
    assert tree_entry(change) == entry


@given(st.lists(st.integers(0, 700_000), max_size=12), st.integers(0, 1200))
def test_chunks_hold_every_change_once_in_order_and_stay_small(sizes: list[int], deletions: int) -> None:
    changes = (
        *(add(f"{i:04}", b"x" * size) for i, size in enumerate(sizes)),
        *(remove(f"z{i:04}") for i in range(deletions)),
    )
    chunks = tree_chunks(changes)
    assert [change for chunk in chunks for change in chunk] == list(changes)
    assert all(len(chunk) <= tree.MAX_TREE_ENTRIES for chunk in chunks)
    assert all(sum(len(c.content) for c in chunk) <= tree.MAX_TREE_BYTES for chunk in chunks)
    assert all(chunks) or not changes


WRITE = WriteBranch(
    branch="b",
    before=None,
    parents=("p",),
    parent_tree="t",
    changes=(BINARY, add("a")),
    message="m",
    key="k",
    digest="d",
)
TREE, COMMIT = "POST /repos/acme/api/git/trees (0 paths)", "POST /repos/acme/api/git/commits"


@pytest.mark.parametrize(
    ("step", "requests"),
    [
        (
            WRITE,
            [
                "POST /repos/acme/api/git/blobs (logo.png)",
                "POST /repos/acme/api/git/trees (2 paths)",
                "POST /repos/acme/api/git/commits",
                "POST /graphql updateRefs (b)",
            ],
        ),
        (DeleteBranch("b", "o"), ["POST /graphql updateRefs (delete b)"]),
        (
            OpenPullRequest(NewPullRequest(title="t", body="", head="b", base="main", draft=False)),
            ["POST /repos/acme/api/pulls"],
        ),
        (replace(WRITE, changes=(), compare_and_swap=False), [TREE, COMMIT, "POST /repos/acme/api/git/refs (b)"]),
        (
            replace(WRITE, changes=(), compare_and_swap=False, before="o"),
            [TREE, COMMIT, "PATCH /repos/acme/api/git/refs/heads/b"],
        ),
        (RestoreBranch(branch="b", before=None, after="o"), ["POST /graphql updateRefs (b)"]),
        (Reopen(), ["POST /graphql updatePullRequest (#7: state)"]),
        (SetIssueFields(labels=("a",), assignees=()), ["PATCH /repos/acme/api/issues/7"]),
        (SetMilestone(3), ["PATCH /repos/acme/api/issues/7"]),
        (MakeDraft(), ["POST /graphql convertPullRequestToDraft (#7)"]),
        (SetAutoMerge("squash"), ["POST /graphql enablePullRequestAutoMerge (#7)"]),
        (SetAutoMerge(None), ["POST /graphql disablePullRequestAutoMerge (#7)"]),
        (WriteComment("note", "x"), ["POST /repos/acme/api/issues/7/comments (note)"]),
        (WriteComment("2", "x", 5), ["PATCH /repos/acme/api/issues/comments/5 (2)"]),
        (DeleteComment(5), ["DELETE /repos/acme/api/issues/comments/5"]),
        (UpdatePullRequest((("title", "t"), ("body", "b"))), ["POST /graphql updatePullRequest (#7: title, body)"]),
        (AddLabels(("a",)), ["POST /repos/acme/api/issues/7/labels"]),
        (RemoveLabel("a"), ["DELETE /repos/acme/api/issues/7/labels/a"]),
        (AddAssignees(("a",)), ["POST /repos/acme/api/issues/7/assignees"]),
        (RemoveAssignees(("a",)), ["DELETE /repos/acme/api/issues/7/assignees"]),
        (RequestReviewers(("a",), ()), ["POST /repos/acme/api/pulls/7/requested_reviewers"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_dry_run_names_the_requests_of_a_step(step: Step, requests: list[str]) -> None:
    assert step.requests(observe(), 7) == requests


def test_what_makes_room_is_deleted_by_a_request_of_its_own_before_anything_takes_its_place() -> None:
    changes = (add("dir"), remove("dir/a"), remove("dir/b/c"), remove("gone"), remove("was"), add("was/file"))
    assert [[change.path for change in chunk] for chunk in tree_chunks(changes)] == [
        ["dir/a", "dir/b/c", "was"],
        ["dir", "gone", "was/file"],
    ]


def test_a_change_that_needs_no_room_is_one_request() -> None:
    changes = (remove("di"), remove("dir/a"), add("dir/b"), add("dirs"))
    assert len(tree_chunks(changes)) == 1
