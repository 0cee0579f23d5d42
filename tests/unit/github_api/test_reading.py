"""GraphQL answers into models."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.contracts import Target
from action_patterns.github_api import reading
from action_patterns.pull_request.observed import ObservedFile, Tip

REPOSITORY: dict[str, Any] = {
    "nameWithOwner": "acme/api",
    "isArchived": False,
    "isEmpty": False,
    "isFork": True,
    "isPrivate": True,
    "primaryLanguage": {"name": "Go"},
    "repositoryTopics": {"nodes": [{"topic": {"name": "go"}}, {"topic": {"name": "api"}}]},
    "defaultBranchRef": {"name": "main", "target": {"oid": "a" * 40}},
}
COMMIT: dict[str, Any] = {
    "oid": "c" * 40,
    "tree": {"oid": "t" * 40},
    "message": "Sync",
    "parents": {"nodes": [{"oid": "p" * 40}]},
    "author": {"name": "Alice", "email": "a@b"},
}
PULL: dict[str, Any] = {
    "number": 7,
    "url": "https://github.com/acme/api/pull/7",
    "state": "OPEN",
    "title": "Sync",
    "body": None,
    "isDraft": True,
    "mergeable": "CONFLICTING",
    "baseRefName": "main",
    "headRefOid": "c" * 40,
    "isCrossRepository": False,
    "author": None,
    "labels": {"nodes": [{"name": "bot"}, None]},
    "assignees": {"nodes": [{"login": "alice"}]},
    "reviewRequests": {
        "nodes": [
            {"requestedReviewer": {"login": "bob"}},
            {"requestedReviewer": {"combinedSlug": "acme/core"}},
            {"requestedReviewer": None},
        ]
    },
    "latestReviews": {"nodes": [{"author": {"login": "carol"}}, {"author": None}]},
}
NODE: dict[str, Any] = {
    "id": "R_1",
    "nameWithOwner": "acme/api",
    "isArchived": False,
    "isDisabled": True,
    "isEmpty": False,
    "viewerPermission": "WRITE",
    "base": {"name": "main", "target": COMMIT},
    "bot": {"target": None, "open": {"nodes": [PULL]}},
    "ended": {"nodes": [PULL | {"number": 3, "state": "MERGED"}, None]},
}


def test_a_listed_repository() -> None:
    assert reading.target(REPOSITORY) == Target(
        repository="acme/api",
        default_branch="main",
        head_oid="a" * 40,
        topics=("api", "go"),
        language="Go",
        fork=True,
        private=True,
    )


@pytest.mark.parametrize("branch", [None, {"name": "main", "target": None}])
def test_a_repository_without_a_commit(branch: dict[str, Any] | None) -> None:
    target = reading.target(REPOSITORY | {"defaultBranchRef": branch, "primaryLanguage": None, "isEmpty": True})
    assert (target.head_oid, target.language, target.empty) == (None, None, True)


def test_everything_one_decision_needs() -> None:
    files: dict[str, ObservedFile | None] = {"a": ObservedFile("o" * 40, "100644")}
    found = reading.observed(NODE, files, person=True)
    assert (found.repository, found.repository_id, found.disabled, found.base) == ("acme/api", "R_1", True, "main")
    assert found.base_tip == Tip("c" * 40, "t" * 40, "Sync", ("p" * 40,), "Alice <a@b>")
    assert found.branch_tip is None
    assert found.files == files
    assert [(pull.number, pull.state) for pull in found.pull_requests] == [(7, "OPEN"), (3, "MERGED")]


@pytest.mark.parametrize("base", [None, {"name": "main", "target": None}, {"name": "main", "target": {}}])
def test_a_base_that_is_no_commit(base: dict[str, Any] | None) -> None:
    assert reading.observed(NODE | {"base": base}, {}, person=True).base_tip is None


@pytest.mark.parametrize(
    ("permission", "person", "can_push"),
    [
        ("ADMIN", True, True),
        ("MAINTAIN", True, True),
        ("WRITE", True, True),
        ("TRIAGE", True, False),
        ("READ", True, False),
        (None, True, None),
        ("READ", False, None),
        ("WRITE", False, None),
    ],
)
def test_what_github_says_of_the_viewer_holds_for_a_persons_token_only(
    permission: str | None, person: bool, can_push: bool | None
) -> None:
    assert reading.observed(NODE | {"viewerPermission": permission}, {}, person=person).can_push is can_push


def test_a_pull_request() -> None:
    pull = reading.pull_request(PULL)
    assert (pull.number, pull.body, pull.author, pull.draft, pull.conflicting) == (7, "", "", True, True)
    assert (pull.labels, pull.assignees) == (("bot",), ("alice",))
    assert pull.requested == ("bob", "acme/core")
    assert pull.reviewed == ("carol",)


@pytest.mark.parametrize("mergeable", ["MERGEABLE", "UNKNOWN"])
def test_a_pull_request_that_github_has_not_looked_at_is_not_conflicting(mergeable: str) -> None:
    assert reading.pull_request(PULL | {"mergeable": mergeable}).conflicting is False


@pytest.mark.parametrize(
    ("decimal", "mode"),
    [(33188, "100644"), (33261, "100755"), (40960, "120000"), (57344, "160000"), (16384, "040000")],
)
def test_modes_are_decimal_at_github_and_octal_in_git(decimal: int, mode: str) -> None:
    assert reading.files({"f0": {"oid": "o", "mode": decimal}}, ["a"]) == {"a": ObservedFile("o", mode)}  # type: ignore[arg-type]


def test_a_path_that_is_absent_is_none() -> None:
    assert reading.files({"f0": None}, ["a", "b"]) == {"a": None, "b": None}
    assert reading.files(None, ["a"]) == {"a": None}
