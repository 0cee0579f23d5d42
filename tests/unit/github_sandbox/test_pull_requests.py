"""Pull requests behave as GitHub's: one per head and base, which follows its branch and closes with it."""

from __future__ import annotations

from typing import Any

import pytest
from github import Auth, Github
from github_sandbox_bench import Bench

R = "/repos/acme/api"
NEW = {"head": "feature", "base": "main", "title": "t", "body": "b"}


def opened(bench: Bench, **changes: object) -> int:
    answer = bench.post(f"{R}/pulls", NEW | changes)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def problem(bench: Bench, **changes: object) -> tuple[int, dict[str, str]]:
    answer = bench.post(f"{R}/pulls", NEW | changes)
    return answer.status_code, answer.json()["errors"][0]


def test_a_second_open_pull_request_is_refused_by_name(bench: Bench) -> None:
    number = opened(bench)
    status, error = problem(bench)
    assert (status, error["message"]) == (422, "A pull request already exists for acme:feature.")
    bench.repository().close_pull(number)
    assert opened(bench) == number + 1


def test_nothing_to_merge_and_missing_branches_are_refused(bench: Bench) -> None:
    bench.repository().set_branch("same", bench.repository().tip() or "")
    assert problem(bench, head="same")[1]["message"] == "No commits between main and same"
    assert problem(bench, head="nope") == (422, {"resource": "PullRequest", "field": "head", "code": "invalid"})
    assert problem(bench, base="nope")[1]["field"] == "base"
    assert problem(bench, body="x" * 65_537)[0] == 422
    opened(bench, body="x" * 65_536)


def test_the_head_filter_is_ignored_without_an_owner(bench: Bench) -> None:
    opened(bench)
    opened(bench, head="conflict")

    def found(query: str) -> list[str]:
        return sorted(p["head"]["ref"] for p in bench.get(f"{R}/pulls?{query}").json())

    assert found("head=acme:feature") == ["feature"]
    assert found("head=feature") == ["conflict", "feature"]
    assert found("head=stranger:feature") == []
    assert found("base=nope") == []
    bench.repository().close_pull(1)
    assert found("") == ["conflict"]
    assert found("state=all") == ["conflict", "feature"]
    assert found("state=closed") == ["feature"]


def test_a_fork_s_branch_of_the_same_name_is_another_pull_request(bench: Bench) -> None:
    ours, theirs = opened(bench), opened(bench, head="stranger:feature")
    assert bench.repository().pull(theirs).head_oid == bench.repository("stranger/api").tip("feature")
    data = bench.graphql(
        'query { repository(owner: "acme", name: "api") { pullRequests(first: 9, headRefName: "feature") {'
        " nodes { number isCrossRepository headRepositoryOwner { login } } } } }"
    )
    nodes = data["data"]["repository"]["pullRequests"]["nodes"]
    assert {n["number"]: n["isCrossRepository"] for n in nodes} == {ours: False, theirs: True}


def test_two_repositories_of_one_owner_are_told_apart_by_head_repo(bench: Bench) -> None:
    fork = bench.sandbox.add_repository("acme/twin", fork="acme/api")
    fork.commit_files("feature", {"twin.txt": b"x"})
    fork.commit_files("only-here", {"twin.txt": b"x"})

    def create(head: str, head_repo: str | None = None) -> tuple[int, Any]:
        more = {"head_repo": head_repo} if head_repo else {}
        answer = bench.post(f"{R}/pulls", {"head": head, "base": "main", "title": "t", **more})
        shown = answer.json()
        return answer.status_code, shown["head"]["repo"]["full_name"] if answer.ok else shown["errors"][0]["field"]

    assert create("acme:only-here") == (422, "head")
    assert create("acme:only-here", "acme/twin") == (201, "acme/twin")
    assert create("acme:feature") == (201, "acme/api")
    assert create("feature", "acme/twin") == (201, "acme/twin")
    assert create("stranger:feature", "api") == (201, "stranger/api")
    assert create("stranger:feature", "acme/twin") == (422, "head")
    assert create("acme:feature", "acme/other") == (422, "head")
    listed = bench.get(f"{R}/pulls?head=acme:feature").json()
    assert sorted(p["head"]["repo"]["full_name"] for p in listed) == ["acme/api", "acme/twin"]


