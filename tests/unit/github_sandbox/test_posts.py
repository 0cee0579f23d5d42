"""Issues and comments that GitHub refuses, lists incompletely, or moves with their repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from github_sandbox_bench import Bench

R = "/repos/acme/api"


def pull_request(bench: Bench) -> int:
    bench.repository().commit_files("topic", {"new.txt": "x\n"})
    return bench.repository().open_pull("topic").number


def test_issues_that_are_disabled_are_gone_and_pull_requests_stay(bench: Bench) -> None:
    number = bench.post(f"{R}/issues", {"title": "t"}).json()["number"]
    pull = pull_request(bench)
    bench.repository().disable_issues()
    for answer in (bench.post(f"{R}/issues", {"title": "t"}), bench.patch(f"{R}/issues/{number}", {"title": "u"})):
        assert (answer.status_code, answer.json()["message"]) == (410, "Issues are disabled for this repo")
    assert [item["number"] for item in bench.get(f"{R}/issues").json()] == [pull]
    assert bench.get(R).json()["has_issues"] is False


@pytest.mark.parametrize(("token", "status"), [("tok-app", 403), ("tok-bot", 201)])
def test_a_locked_conversation_takes_no_comment_of_an_app(bench: Bench, token: str, status: int) -> None:
    number = pull_request(bench)
    bench.repository().lock(number)
    answer = bench.post(f"{R}/issues/{number}/comments", {"body": "x"}, token=token)
    assert answer.status_code == status
    assert status == 201 or answer.json()["message"] == "Unable to create comment because issue is locked."
    assert bench.get(f"{R}/issues/{number}").json()["locked"] is True


def test_a_locked_issue_says_so(bench: Bench) -> None:
    number = bench.post(f"{R}/issues", {"title": "t"}).json()["number"]
    bench.repository().lock(number)
    assert [item["locked"] for item in bench.get(f"{R}/issues").json()] == [True]


def test_an_issue_takes_a_limited_number_of_comments(bench: Bench) -> None:
    number = pull_request(bench)
    bench.sandbox.limits = replace(bench.sandbox.limits, issue_comments=1)
    first, second = (bench.post(f"{R}/issues/{number}/comments", {"body": "x"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 422)
    assert "more than 2500 comments" in second.json()["errors"][0]["message"]


@pytest.mark.parametrize("misses", [False, True])
def test_a_creator_filter_may_miss_apps_and_misses_no_person(bench: Bench, misses: bool) -> None:
    world = bench.sandbox.world
    bench.sandbox.edition = replace(bench.sandbox.edition, creator_misses_apps=misses)
    bench.post(f"{R}/issues", {"title": "t"})
    bench.post(f"{R}/issues", {"title": "t"})
    contents = world.repository("acme/api").contents  # type: ignore[union-attr]
    contents.issues[2].author = world.add_account("helper[bot]", "Bot")

    def opened_by(creator: str) -> list[int]:
        return [item["number"] for item in bench.get(f"{R}/issues", params={"creator": creator}).json()]

    assert opened_by("bot") == [1]
    assert opened_by("helper[bot]") == ([] if misses else [2])
    assert len(bench.get(f"{R}/issues").json()) == 2


def test_a_transferred_repository_keeps_its_id_and_its_issues(bench: Bench) -> None:
    before = bench.get(R).json()["id"]
    bench.post(f"{R}/issues", {"title": "t"})
    bench.repository().transfer("alice")
    after = bench.get("/repos/alice/api").json()
    assert (after["id"], after["owner"]["login"]) == (before, "alice")
    assert len(bench.get("/repos/alice/api/issues").json()) == 1
    assert bench.get(R, allow_redirects=False).status_code == 301
