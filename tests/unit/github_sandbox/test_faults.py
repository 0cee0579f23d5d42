"""Scripted faults, as a client meets them: the request that a fault hits, the effect, and the response."""

from __future__ import annotations

import threading
import time

import pytest
import requests
from github_sandbox_bench import SEED, Bench, served

from github_sandbox import Fault, Sandbox

R = "/repos/acme/api"
PULL = {"head": "feature", "base": "main", "title": "t"}
LOOK = 'query Look { repository(owner: "acme", name: "api") { pullRequests(first: 5) { totalCount } name } }'


def statuses(bench: Bench, times: int, path: str = R) -> list[int]:
    return [bench.get(path).status_code for _ in range(times)]


@pytest.mark.parametrize(("filters", "hit"), [
    ({"operation": "pulls/list"}, True),
    ({"operation": "pulls/create"}, False),
    ({"route": r"/pulls$"}, True),
    ({"route": r"/pulls/\{number\}$"}, False),
    ({"route": r"^/repos/\{owner\}/"}, True),
        ({"path": "^/repos/acme/api/pulls$"}, True),
    ({"path": "^/repos/acme/other"}, False),
    ({"token_login": "bot"}, True),
    ({"token_login": "alice"}, False),
    ({"kind": "read"}, True),
    ({"kind": "graphql"}, False),
    ({"method": "get", "operation": "pulls/list"}, True),
])  # fmt: skip
def test_a_fault_hits_what_all_its_filters_match(bench: Bench, filters: dict[str, str], hit: bool) -> None:
    bench.sandbox.faults.add(Fault.bad_gateway(**filters))
    assert bench.get(f"{R}/pulls").status_code == (502 if hit else 200)


@pytest.mark.parametrize("name", ["Look", "repository"])
def test_a_graphql_request_is_known_by_its_name_and_its_root_fields(bench: Bench, name: str) -> None:
    bench.sandbox.faults.add(Fault.bad_gateway(operation=name, nth=2))
    assert [bench.ask(LOOK).status_code for _ in range(3)] == [200, 502, 200]


def test_chance_is_the_same_for_the_same_seed(bench: Bench) -> None:
    def run(seed: int) -> list[int]:
        with bench.sandbox.faults.during(Fault.bad_gateway(probability=0.5, seed=seed)):
            return statuses(bench, 24)

    first = run(1)
    assert run(1) == first != run(2)
    assert 4 <= first.count(502) <= 20
    assert statuses(bench, 3) == [200, 200, 200]  # outside its block a fault is inactive
    bench.sandbox.faults.add(Fault.bad_gateway(probability=1, times=2, nth=2))
    assert statuses(bench, 5) == [200, 502, 502, 200, 200]


def test_a_held_answer_ends_with_the_client_or_with_the_server() -> None:
    before = threading.active_count()
    sandbox = Sandbox.from_seed(SEED)
    sandbox.faults.add(Fault.timeout(method="POST", when="after"))
    sandbox.faults.add(Fault.timeout(method="GET"))
    server = sandbox.serve()
    bench = Bench(sandbox, server, {})
    with pytest.raises(requests.ReadTimeout):
        bench.post(f"{R}/pulls", PULL, timeout=0.2)
    assert len(bench.repository().pulls()) == 1
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            bench.get(R, timeout=120)
        except requests.RequestException as error:
            caught.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.1)
    start = time.monotonic()
    server.close()
    waiting.join(20)
    assert len(caught) == 1
    while threading.active_count() > before:  # no thread holds a response
        assert time.monotonic() - start < 20
        time.sleep(0.01)


def test_refusals_carry_the_headers_they_are_given(bench: Bench) -> None:
    def refused(kind: str, **arguments: object) -> tuple[int, str | None, str | None]:
        bench.sandbox.faults.add(Fault.of(kind, **arguments))
        answer = bench.get(R)
        return answer.status_code, answer.headers.get("Retry-After"), answer.headers.get("X-RateLimit-Remaining")

    assert refused("too-many", retry_after_seconds=7) == (429, "7", None)
    assert refused("too-many", retry_after_seconds=None) == (429, None, None)
    assert refused("secondary-limit", retry_after_seconds=None) == (403, None, None)
    assert refused("primary-limit", reset_in_seconds=9) == (403, None, "0")
    assert refused("server-error", status=503)[0] == 503


def test_a_budget_of_a_fault_comes_back_on_the_sandbox_s_clock() -> None:
    with served() as bench:
        bench.clock.advance(86_400)
        bench.sandbox.faults.add(Fault.too_many(None, reset_in_seconds=9))
        assert bench.get(R).headers["X-RateLimit-Reset"] == str(int(bench.clock()) + 9)


