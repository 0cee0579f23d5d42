"""Protected branches and rulesets: permission to move a ref over REST, GraphQL and git."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github_sandbox_bench import Bench, served

R = "/repos/acme/api"
UPDATE = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"
ZERO = "0" * 40


@pytest.fixture
def bench() -> Iterator[Bench]:
    with served() as made:
        yield made


def update(bench: Bench, name: str, after: str, **more: Any) -> Any:
    node = bench.get(R).json()["node_id"]
    move = {"name": f"refs/heads/{name}", "afterOid": after, "force": True} | more
    return bench.graphql(UPDATE, i={"repositoryId": node, "refUpdates": [move]})


def test_a_protected_branch_takes_changes_through_a_pull_request_only(bench: Bench) -> None:
    repository = bench.repository()
    repository.protect("main")
    tip, feature = repository.tip(), repository.tip("feature")
    answer = bench.patch(f"{R}/git/refs/heads/main", {"sha": feature})
    assert (answer.status_code, answer.json()["message"]) == (422, "Changes must be made through a pull request.")
    error = update(bench, "main", feature or "")["errors"][0]
    assert error["message"] == "protected branch 'main' check failed:\nChanges must be made through a pull request."
    content = {"message": "m", "content": base64.b64encode(b"x").decode()}
    answer = bench.send("PUT", f"{R}/contents/new.txt", json=content)
    assert (answer.status_code, answer.json()["message"]) == (
        409, "Could not create file: Changes must be made through a pull request.",
    )  # fmt: skip
    assert repository.tip() == tip
    assert bench.get(f"{R}/branches/main").json()["protected"] is True
    assert [b["protected"] for b in bench.get(f"{R}/branches").json()] == [False, False, True]
    number = bench.post(f"{R}/pulls", {"head": "feature", "base": "main", "title": "t"}).json()["number"]
    assert bench.send("PUT", f"{R}/pulls/{number}/merge", json={}).status_code == 200


def test_a_push_to_it_is_declined(bench: Bench, tmp_path: Path) -> None:
    bench.repository().protect("main")
    bench.repository().protect("bot/*", "update", classic=False)
    bench.repository().commit_files("bot/x", {"a": "b"})
    url = bench.server.url.replace("http://", "http://x:tok-bot@") + "/acme/api"
    subprocess.run(["git", "clone", "-q", url, tmp_path / "c"], check=True)

    def push(*refs: str) -> str:
        command = ["git", "push", "origin", *refs]
        return subprocess.run(command, cwd=tmp_path / "c", capture_output=True, text=True, check=False).stderr

    assert "(protected branch hook declined)" in push("origin/feature:main")
    assert "(push declined due to repository rule violations)" in push("+origin/feature:bot/x")
    assert "rejected" not in push("origin/feature:free")


def test_a_ruleset_refuses_by_pattern(bench: Bench) -> None:
    repository = bench.repository()
    repository.protect("bot/*", "creation", "deletion", classic=False)
    tip = repository.tip() or ""
    answer = bench.post(f"{R}/git/refs", {"ref": "refs/heads/bot/x", "sha": tip})
    assert (answer.status_code, answer.json()["message"]) == (422, "Reference update failed")
    assert "creations being restricted" in update(bench, "bot/x", tip, beforeOid=ZERO)["errors"][0]["message"]
    repository.set_branch("bot/x", tip)  # a person in the browser, whom no rule holds
    assert "errors" not in update(bench, "bot/x", repository.tip("feature") or "")
    answer = bench.send("DELETE", f"{R}/git/refs/heads/bot/x")
    assert (answer.status_code, answer.json()["message"]) == (
        422, "Repository rule violations found\n\nCannot delete this branch\n\n",
    )  # fmt: skip
    assert bench.post(f"{R}/git/refs", {"ref": "refs/heads/other", "sha": tip}).status_code == 201
    assert bench.get(f"{R}/branches/bot/x").json()["protected"] is False
    rules = bench.get(f"{R}/rules/branches/bot/x").json()
    assert [rule["type"] for rule in rules] == ["creation", "deletion"]
    assert bench.get(f"{R}/rules/branches/main").json() == []


def test_a_force_push_may_be_all_that_is_forbidden(bench: Bench) -> None:
    repository = bench.repository()
    repository.protect("feature", "non_fast_forward", classic=False)
    answer = bench.patch(f"{R}/git/refs/heads/feature", {"sha": repository.tip(), "force": True})
    assert answer.status_code == 422
    forward = repository.commit_files("feature", {"x": "y"})
    repository.set_branch("feature", repository.commit(forward).parents[0])
    assert bench.patch(f"{R}/git/refs/heads/feature", {"sha": forward}).status_code == 200


def test_all_updates_are_refused_for_one(bench: Bench) -> None:
    repository = bench.repository()
    repository.protect("bot", "creation", classic=False)
    tip, node = repository.tip(), bench.get(R).json()["node_id"]
    moves = [{"name": f"refs/heads/{name}", "beforeOid": ZERO, "afterOid": tip} for name in ("free", "bot")]
    assert "errors" in bench.graphql(UPDATE, i={"repositoryId": node, "refUpdates": moves})
    assert repository.tip("free") is None


def test_whoever_bypasses_a_rule_is_not_held() -> None:
    with served() as bench:
        bench.repository().protect("main", bypass=["Bot"])
        assert bench.patch(f"{R}/git/refs/heads/main", {"sha": bench.repository().tip("feature")}).status_code == 200


def test_rules_are_seeded() -> None:
    seed = {
        "users": ["mona"],
        "tokens": {"tok-bot": {"login": "mona"}},
        "repositories": [{
            "name": "mona/x", "files": {"a": "b"}, "branches": {"f": {"files": {"c": "d"}}},
            "protected": {"main": {"rules": ["update"]}},
            "rulesets": [{"name": "bots", "refs": ["~ALL"], "rules": ["creation"], "bypass": []}],
        }],
    }  # fmt: skip
    with served(seed) as bench:
        tip = bench.repository("mona/x").tip("f")
        assert bench.patch("/repos/mona/x/git/refs/heads/main", {"sha": tip}).status_code == 422
        assert bench.post("/repos/mona/x/git/refs", {"ref": "refs/heads/y", "sha": tip}).status_code == 422
