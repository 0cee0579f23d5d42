"""The sandbox as a tool: seed problems, request log, faults, snapshot, contract, speed of starting and stopping."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from github_sandbox_bench import SEED, Bench

from github_sandbox import Fault, Sandbox, SeedError

R = "/repos/acme/api"


def test_a_seeded_branch_changes_and_deletes_files() -> None:
    sandbox = Sandbox.from_seed({
        "users": ["a"],
        "repositories": [{"name": "a/x", "files": {"keep": "1", "gone": "2"},
                          "branches": {"f": {"files": {"gone": None, "new": "3"}}, "g": {"from": "f"}}}],
    })  # fmt: skip
    repository = sandbox.repository("a/x")
    assert list(repository.files("f")) == list(repository.files("g")) == ["keep", "new"]
    assert list(repository.files()) == ["gone", "keep"]
    repository.commit_files("main", {"gone": None, "run": ("100755", b"x")})
    assert repository.files() == {"keep": ("100644", b"1"), "run": ("100755", b"x")}


def test_every_problem_of_a_seed_is_reported_at_once() -> None:
    with pytest.raises(SeedError) as caught:
        Sandbox.from_seed({
            "organisations": {},
            "users": ["a"],
            "tokens": {"t": {"kind": "magic", "repositories": ["a/none"]}, "u": {"login": "x", "kind": "actions"}},
            "repositories": [
                {"name": "nobody/x", "archived": "yes", "files": {"/abs": "x", "b": {"base64": "***"}}},
                {"name": "a/x", "branches": {"f": {"from": "nope"}}, "pulls": [{"head": "gone", "state": "odd"}]},
                {"name": "a/x"},
                {"name": "a/z", "files": {"f": ""}, "branches": {"x/y": None, "x": None}},
            ],
        })  # fmt: skip
    paths = {line.partition(":")[0] for line in caught.value.problems}
    assert paths == {
        "organisations", "tokens.t.login", "tokens.t.kind", "tokens.t.repositories", "tokens.u.repositories",
        "repositories.0.name", "repositories.0.archived", "repositories.0.files./abs", "repositories.0.files.b.base64",
        "repositories.1.branches.f.from", "repositories.1.pulls.0.head", "repositories.1.pulls.0.base",
        "repositories.1.pulls.0.state", "repositories.2.name", "repositories.3.branches.x",
    }  # fmt: skip


def test_the_log_tells_reads_from_writes(bench: Bench) -> None:
    bench.get(R)
    bench.post(f"{R}/git/blobs", {"content": "x"})
    bench.graphql("query Look { viewer { login } }")
    bench.graphql(
        "mutation Push($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }",
        i={"repositoryId": "x", "refUpdates": []},
    )
    log = bench.sandbox.requests
    assert [(r.kind, r.operation or r.graphql_operation, r.status, r.token_login) for r in log] == [
        ("read", "repos/get", 200, "bot"), ("write", "git/create-blob", 201, "bot"),
        ("read", "Look", 200, "bot"), ("write", "Push", 200, "bot"),
    ]  # fmt: skip
    inside = requests.get(f"{bench.server.url}/_sandbox/requests", timeout=5).json()
    assert (inside["read"], inside["write"]) == (2, 2)
    requests.delete(f"{bench.server.url}/_sandbox/requests", timeout=5)
    assert len(log) == 0


def test_a_fault_before_has_no_effect_and_one_after_has(bench: Bench) -> None:
    body, path = ({"ref": "refs/heads/x", "sha": bench.repository().tip()}, f"{R}/git/refs")
    bench.sandbox.faults.add(Fault.bad_gateway(method="POST", path="/git/refs$"))
    assert bench.post(path, body).status_code == 502
    assert bench.repository().tip("x") is None
    bench.sandbox.faults.add(Fault.bad_gateway(method="POST", path="/git/refs$", when="after"))
    assert bench.post(path, body).status_code == 502
    assert bench.repository().tip("x")
    assert bench.post(path, body).status_code == 422  # both are used up


def test_a_reset_loses_the_answer_not_the_effect(bench: Bench) -> None:
    bench.sandbox.faults.add(Fault.connection_reset(method="POST", when="after"))
    with pytest.raises(requests.ConnectionError):
        bench.post(f"{R}/git/refs", {"ref": "refs/heads/x", "sha": bench.repository().tip()})
    assert bench.repository().tip("x") == bench.repository().tip()
    assert bench.sandbox.requests[-1].status == 0


def test_a_fault_hits_the_nth_call_of_its_kind(bench: Bench) -> None:
    requests.post(
        f"{bench.server.url}/_sandbox/faults",
        timeout=5,
        json={"graphql_operation": "Look", "token_login": "bot", "nth": 2, "times": 2, "status": 403},
    )

    def look(name: str) -> requests.Response:
        headers = {"Authorization": "token tok-bot"}
        return requests.post(
            bench.server.graphql_url,
            json={"query": f"query {name} {{ viewer {{ login }} }}"},
            headers=headers,
            timeout=5,
        )

    assert [look(name).status_code for name in ("Look", "Other", "Look", "Look", "Look")] == [200, 200, 403, 403, 200]
    bench.sandbox.faults.add(Fault.secondary_limit(9))
    answer = bench.get(R)
    assert (answer.status_code, answer.headers["Retry-After"]) == (403, "9")
    assert "secondary" in answer.json()["message"]
    bench.sandbox.faults.add(Fault(delay=0.2))
    start = time.monotonic()
    assert bench.get(R).status_code == 200
    assert time.monotonic() - start >= 0.2


def test_snapshots_compare_what_matters() -> None:
    def run(*, extra: bool, seconds: float) -> object:
        sandbox = Sandbox.from_seed(SEED, clock=lambda: seconds)
        repository = sandbox.repository("acme/api")
        repository.commit_files("bot", {"f": b"x"}, message="m\n\nPattern-Key: k")
        repository.open_pull("bot")
        if extra:
            repository.edit_pull(1, labels=["x"])
        return sandbox.snapshot()

    assert run(extra=False, seconds=1e9) == run(extra=False, seconds=2e9)
    assert run(extra=False, seconds=1e9) != run(extra=True, seconds=1e9)
    shown = run(extra=False, seconds=1e9)
    assert shown["acme/api"]["refs"]["refs/heads/bot"]["trailers"] == ["Pattern-Key: k"]  # type: ignore[index]


def test_a_snapshot_shows_what_people_did_to_a_pull_request() -> None:
    sandbox = Sandbox.from_seed(SEED)
    repository = sandbox.repository("acme/api")
    number = repository.open_pull("feature", draft=True).number
    repository.protect("main")
    repository.allow_auto_merge()

    def shown() -> dict[str, Any]:
        return dict(sandbox.snapshot()["acme/api"]["pulls"][0])

    before = shown()
    kept = {key: before[key] for key in ("draft", "milestone", "auto_merge", "comments", "reviewers")}
    assert kept == {"draft": True, "milestone": None, "auto_merge": None, "comments": [], "reviewers": []}
    repository.edit_pull(number, milestone=repository.add_milestone("v1"), draft=False)
    repository.enable_auto_merge(number, "squash")
    repository.comment(number, "no", author="alice")
    repository.request_review(number, "alice", teams=["core"])
    changed = {key: value for key, value in shown().items() if value != before[key]}
    assert changed == {
        "draft": False, "milestone": "v1", "auto_merge": "SQUASH", "comments": [{"author": "alice", "body": "no"}],
        "reviewers": ["alice", "core"],
    }  # fmt: skip
    repository.edit_pull(number, milestone=0)
    assert (shown()["milestone"], repository.pull(number).auto_merge) == (None, "SQUASH")
    assert repository.pull(number).comment_authors == ["alice"]


def test_the_contract_notices_a_wrong_request_and_a_wrong_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    from github_sandbox.rest import shapes

    original = shapes.full_repository
    monkeypatch.setattr(shapes, "full_repository", lambda *a: {k: v for k, v in original(*a).items() if k != "node_id"})
    sandbox = Sandbox.from_seed(SEED)
    sandbox.contract = True
    with sandbox.serve() as server:
        headers = {"Authorization": "token tok-bot"}
        requests.get(f"{server.api_url}{R}", headers=headers, timeout=10)
        assert len(sandbox.violations) == 1
        assert "node_id" in sandbox.violations[0]
        requests.get(f"{server.api_url}{R}/pulls?state=odd", headers=headers, timeout=10)
    assert len(sandbox.violations) == 2
    assert "'odd' is not one of" in sandbox.violations[1]
    sandbox.violations.clear()  # the violations above are intended


def test_the_contract_looks_once_at_what_fits_and_again_at_whatever_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    from github_sandbox.contract import Contract, contract

    looked: list[str] = []
    problems = Contract._problems

    def look(check: Contract, method: str, path: str, *exchange: Any) -> list[str]:
        looked.append(path)
        return problems(check, method, path, *exchange)

    monkeypatch.setattr(Contract, "_problems", look)

    def ref(oid: str, kind: str = "commit", host: str = "127.0.0.1:1") -> bytes:
        url = f"http://{host}{R}/git/refs/heads/once"
        target = {"type": kind, "sha": oid, "url": url}
        return json.dumps({"ref": "refs/heads/once", "node_id": "R_1", "url": url, "object": target}).encode()

    def check(reply: bytes) -> list[str]:
        return contract().check("GET", f"{R}/git/ref/heads/once", "", b"", 200, reply)

    assert [check(ref("a" * 40)), check(ref("b" * 40, host="127.0.0.1:2"))] == [[], []]
    assert len(looked) == 1
    assert len(check(ref("a" * 39))) == len(check(ref("a" * 39))) == 1  # an id is 40 digits long
    assert len(check(ref("a" * 40).replace(b'"R_1"', b"1"))) == 1
    assert len(looked) == 4


@pytest.mark.slow
def test_ten_thousand_repositories_cost_what_is_touched() -> None:
    start = time.process_time()
    repositories = [{"name": f"acme/r{n}", "files": {"README.md": "x"}} for n in range(10_000)]
    sandbox = Sandbox.from_seed({"organizations": {"acme": {}}, "repositories": repositories})
    assert sandbox.repository("acme/r9999").files() == {"README.md": ("100644", b"x")}
    assert time.process_time() - start < 10


@pytest.mark.slow
def test_the_command_serves_and_stops_at_once(tmp_path: Path) -> None:
    seed = tmp_path / "fleet.yml"
    seed.write_text("organizations: {acme: {}}\nrepositories: [{name: acme/api, files: {a: b}}]\n")
    command = [sys.executable, "-m", "github_sandbox", "--seed", str(seed), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(5)]
        variables = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        kept = requests.Session()
        assert kept.get(f"{variables['GITHUB_API_URL']}/repos/acme/api", timeout=5).status_code == 200
        process.terminate()
        assert process.wait(60) == 0, "the connection that is kept does not hold it up"
    seed.write_text("repositories: [{name: 7}]\n")
    refused = subprocess.run(command, capture_output=True, check=False, text=True, timeout=10)
    assert refused.returncode == 2
    assert "repositories.0.name" in refused.stderr


def test_nothing_of_the_product_is_imported() -> None:
    source = Path(__file__).parents[3] / "src/github_sandbox"
    imports = re.compile(r"^\s*(from|import) action_patterns", re.MULTILINE)
    guilty = [p.name for p in source.rglob("*.py") if imports.search(p.read_text("utf-8"))]
    assert guilty == []
    assert len(list(source.rglob("*.py"))) > 20