def test_a_truncated_body_and_a_slow_one(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault.of("truncated-body", share=0.5))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        bench.get(R)
    bench.sandbox.faults.add(Fault.of("slow-body", seconds=0.3))
    start = time.monotonic()
    assert bench.get(R).json()["full_name"] == "acme/api"
    assert time.monotonic() - start >= 0.25


def test_a_duplicate_delivery_takes_effect_twice(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault.of("duplicate-delivery", operation="issues/create-comment"))
    number = bench.post(f"{R}/pulls", PULL).json()["number"]
    assert bench.post(f"{R}/issues/{number}/comments", {"body": "once"}).status_code == 201
    assert bench.repository().pull(number).comments == ["once", "once"]
    bench.sandbox.faults.add(Fault.of("duplicate-delivery", operation="git/create-ref"))
    answer = bench.post(f"{R}/git/refs", {"ref": "refs/heads/x", "sha": bench.repository().tip()})
    assert (answer.status_code, answer.json()["message"]) == (422, "Reference already exists")
    assert [r.status for r in bench.sandbox.requests if r.fault == "duplicate_delivery"] == [201, 201, 201, 422]


def test_a_stale_read_shows_the_state_before_the_last_write(bench: Bench) -> None:
    before = bench.repository().tip("feature")
    bench.post(f"{R}/pulls", PULL)
    after = bench.repository().commit_files("feature", {"more": "x"})
    faults = bench.sandbox.faults
    with faults.during({"fault": "stale-read"}):
        assert bench.get(f"{R}/git/ref/heads/feature").json()["object"]["sha"] == before
    assert bench.get(f"{R}/git/ref/heads/feature").json()["object"]["sha"] == after
    bench.patch(f"{R}/pulls/1", {"title": "new", "state": "closed"})
    with faults.during({"fault": "stale-read", "times": 2}):
        assert [(p["title"], p["state"]) for p in bench.get(f"{R}/pulls").json()] == [("t", "open")]
        fields = '{ repository(owner: "acme", name: "api") { pullRequest(number: 1) { title state } } }'
        assert bench.graphql(fields)["data"]["repository"]["pullRequest"] == {"title": "t", "state": "OPEN"}
    assert bench.get(f"{R}/pulls").json() == []
    bench.post(f"{R}/issues/1/comments", {"body": "late"})
    with faults.during({"fault": "stale-read"}):
        assert bench.get(f"{R}/issues/1/comments").json() == []
    assert len(bench.get(f"{R}/issues/1/comments").json()) == 1


def test_graphql_trouble_looks_like_graphql(bench: Bench) -> None:
    faults = bench.sandbox.faults
    faults.add(Fault.of("partial-data", field="repository.pullRequests"))
    partial = bench.graphql(LOOK)
    assert partial["data"]["repository"] == {"pullRequests": None, "name": "api"}
    assert partial["errors"][0]["path"] == ["repository", "pullRequests"]
    faults.add(Fault.of("rate-limited"))
    limited = bench.ask(LOOK)
    assert (limited.status_code, limited.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
    faults.add(Fault.of("graphql-timeout"))
    late = bench.ask(LOOK)
    assert late.status_code == 502
    assert late.json()["data"] is None
    assert late.json()["errors"][0]["message"].startswith("Something went wrong while executing your query.")
    assert bench.graphql(LOOK)["data"]["repository"]["name"] == "api"


def test_other_processes_script_the_same_faults(bench: Bench) -> None:
    url = f"{bench.server.url}/_sandbox/faults"
    script = [{"fault": "bad-gateway", "operation": "repos/get", "nth": 2}, {"fault": "timeout", "path": "never"}]
    assert requests.post(url, json=script, timeout=5).json() == {"added": 2}
    assert statuses(bench, 3) == [200, 502, 200]
    shown = requests.get(url, timeout=5).json()
    assert [(f["name"], f["seen"], f["hits"]) for f in shown] == [("bad_gateway", 3, 1), ("timeout", 0, 0)]
    for wrong in ({"fault": "magic"}, {}, {"status": 500, "path": "("}, [{"fault": "timeout"}, {"nope": 1}]):
        assert requests.post(url, json=wrong, timeout=5).status_code == 422
    assert len(requests.get(url, timeout=5).json()) == 2
    assert requests.delete(url, timeout=5).status_code == 204
    assert requests.get(url, timeout=5).json() == []


def test_requests_are_counted_by_class() -> None:
    with served() as bench:
        bench.get(R)
        bench.post(f"{R}/pulls", PULL)
        bench.post(f"{R}/git/blobs", {"content": "x"})
        bench.get("/search/repositories?q=org:acme")
        bench.graphql(LOOK)
        assert bench.sandbox.requests.counters() == {
            "read": 3, "write": 2, "content-creating": 1, "search": 1, "graphql": 1,
        }  # fmt: skip
