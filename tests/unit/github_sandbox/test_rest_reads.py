"""The reads of an upsert over REST alone."""

from __future__ import annotations

from typing import Any

from github_sandbox_bench import Bench

from github_sandbox import Limits

R = "/repos/acme/api"


def test_a_large_tree_is_truncated_when_it_recurses(bench: Bench) -> None:
    tree = bench.repository().commit("main").tree

    def paths(query: str) -> tuple[list[str], bool]:
        shown = bench.get(f"{R}/git/trees/{tree}{query}").json()
        return [e["path"] for e in shown["tree"]], shown["truncated"]

    whole = ["README.md", "a", "a/b", "a/b/c.txt", "bin", "bin/run", "link", "logo.bin"]
    assert paths("?recursive=1") == (whole, False)
    bench.sandbox.limits = Limits(tree_entries=len(whole))
    assert paths("?recursive=1") == (whole, False)
    bench.sandbox.limits = Limits(tree_entries=3)
    assert paths("?recursive=1") == (whole[:3], True)
    assert paths("") == (["README.md", "a", "bin", "link", "logo.bin"], False)


def test_the_timeline_tells_who_asked_whom_and_who_took_it_back(bench: Bench) -> None:
    repository = bench.repository()
    number = repository.open_pull("feature", author="bot").number
    asked = f"{R}/pulls/{number}/requested_reviewers"
    bench.post(asked, {"reviewers": ["alice"], "team_reviewers": ["core"]})
    bench.post(asked, {"reviewers": ["alice"]})  # a repeated request makes no event
    repository.comment(number, "not now", author="alice")
    repository.withdraw_review_request(number, "alice", teams=["core"], actor="alice")
    repository.request_review(number, "alice", actor="mona")

    def named(event: dict[str, Any]) -> tuple[str, str, str]:
        whom = event.get("requested_reviewer", {}).get("login") or event.get("requested_team", {}).get("slug")
        return event["event"], event["actor"]["login"], whom or event["body"]

    expected = [
        ("review_requested", "bot", "alice"), ("review_requested", "bot", "core"),
        ("commented", "alice", "not now"),
        ("review_request_removed", "alice", "alice"), ("review_request_removed", "alice", "core"),
        ("review_requested", "mona", "alice"),
    ]  # fmt: skip
    path = f"{R}/issues/{number}/timeline"
    assert [named(event) for event in bench.get(path).json()] == expected
    first = bench.get(f"{path}?per_page=4")
    assert [named(event) for event in first.json()] == expected[:4]
    second = first.links["next"]["url"].removeprefix(bench.server.api_url)
    assert [named(event) for event in bench.get(second).json()] == expected[4:]
    shown = bench.get(f"{R}/pulls/{number}").json()
    assert ([r["login"] for r in shown["requested_reviewers"]], shown["requested_teams"]) == (["alice"], [])
    bench.send("DELETE", asked, json={"reviewers": ["alice"]})
    assert named(bench.get(path).json()[-1]) == ("review_request_removed", "bot", "alice")


def test_pull_requests_and_comments_come_page_by_page_in_the_order_asked_for(bench: Bench) -> None:
    repository = bench.repository()
    for _ in range(3):
        number = repository.open_pull("feature").number
        repository.close_pull(number)
    query = "head=acme:feature&state=all&sort=created&direction=asc&per_page=2"
    first = bench.get(f"{R}/pulls?{query}")
    assert [p["number"] for p in first.json()] == [1, 2]
    assert set(first.links) == {"next", "last"}
    second = bench.get(first.links["next"]["url"].removeprefix(bench.server.api_url))
    assert ([p["number"] for p in second.json()], set(second.links)) == ([3], {"prev", "first"})
    assert [p["number"] for p in bench.get(f"{R}/pulls?{query.replace('asc', 'desc')}").json()] == [3, 2]
    for text in ("a", "b", "c"):
        repository.comment(number, text)
    comments = bench.get(f"{R}/issues/{number}/comments?per_page=2&page=2")
    assert [c["body"] for c in comments.json()] == ["c"]


def test_a_branch_comes_with_its_commit_and_an_issue_takes_a_milestone(bench: Bench) -> None:
    repository = bench.repository()
    shown = bench.get(f"{R}/branches/feature").json()["commit"]
    assert (shown["sha"], shown["commit"]["tree"]["sha"]) == (
        repository.tip("feature"), repository.commit("feature").tree,
    )  # fmt: skip
    assert [p["sha"] for p in shown["parents"]] == [repository.tip()]
    assert shown["commit"]["verification"]["reason"] == "unsigned"
    milestone = repository.add_milestone("v1")
    number = repository.open_pull("feature").number
    assert bench.patch(f"{R}/issues/{number}", {"milestone": milestone}).status_code == 200
    assert bench.get(f"{R}/pulls/{number}").json()["milestone"]["title"] == "v1"
    assert [m["number"] for m in bench.get(f"{R}/milestones").json()] == [milestone]
    assert bench.patch(f"{R}/issues/{number}", {"milestone": None}).json()["milestone"] is None