def test_a_commit_of_a_fork_may_follow_one_that_only_its_parent_has(bench: Bench) -> None:
    newest = bench.repository().commit_files("main", {"newer.txt": b"x"})
    path = "/repos/stranger/api"
    assert bench.repository("stranger/api").tip() != newest
    tree = {"base_tree": newest, "tree": [{"path": "f", "mode": "100644", "type": "blob", "content": "f"}]}
    made = bench.post(f"{path}/git/trees", tree).json()["sha"]
    body = {"message": "m", "tree": made, "parents": [newest]}
    oid = bench.post(f"{path}/git/commits", body).json()["sha"]
    assert bench.post(f"{path}/git/refs", {"ref": "refs/heads/follows", "sha": oid}).status_code == 201
    number = opened(bench, head="stranger:follows")
    assert [f["filename"] for f in bench.get(f"{R}/pulls/{number}/files").json()] == ["f"]


def test_the_head_follows_and_a_pull_request_without_a_difference_closes(bench: Bench) -> None:
    number, repository = opened(bench), bench.repository()
    moved = repository.commit_files("feature", {"more": b"x"})
    assert bench.get(f"{R}/pulls/{number}").json()["head"]["sha"] == moved
    bench.patch(f"{R}/git/refs/heads/feature", {"sha": repository.tip("main"), "force": True})
    assert (repository.pull(number).state, repository.pull(number).merged) == ("closed", False)


def test_deleting_the_branch_closes_and_only_its_return_lets_it_reopen(bench: Bench) -> None:
    number, repository = opened(bench), bench.repository()
    tip = repository.tip("feature") or ""
    assert bench.send("DELETE", f"{R}/git/refs/heads/feature").status_code == 204
    assert repository.pull(number).state == "closed"
    assert bench.patch(f"{R}/pulls/{number}", {"state": "open"}).status_code == 422
    repository.set_branch("feature", repository.tip("conflict") or "")
    assert bench.patch(f"{R}/pulls/{number}", {"state": "open"}).status_code == 422
    repository.set_branch("feature", tip)
    assert bench.patch(f"{R}/pulls/{number}", {"state": "open"}).json()["state"] == "open"


def test_merging(bench: Bench) -> None:
    number, repository = opened(bench), bench.repository()
    assert bench.send("PUT", f"{R}/pulls/{number}/merge", json={"sha": "1" * 40}).status_code == 409
    assert bench.send("PUT", f"{R}/pulls/{number}/merge", json={}).json()["merged"] is True
    assert repository.pull(number).merged
    assert "new.txt" in repository.files("main")
    assert bench.send("PUT", f"{R}/pulls/{number}/merge", json={}).status_code == 405
    assert bench.patch(f"{R}/pulls/{number}", {"state": "open"}).status_code == 422
    # A push of the head to the base marks it merged, too.
    other = opened(bench, head="conflict")
    repository.commit_files("main", {"README.md": b"base moved\n"})
    assert bench.get(f"{R}/pulls/{other}").json()["mergeable"] is False
    bench.repository().set_branch("main", repository.tip("conflict") or "")
    assert repository.pull(other).merged


def test_files_and_commits(bench: Bench) -> None:
    number = opened(bench)
    bench.repository().commit_files("main", {"elsewhere": b"x"})
    assert [f["filename"] for f in bench.get(f"{R}/pulls/{number}/files").json()] == ["new.txt"]
    assert len(bench.get(f"{R}/pulls/{number}/commits").json()) == 1


def test_reviewers(bench: Bench) -> None:
    number = opened(bench)

    def ask(**body: object) -> int:
        return bench.post(f"{R}/pulls/{number}/requested_reviewers", body).status_code

    assert ask(reviewers=["bot"]) == 422  # the author
    assert ask(reviewers=["stranger"]) == 422  # not a collaborator
    assert ask(reviewers=["alice"], team_reviewers=["core"]) == 201
    assert bench.repository().pull(number).reviewers == ["alice"]
    bench.send("DELETE", f"{R}/pulls/{number}/requested_reviewers", json={"reviewers": ["alice"]})
    assert bench.repository().pull(number).reviewers == []
    assert bench.repository().pull(number).team_reviewers == ["core"]


