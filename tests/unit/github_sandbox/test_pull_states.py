"""Drafts, auto-merge, reviews, milestones, and the state of a pull request after its branch is renamed or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from github_sandbox_bench import Bench, served

from github_sandbox.errors import ApiError
from github_sandbox.tokens import Token

R = "/repos/acme/api"
NEW = {"head": "feature", "base": "main", "title": "t"}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with served() as made:
        yield made


def opened(bench: Bench, **changes: object) -> Any:
    answer = bench.post(f"{R}/pulls", NEW | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def mutate(bench: Bench, name: str, pull: Any, more: str = "", token: str = "tok-bot") -> Any:
    fields = "pullRequest { isDraft autoMergeRequest { mergeMethod enabledBy { login } } }"
    query = f'mutation {{ {name}(input: {{pullRequestId: "{pull["node_id"]}" {more}}}) {{ {fields} }} }}'
    answer = bench.graphql(query, token=token)
    return answer["errors"][0]["message"] if "errors" in answer else answer["data"][name]["pullRequest"]


def test_a_draft_becomes_ready_and_a_draft_again(bench: Bench) -> None:
    pull = opened(bench, draft=True)
    assert pull["mergeable_state"] == "draft"
    assert mutate(bench, "markPullRequestReadyForReview", pull)["isDraft"] is False
    assert bench.get(f"{R}/pulls/1").json()["mergeable_state"] == "clean"
    assert mutate(bench, "convertPullRequestToDraft", pull)["isDraft"] is True
    assert bench.send("PUT", f"{R}/pulls/1/merge", json={}).status_code == 405
    assert "not accessible" in mutate(bench, "convertPullRequestToDraft", pull, token="tok-read")
    bench.repository().close_pull(1)
    assert mutate(bench, "markPullRequestReadyForReview", pull) == "Pull request is closed"


def test_auto_merge_needs_a_repository_that_allows_it_and_something_to_wait_for(bench: Bench) -> None:
    pull, enable = opened(bench), "enablePullRequestAutoMerge"
    assert mutate(bench, enable, pull) == "Auto merge is not allowed for this repository"
    bench.repository().allow_auto_merge()
    assert bench.get(R).json()["allow_auto_merge"] is True
    assert mutate(bench, enable, pull) == "Pull request Pull request is in clean status"
    bench.repository().protect("main")
    assert bench.get(f"{R}/pulls/1").json()["mergeable_state"] == "blocked"
    order = mutate(bench, enable, pull, "mergeMethod: SQUASH")["autoMergeRequest"]
    assert order == {"mergeMethod": "SQUASH", "enabledBy": {"login": "bot"}}
    assert bench.get(f"{R}/pulls/1").json()["auto_merge"]["merge_method"] == "squash"
    assert mutate(bench, "disablePullRequestAutoMerge", pull)["autoMergeRequest"] is None
    assert "Can't disable" in mutate(bench, "disablePullRequestAutoMerge", pull)


def test_a_review_answers_the_requests_made_of_its_author(bench: Bench) -> None:
    opened(bench)
    bench.post(f"{R}/pulls/1/requested_reviewers", {"reviewers": ["alice"], "team_reviewers": ["core"]})
    path = f"{R}/pulls/1/reviews"
    own = bench.post(path, {"event": "APPROVE"})
    assert (own.status_code, own.json()["errors"]) == (422, ["Can not approve your own pull request"])
    assert bench.post(path, {"event": "COMMENT", "body": "hm"}).status_code == 200
    bench.sandbox.tokens["tok-alice"] = Token(value="tok-alice", account=bench.sandbox.tokens["tok-read"].account)
    assert bench.post(path, {"event": "APPROVE"}, token="tok-alice").json()["state"] == "APPROVED"
    left = bench.get(f"{R}/pulls/1/requested_reviewers").json()
    assert left == {"users": [], "teams": []}
    assert [(r["user"]["login"], r["state"]) for r in bench.get(path).json()] == [
        ("bot", "COMMENTED"), ("alice", "APPROVED"),
    ]  # fmt: skip


def test_milestones_and_labels_are_listed_and_made_once(bench: Bench) -> None:
    made = bench.post(f"{R}/milestones", {"title": "v1"})
    assert (made.status_code, made.json()["number"]) == (201, 1)
    error = bench.post(f"{R}/milestones", {"title": "v1"}).json()["errors"][0]
    assert (error["field"], error["code"]) == ("title", "already_exists")
    bench.post(f"{R}/milestones", {"title": "old", "state": "closed"})
    assert [m["title"] for m in bench.get(f"{R}/milestones").json()] == ["v1"]
    assert [m["title"] for m in bench.get(f"{R}/milestones?state=all").json()] == ["v1", "old"]
    opened(bench)
    assert bench.patch(f"{R}/issues/1", {"milestone": 1}).json()["milestone"]["title"] == "v1"
    assert bench.patch(f"{R}/issues/1", {"milestone": 9}).status_code == 422
    assert bench.post(f"{R}/labels", {"name": "sync", "color": "ff0000"}).status_code == 201
    assert bench.post(f"{R}/labels", {"name": "Sync", "color": "ff0000"}).status_code == 422
    assert [label["name"] for label in bench.get(f"{R}/labels").json()] == ["sync"]


def test_a_deleted_base_closes_and_keeps_closed(bench: Bench) -> None:
    bench.repository().set_branch("release", bench.repository().tip() or "")
    opened(bench, base="release")
    bench.repository().delete_branch("release")
    assert bench.get(f"{R}/pulls/1").json()["state"] == "closed"
    answer = bench.patch(f"{R}/pulls/1", {"state": "open"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "state")


def test_reopening_needs_the_branch_at_its_closing_commit_and_no_other_pull_request(bench: Bench) -> None:
    repository, path = bench.repository(), f"{R}/pulls/1"
    opened(bench)
    closing = repository.tip("feature") or ""

    def reopen() -> Any:
        answer = bench.patch(path, {"state": "open"})
        return answer.status_code if answer.status_code == 200 else answer.json()["errors"][0]["message"]

    bench.patch(path, {"state": "closed"})
    repository.delete_branch("feature")
    assert reopen() == "state cannot be changed. The feature branch was deleted."
    repository.set_branch("feature", repository.tip("conflict") or "")
    assert reopen() == "state cannot be changed. The feature branch was force-pushed or recreated."
    repository.set_branch("feature", closing)
    opened(bench)
    assert reopen() == "state cannot be changed. A pull request already exists for acme:feature."
    repository.close_pull(2)
    assert reopen() == 200


def test_a_renamed_branch_takes_its_pull_requests_along(bench: Bench) -> None:
    opened(bench)
    opened(bench, head="conflict")
    answer = bench.post(f"{R}/branches/conflict/rename", {"new_name": "other"})
    assert (answer.status_code, answer.json()["name"]) == (201, "other")
    assert bench.repository().pull(2).state == "closed"
    assert bench.post(f"{R}/branches/main/rename", {"new_name": "trunk"}).status_code == 403
    bench.repository().rename_branch("main", "trunk")
    assert bench.get(R).json()["default_branch"] == "trunk"
    assert bench.get(f"{R}/pulls/1").json()["base"]["ref"] == "trunk"
    assert bench.get(f"{R}/branches/main").status_code == 404
    names = (
        '{ repository(owner: "acme", name: "api") { defaultBranchRef { name } object(expression: "HEAD") { oid } } }'
    )
    shown = bench.graphql(names)["data"]["repository"]
    assert shown == {"defaultBranchRef": {"name": "trunk"}, "object": {"oid": bench.repository().tip("trunk")}}


def test_update_branch_merges_the_base_into_the_head_by_github_s_own_hand(bench: Bench) -> None:
    number, repository = opened(bench)["number"], bench.repository()
    head, base = repository.tip("feature"), repository.commit_files("main", {"newer.txt": "x"})
    made = repository.update_branch(number)
    commit = repository.commit(made)
    assert (repository.tip("feature"), repository.pull(number).head_oid) == (made, made)
    assert commit.parents == (head, base)
    assert (commit.message, commit.author.name) == ("Merge branch 'main' into feature", "mona")
    assert (commit.committer.name, commit.committer.email) == ("GitHub", "noreply@github.com")
    assert {"new.txt", "newer.txt"} <= repository.files("feature").keys()
    shown = bench.get(f"{R}/git/commits/{made}").json()["verification"]
    assert (shown["verified"], shown["reason"]) == (True, "valid")
    assert repository.pull(number).state == "open"


def test_update_branch_needs_something_new_and_no_conflict(bench: Bench) -> None:
    number, repository = opened(bench)["number"], bench.repository()
    before = repository.tip("feature")
    with pytest.raises(ApiError, match="no new commits"):
        repository.update_branch(number)
    repository.commit_files("main", {"new.txt": "also new"})
    with pytest.raises(ApiError, match="merge conflict"):
        repository.update_branch(number)
    assert repository.tip("feature") == before
