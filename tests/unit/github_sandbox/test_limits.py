"""GitHub's published limits, on a virtual clock."""

from __future__ import annotations

import threading

import pytest
import requests
from github_sandbox_bench import Bench, served

from github_sandbox import Fault, Limits

R = "/repos/acme/api"
VIEWER = "query { viewer { login } }"


def codes(bench: Bench, times: int, path: str = R) -> list[int]:
    return [bench.get(path).status_code for _ in range(times)]


def test_the_numbers_are_the_published_ones() -> None:
    assert Limits() == Limits(search_per_minute=None, content_per_minute=None, concurrent_requests=None)
    limits = Limits.published(rest_per_hour=7)
    assert (limits.concurrent_requests, limits.rest_points_per_minute, limits.graphql_points_per_minute) == (
        100, 900, 2000,
    )  # fmt: skip
    assert (limits.content_per_minute, limits.content_per_hour, limits.search_per_minute) == (80, 500, 30)
    assert limits.tree_entries == 100_000
    assert (limits.rest_per_hour, limits.actions_per_hour, limits.graphql_points_per_hour) == (7, 1000, 5000)


def test_the_primary_budget_comes_back_after_an_hour() -> None:
    with served(limits={"rest-per-hour": 3, "primary-status": 429}) as bench:
        assert codes(bench, 4) == [200, 200, 200, 429]
        answer = bench.get(R)
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        assert "Retry-After" not in answer.headers
        assert 3590 <= int(answer.headers["X-RateLimit-Reset"]) - bench.clock() <= 3600
        bench.clock.advance(int(answer.headers["X-RateLimit-Reset"]) - bench.clock())
        assert codes(bench, 1) == [200]


def test_an_unchanged_answer_is_free_for_a_token_only() -> None:
    with served() as bench:
        first = bench.get(R)
        again = bench.get(R, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"] == "1"
        open_one = bench.get(R, token=None)
        again = bench.get(R, token=None, headers={"If-None-Match": open_one.headers["ETag"]})
        assert (again.status_code, again.headers["X-RateLimit-Used"]) == (304, "2")


def test_a_write_costs_five_points_and_carrying_on_starts_the_wait_anew() -> None:
    with served(limits={"rest-points-per-minute": 11}) as bench:
        for _ in range(2):
            assert bench.post(f"{R}/git/blobs", {"content": "x"}).status_code == 201
        assert codes(bench, 2) == [200, 403]
        refused = bench.get(R)
        assert refused.headers["Retry-After"] == "60"
        assert "secondary rate limit" in refused.json()["message"]
        assert refused.json()["documentation_url"].endswith("#about-secondary-rate-limits")
        bench.clock.advance(50)
        assert codes(bench, 1) == [403]
        bench.clock.advance(50)  # 100 seconds after the refusal, 50 after the last attempt
        assert codes(bench, 1) == [403]
        bench.clock.advance(61)
        assert codes(bench, 1) == [200]
        assert bench.get(R, token="tok-poor").status_code == 200  # another caller does not wait


def test_graphql_points_are_counted_apart() -> None:
    with served(limits={"graphql-points-per-minute": 2, "secondary-status": 429, "retry-after": False}) as bench:
        assert [bench.ask(VIEWER).status_code for _ in range(3)] == [200, 200, 429]
        assert "Retry-After" not in bench.ask(VIEWER).headers


def test_content_has_a_limit_by_the_minute_and_one_by_the_hour() -> None:
    with served(limits={"content-per-minute": 2, "content-per-hour": 3}) as bench:
        bench.post(f"{R}/pulls", {"head": "feature", "base": "main", "title": "t"})

        def comment() -> int:
            return bench.post(f"{R}/issues/1/comments", {"body": "x"}).status_code

        assert [comment(), comment()] == [201, 403]
        bench.clock.advance(61)
        assert comment() == 201
        refused = bench.post(f"{R}/issues/1/comments", {"body": "x"})
        assert (refused.status_code, "content creation" in refused.json()["message"]) == (403, True)
        bench.clock.advance(3600)
        assert comment() == 201


def test_a_secondary_block_covers_everything_that_caller_asks() -> None:
    with served(limits={"content-per-minute": 1}) as bench:
        pull = {"head": "feature", "base": "main", "title": "t"}
        assert bench.post(f"{R}/pulls", pull).status_code == 201
        assert bench.post(f"{R}/pulls", pull).status_code == 403
        assert bench.get(R).status_code == 403


def test_search_has_thirty_a_minute_of_its_own() -> None:
    with served(limits={"search-per-minute": 2}) as bench:
        path = "/search/repositories?q=org:acme"
        assert codes(bench, 3, path) == [200, 200, 403]
        assert bench.get(path).headers["X-RateLimit-Resource"] == "search"
        assert codes(bench, 1) == [200]
        bench.clock.advance(61)
        assert codes(bench, 1, path) == [200]


def test_too_many_at_once_are_refused() -> None:
    with served(limits={"concurrent-requests": 2}) as bench:
        bench.sandbox.faults.add(Fault(delay=0.4, times=2))
        token = {"Authorization": "token tok-bot"}
        seen: list[int] = []

        def ask() -> None:
            seen.append(requests.get(bench.server.api_url + R, headers=token, timeout=10).status_code)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == [200, 200, 403]
        bench.clock.advance(61)
        assert codes(bench, 3) == [200, 200, 200]  # one after the other


PULLS = """query($n: Int!) {
  repository(owner: "acme", name: "api") { pullRequests(first: $n) { nodes { labels(first: 100) { totalCount } } } }
  rateLimit { cost nodeCount }
}"""


@pytest.mark.parametrize(("first", "cost", "nodes"), [(1, 1, 101), (100, 1, 10_100)])
def test_a_query_costs_what_its_connections_may_ask(first: int, cost: int, nodes: int) -> None:
    with served(limits={"graphql-cost": True}) as bench:
        answer = bench.ask(PULLS, n=first)
        assert answer.json()["data"]["rateLimit"] == {"cost": cost, "nodeCount": nodes}
        assert answer.headers["X-RateLimit-Used"] == str(cost)


def test_nested_connections_multiply() -> None:
    query = """{ repository(owner: "acme", name: "api") { pullRequests(first: 100) { nodes {
        ...P } } } rateLimit { cost nodeCount } }
        fragment P on PullRequest { latestReviews(first: 50) { nodes { onBehalfOf(first: 10) { totalCount } } } }"""
    with served(limits={"graphql-cost": True}) as bench:
        # 1 + 100 + 100 x 50 requests; 100 + 5,000 + 50,000 nodes
        assert bench.graphql(query)["data"]["rateLimit"] == {"cost": 51, "nodeCount": 55_100}
    with served(limits={"graphql-nodes": 50_000}) as bench:
        error = bench.graphql(query)["errors"][0]
        assert error["type"] == "MAX_NODE_LIMIT_EXCEEDED"
        assert "55,100 possible nodes which exceeds the maximum limit of 50,000" in error["message"]
    with served(limits={"graphql-nodes-in-time": 50_000}) as bench:
        late = bench.ask(query)
        assert late.status_code == 502
        assert "may be the result of a timeout" in late.json()["errors"][0]["message"]
        assert "errors" not in bench.graphql(PULLS, n=1)


def test_time_passes_for_other_processes_too() -> None:
    with served() as bench:
        before = bench.clock()
        answer = requests.post(f"{bench.server.url}/_sandbox/clock", json={"advance": 60}, timeout=5)
        assert answer.json() == {"now": before + 60}
        assert bench.clock() == before + 60