def test_labels_are_made_on_the_way_and_capped(bench: Bench) -> None:
    number = opened(bench)
    assert [x["name"] for x in bench.post(f"{R}/issues/{number}/labels", {"labels": ["a", "b"]}).json()] == ["a", "b"]
    bench.post(f"{R}/issues/{number}/labels", {"labels": ["A"]})
    assert bench.repository().pull(number).labels == ["a", "b"]
    assert bench.send("DELETE", f"{R}/issues/{number}/labels/a").status_code == 200
    assert bench.send("DELETE", f"{R}/issues/{number}/labels/a").status_code == 404
    many = [f"l{n}" for n in range(100)]
    assert bench.post(f"{R}/issues/{number}/labels", {"labels": many}).status_code == 422
    assert bench.patch(f"{R}/issues/{number}", {"labels": many}).status_code == 200
    assert len(bench.repository().pull(number).labels) == 100


def test_who_may_not_be_assigned_is_left_out_silently(bench: Bench) -> None:
    number = opened(bench)
    answer = bench.post(f"{R}/issues/{number}/assignees", {"assignees": ["alice", "stranger", "nobody"]})
    assert answer.status_code == 201
    assert bench.repository().pull(number).assignees == ["alice"]
    bench.send("DELETE", f"{R}/issues/{number}/assignees", json={"assignees": ["alice"]})
    assert bench.repository().pull(number).assignees == []


def test_comments_and_milestone(bench: Bench) -> None:
    number = opened(bench)
    made = bench.post(f"{R}/issues/{number}/comments", {"body": "one"}).json()
    bench.patch(f"{R}/issues/comments/{made['id']}", {"body": "two"})
    assert [c["body"] for c in bench.get(f"{R}/issues/{number}/comments").json()] == ["two"]
    assert bench.patch(f"{R}/issues/{number}", {"milestone": 7}).status_code == 422


def test_a_workflow_token_needs_the_switch_and_stays_at_home(bench: Bench) -> None:
    body = {"head": "f", "base": "main", "title": "t"}
    answer = bench.post("/repos/acme/closed-door/pulls", body, token="tok-actions")
    assert answer.status_code == 403
    assert answer.json()["message"] == "GitHub Actions is not permitted to create or approve pull requests."
    assert bench.post("/repos/acme/closed-door/pulls", body, token="tok-app").status_code == 201
    away = bench.post(f"{R}/pulls", NEW, token="tok-actions")
    assert (away.status_code, away.json()["message"]) == (403, "Resource not accessible by integration")


def test_pygithub_edits_a_pull_request(bench: Bench) -> None:
    client = Github(
        auth=Auth.Token("tok-bot"),
        base_url=bench.server.api_url,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    pull = client.get_repo("acme/api").create_pull(base="main", head="feature", title="t", body="b")
    pull.edit(title="better")
    pull.add_to_labels("x")
    pull.create_issue_comment("c")
    seen = bench.repository().pull(pull.number)
    assert (seen.title, seen.labels, seen.comments) == ("better", ["x"], ["c"])
    client.close()


@pytest.mark.parametrize("state", ["open", "closed", "merged"])
def test_a_seeded_pull_request_has_its_state(state: str) -> None:
    from github_sandbox import Sandbox

    sandbox = Sandbox.from_seed({
        "users": ["alice"],
        "repositories": [{"name": "alice/x", "files": {"a": "1"}, "branches": {"f": {"files": {"b": "2"}}},
                          "pulls": [{"head": "f", "title": "t", "state": state, "author": "alice", "labels": ["l"]}]}],
    })  # fmt: skip
    pull = sandbox.repository("alice/x").pull(1)
    assert (pull.state, pull.merged, pull.labels) == ("open" if state == "open" else "closed", state == "merged", ["l"])
