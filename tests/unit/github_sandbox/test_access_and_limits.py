"""Access, refusals, paging, limits, renames."""

from __future__ import annotations

import pytest
import requests
from github_sandbox_bench import Bench

from github_sandbox.limits import Limits

R = "/repos/acme/api"


def test_tokens(bench: Bench) -> None:
    assert bench.get(R, token="wrong").json()["message"] == "Bad credentials"
    assert bench.get(R, token="wrong").status_code == 401
    assert bench.get(R, token=None).status_code == 200
    assert bench.get("/repos/acme/secret", token=None).status_code == 404
    assert bench.get("/repos/acme/secret").status_code == 200
    assert bench.get("/repos/acme/secret", token="tok-fine").status_code == 404
    assert bench.get("/user", token="tok-app").status_code == 403
    assert bench.get("/user").json()["login"] == "bot"


@pytest.mark.parametrize(("token", "status", "message"), [
    ("tok-fine", 403, "Resource not accessible by personal access token"),
    ("tok-read", 403, "Resource not accessible by personal access token"),
    ("tok-actions", 403, "Resource not accessible by integration"),
])  # fmt: skip
def test_seeing_is_not_writing(bench: Bench, token: str, status: int, message: str) -> None:
    answer = bench.post(f"{R}/git/blobs", {"content": "x"}, token=token)
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert bench.post("/repos/acme/other/git/blobs", {"content": "x"}, token="tok-fine").status_code == 201


def test_an_archived_repository_is_read_only(bench: Bench) -> None:
    answer = bench.post("/repos/acme/old/git/blobs", {"content": "x"})
    assert (answer.status_code, answer.json()["message"]) == (403, "Repository was archived so is read-only.")
    assert bench.get("/repos/acme/old").json()["archived"] is True


def test_paging_covers_every_repository_once(bench: Bench) -> None:
    url: str | None = f"{bench.server.api_url}/orgs/acme/repos?per_page=4"
    names: list[str] = []
    while url:
        answer = requests.get(url, headers={"Authorization": "token tok-bot"}, timeout=10)
        names += [r["name"] for r in answer.json()]
        url = answer.links.get("next", {}).get("url")
    assert sorted(names) == ["api", "closed-door", "empty", "old", "other", "secret"]
    assert {r["name"] for r in bench.get("/orgs/acme/repos", token=None).json()} == set(names) - {"secret"}
    assert bench.get("/users/stranger/repos").json()[0]["full_name"] == "stranger/api"


def test_a_used_up_budget_refuses_with_the_header(bench: Bench) -> None:
    assert [bench.get(R, token="tok-poor").status_code for _ in range(3)] == [200, 200, 403]
    answer = bench.get(R, token="tok-poor")
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert "rate limit exceeded" in answer.json()["message"]
    assert bench.get("/rate_limit", token="tok-poor").json()["resources"]["core"]["used"] == 2
    query = "query { viewer { login } }"
    assert "errors" not in bench.graphql(query, token="tok-poor")  # GraphQL has a separate budget
    assert bench.graphql(query, token="tok-poor")["errors"][0]["type"] == "RATE_LIMITED"


def test_the_budgets_are_reported_by_name_and_a_search_of_repositories_counts_as_one(bench: Bench) -> None:
    bench.sandbox.limits = Limits.published()
    bench.get("/search/repositories?q=org:acme")
    answer = bench.get("/rate_limit")
    resources = answer.json()["resources"]
    found = {name: (each["limit"], each["used"]) for name, each in resources.items()}
    assert found == {"core": (5000, 0), "graphql": (5000, 0), "search": (30, 1), "code_search": (10, 0)}
    spans = {name: each["reset"] - resources["core"]["reset"] for name, each in resources.items()}
    assert all(abs(spans[name] + (3540 if "search" in name else 0)) <= 1 for name in spans)
    assert answer.json()["rate"] == resources["core"]
    assert len(answer.raw.headers.getlist("Date")) == 1


def test_a_server_may_have_no_rate_limits(bench: Bench) -> None:
    bench.sandbox.limits = Limits(reported=False, rest_per_hour=1)
    answer = bench.get("/rate_limit")
    assert (answer.status_code, answer.json()["message"]) == (404, "Rate limiting is not enabled.")
    answers = [bench.get(R) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert not [name for name in answers[0].headers if name.lower().startswith("x-ratelimit")]


def test_a_renamed_repository_redirects_without_the_query(bench: Bench) -> None:
    repository = bench.repository()
    repository.rename("api-2")
    answer = bench.get(f"{R}/pulls?head=acme:feature")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{bench.server.api_url}/repositories/{repository.id}/pulls"
    assert bench.post(f"{R}/git/blobs", {"content": "x"}).status_code == 307
    assert bench.get(R, allow_redirects=True).json()["full_name"] == "acme/api-2"
    names = 'query($f: Boolean!) { repository(owner: "acme", name: "api", followRenames: $f) { nameWithOwner } }'
    assert bench.graphql(names, f=True)["data"]["repository"]["nameWithOwner"] == "acme/api-2"
    assert bench.graphql(names, f=False)["errors"][0]["type"] == "NOT_FOUND"


def test_an_unchanged_answer_is_304(bench: Bench) -> None:
    tag = bench.get(R).headers["ETag"]
    assert bench.get(R, headers={"If-None-Match": tag}).status_code == 304
    bench.repository().set_archived()
    assert bench.get(R, headers={"If-None-Match": tag}).status_code == 200
