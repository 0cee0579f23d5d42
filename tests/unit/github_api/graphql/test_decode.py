"""GraphQL answers into models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from action_patterns.contracts import Target
from action_patterns.errors import UnexpectedAnswerError
from action_patterns.github_api.graphql import decode
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.token_kind import TokenFacts
from action_patterns.ports.git import ObservedFile, RefRule, Tip
from action_patterns.ports.pull_requests import Milestone, Observed
from action_patterns.ports.repositories import FactsNeeded
from support.answers import answer

REPOSITORY: dict[str, Any] = {
    "nameWithOwner": "acme/api",
    "isArchived": False,
    "isEmpty": False,
    "isFork": True,
    "isPrivate": True,
    "visibility": "INTERNAL",
    "pushedAt": "2026-03-01T08:30:00Z",
    "viewerPermission": "MAINTAIN",
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
    "body": "",
    "isDraft": True,
    "mergeable": "CONFLICTING",
    "baseRefName": "main",
    "headRefOid": "c" * 40,
    "id": "PR_7",
    "viewerDidAuthor": True,
    "headRepository": {"nameWithOwner": "Acme/API"},
    "author": None,
    "labels": {"nodes": [{"name": "bot"}]},
    "assignees": {"nodes": [{"login": "alice"}]},
    "reviewRequests": {
        "nodes": [
            {"requestedReviewer": {"login": "bob"}},
            {"requestedReviewer": {"combinedSlug": "acme/core"}},
            {"requestedReviewer": None},
        ]
    },
    "latestReviews": {"nodes": [{"author": {"login": "carol"}}, {"author": None}]},
    "milestone": {"number": 3, "title": "v1"},
    "autoMergeRequest": {"mergeMethod": "SQUASH"},
    "comments": {
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "nodes": [
            {"databaseId": 1, "url": "u1", "body": "theirs", "viewerDidAuthor": False},
            {"databaseId": 2, "url": "u2", "body": "ours", "viewerDidAuthor": True},
        ],
    },
}
LATER = {"databaseId": 9, "url": "u9", "body": "ours too", "viewerDidAuthor": True}
NODE: dict[str, Any] = {
    "id": "R_1",
    "nameWithOwner": "acme/api",
    "isArchived": False,
    "isDisabled": True,
    "isEmpty": False,
    "viewerPermission": "WRITE",
    "autoMergeAllowed": True,
    "base": {
        "name": "main",
        "target": COMMIT,
        "refUpdateRule": {"viewerCanPush": False, "allowsForcePushes": False, "requiresSignatures": True},
    },
    "bot": {"target": COMMIT, "compared": None, "refUpdateRule": None, "open": {"nodes": [PULL]}},
    "ended": {"nodes": [PULL | {"number": 3, "state": "MERGED"}]},
    "milestones": {"nodes": [{"number": 3, "title": "v1"}]},
    "above0": {"name": "action-patterns"},
    "below": {"nodes": []},
}
PERSON = TokenFacts(a_persons=True, may_change_workflows=None, signs=False)


def observed(node: dict[str, Any], token: TokenFacts = PERSON, **further: Any) -> Observed:
    return observed_of({"repository": node, "swaps": {"name": "UpdateRefsInput"}} | further, token=token)


def observed_of(
    data: dict[str, Any],
    files: dict[str, ObservedFile | None] | None = None,
    comments: dict[int, list[Answer]] | None = None,
    *,
    token: TokenFacts = PERSON,
) -> Observed:
    given = answer(data)
    return decode.observed(given, files or {}, given["repository"]["ended"].nodes(), comments or {}, token)


def test_a_listed_repository() -> None:
    assert decode.target(answer(REPOSITORY), PERSON) == Target(
        repository="acme/api",
        default_branch="main",
        head_oid="a" * 40,
        topics=("api", "go"),
        language="Go",
        fork=True,
        private=True,
        visibility="internal",
        pushed_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
        permission="maintain",
    )


def test_the_role_of_a_viewer_says_nothing_of_an_apps_token() -> None:
    app = PERSON._replace(a_persons=False)
    assert decode.target(answer(REPOSITORY), app).permission is None


@pytest.mark.parametrize(("name", "value"), [("visibility", "SECRET"), ("visibility", None), ("pushedAt", "yesterday")])
def test_a_fact_that_a_filter_stands_on_is_of_the_documented_form(name: str, value: str | None) -> None:
    with pytest.raises(UnexpectedAnswerError, match=name):
        decode.target(answer(REPOSITORY | {name: value}), PERSON)


def test_facts_on_request() -> None:
    facts = FactsNeeded(types=True, has_file=("go.mod", "deploy/*.tf", "old/"), open_from="bot")
    directory = {"entries": [{"name": "a.tf", "type": "blob"}]}
    root = {"entries": [{"name": "go.mod", "type": "blob"}, {"name": "package.json", "type": "tree"}]}
    # The directories in order of name: the root, `deploy`.
    more = {"d0": root, "d1": directory, "open": {"nodes": [{"isCrossRepository": False}]}}
    found = decode.target(answer(REPOSITORY | more), PERSON, facts)
    assert (found.has, found.types, found.open_pull_request) == (("go.mod", "deploy/*.tf"), ("go",), True)


@pytest.mark.parametrize("nothing", [None, {}])
def test_a_directory_that_is_absent_or_a_file_has_no_entries(nothing: Any) -> None:
    facts = FactsNeeded(types=True, has_file=("a/b",))
    more = {"d0": nothing, "d1": nothing, "open": {"nodes": [{"isCrossRepository": True}]}}
    found = decode.target(answer(REPOSITORY | more), PERSON, facts)
    assert (found.has, found.types, found.open_pull_request) == ((), ("unknown",), False)


@pytest.mark.parametrize("branch", [None, {"name": "main", "target": None}])
def test_a_repository_without_a_commit(branch: dict[str, Any] | None) -> None:
    target = decode.target(
        answer(REPOSITORY | {"defaultBranchRef": branch, "primaryLanguage": None, "isEmpty": True}), PERSON
    )
    assert (target.head_oid, target.language, target.empty) == (None, None, True)


def test_everything_one_decision_needs() -> None:
    files: dict[str, ObservedFile | None] = {"a": ObservedFile("o" * 40, "100644")}
    data = {"repository": NODE, "swaps": {"name": "UpdateRefsInput"}}
    found = observed_of(data, files, {7: [answer(LATER)]})
    assert (found.repository, found.repository_id, found.disabled, found.base) == ("acme/api", "R_1", True, "main")
    assert found.base_tip == Tip(oid="c" * 40, tree="t" * 40, message="Sync", parents=("p" * 40,), author="Alice <a@b>")
    assert found.branch_tip == found.base_tip
    assert found.files == files
    assert [(pull.number, pull.state) for pull in found.pull_requests] == [(7, "OPEN"), (3, "MERGED")]
    assert [comment.id for comment in found.pull_requests[0].comments] == [2, 9]
    assert found.base_rule == RefRule(may_push=False, may_force=False, needs_signatures=True)
    assert found.branch_rule == RefRule()
    assert found.milestones == (Milestone(3, "v1"),)
    assert (found.auto_merge_allowed, found.compare_and_swap, found.signs) == (True, True, False)
    assert (found.holder, found.holder_id) == ("acme/api", "R_1")


def test_a_server_that_does_not_know_how_to_swap_refs_has_no_leases() -> None:
    assert observed(NODE, swaps=None).compare_and_swap is False


@pytest.mark.parametrize(
    ("refs", "clash"),
    [
        ({"above0": None}, None),
        ({"above0": {"name": "action-patterns"}}, "action-patterns"),
        ({"above0": None, "below": {"nodes": [{"name": "x"}]}}, "…/x"),
    ],
)
def test_a_branch_whose_name_is_in_the_way(refs: dict[str, Any], clash: str | None) -> None:
    assert observed(NODE | refs).branch_clash == clash


def test_the_bot_branch_may_be_in_a_fork() -> None:
    fork = {
        "id": "R_2",
        "nameWithOwner": "bot/api",
        "viewerPermission": "ADMIN",
        "parent": {"nameWithOwner": "acme/api"},
        "bot": {"target": COMMIT | {"signature": None}, "open": {"nodes": [PULL]}},
    }
    found = observed(NODE, holder=fork)
    assert (found.repository, found.holder, found.holder_id) == ("acme/api", "bot/api", "R_2")
    assert found.head_parent == "acme/api"
    assert found.branch_tip is not None
    assert found.branch_tip.verified is False
    assert [pull.foreign_head for pull in found.pull_requests] == [True, True]


def test_a_base_that_is_absent() -> None:
    assert observed(NODE | {"base": None}).base_tip is None


@pytest.mark.parametrize("ref", ["base", "bot"])
@pytest.mark.parametrize("target", [None, {}, {"oid": None}, {"oid": 7}, [], "x"])
def test_a_branch_whose_commit_github_does_not_show_is_not_absent(ref: str, target: object) -> None:
    with pytest.raises(UnexpectedAnswerError, match=f"repository.{ref}.target"):
        observed(NODE | {ref: NODE[ref] | {"target": target}})


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
    token = TokenFacts(a_persons=person, may_change_workflows=None, signs=None)
    assert observed(NODE | {"viewerPermission": permission}, token).can_push is can_push


def test_a_pull_request() -> None:
    pull = decode.pull_request(answer(PULL), "acme/api")
    assert (pull.number, pull.body, pull.author, pull.draft, pull.conflicting) == (7, "", "", True, True)
    assert (pull.labels, pull.assignees) == (("bot",), ("alice",))
    assert pull.requested == ("bob", "acme/core")
    assert pull.reviewed == ("carol",)
    assert (pull.id, pull.by_us, pull.foreign_head) == ("PR_7", True, False)
    assert (pull.milestone, pull.auto_merge) == (Milestone(3, "v1"), "squash")
    assert [comment.body for comment in pull.comments] == ["ours"]


def test_a_head_whose_repository_is_gone_is_another_branch() -> None:
    assert (
        decode.pull_request(answer(PULL | {"state": "CLOSED", "headRepository": None}), "acme/api").foreign_head is True
    )


@pytest.mark.parametrize("mergeable", ["MERGEABLE", "UNKNOWN"])
def test_a_pull_request_that_github_has_not_looked_at_is_not_conflicting(mergeable: str) -> None:
    assert decode.pull_request(answer(PULL | {"mergeable": mergeable}), "acme/api").conflicting is False


@pytest.mark.parametrize(
    ("decimal", "mode"),
    [(33188, "100644"), (33261, "100755"), (40960, "120000"), (57344, "160000"), (16384, "040000")],
)
def test_modes_are_decimal_at_github_and_octal_in_git(decimal: int, mode: str) -> None:
    commit = answer({"f0": {"oid": "o", "mode": decimal}})
    assert decode.files(commit, ["a"]) == {"a": ObservedFile("o", mode)}  # type: ignore[arg-type]


def test_a_path_that_is_absent_is_none() -> None:
    assert decode.files(answer({"f0": None}), ["a", "b"]) == {"a": None, "b": None}
    assert decode.files(answer(None), ["a"]) == {"a": None}
