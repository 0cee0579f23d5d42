"""What is missing from a partial, timed-out, cut off or empty answer is unknown. It is never taken for absent."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, UnavailableError
from action_patterns.github_api.gateway import Gateway
from github_sandbox import Fault
from support.stage import FULL, TARGET, DyingTransport, stage, wish

CHANGED = {"ci.yml": "on: [push]\n"}
HOLES: dict[str, dict[str, Any]] = {
    "no repository": {"kind": "partial_data", "field": "repository"},
    "no base": {"kind": "partial_data", "field": "repository.base"},
    "no base tip": {"kind": "partial_data", "field": "repository.base.target"},
    "no file": {"kind": "partial_data", "field": "repository.base.target.f0"},
    "no bot branch": {"kind": "partial_data", "field": "repository.bot"},
    "no bot tip": {"kind": "partial_data", "field": "repository.bot.target"},
    "no open pull requests": {"kind": "partial_data", "field": "repository.bot.open"},
    "no ended pull requests": {"kind": "partial_data", "field": "repository.ended"},
    "an error of another type": {"kind": "partial_data", "field": "repository.bot", "error_type": "INTERNAL"},
    "an error without a type": {"kind": "partial_data", "field": "repository.bot", "error_type": ""},
    "an error in words of its own": {
        "kind": "server_error",
        "status": 200,
        "body": {"data": {"repository": None}, "errors": [{"path": ["repository"], "message": "Try later."}]},
    },
    "timed out, 502": {"kind": "graphql_timeout"},
    "timed out, 200": {"kind": "graphql_timeout", "status": 200},
    "cut off": {"kind": "truncated_body", "share": 0.5},
    "cut off at once": {"kind": "truncated_body", "share": 0.01},
    "a proxy's page": {"kind": "server_error", "status": 200},
    "neither data nor errors": {"kind": "server_error", "status": 200, "body": "{}"},
    "nothing": {"kind": "server_error", "status": 200, "body": ""},
}


def fault(name: str, times: int) -> Fault:
    arguments = {"operation": "Observe", "times": times, **HOLES[name]}
    kind = arguments.pop("kind")
    if "body" in arguments:
        return Fault(**arguments)
    return Fault.of(kind, **arguments)


@pytest.mark.parametrize("name", [name for name in HOLES if name != "neither data nor errors"])
def test_it_is_asked_for_again(name: str) -> None:
    with stage(served=True) as scene:
        scene.upsert(wish(**FULL))
        scene.sandbox.faults.add(fault(name, 1))
        scene.forget()
        assert scene.upsert(wish(**FULL)).outcome == "unchanged"
        assert scene.writes() == 0
        assert len(scene.sandbox.requests) == 2


@pytest.mark.parametrize("name", HOLES)
def test_if_it_stays_so_nothing_is_written(name: str) -> None:
    with stage(served=True) as scene:
        scene.upsert(wish(**FULL))
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(fault(name, 1000))
        scene.forget()
        result = scene.upsert(wish(CHANGED, **FULL))
        assert result.outcome == "failed"
        assert result.error is not None
        assert result.error.remediation
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


@pytest.mark.parametrize("operation", ["git/create-tree", "git/create-commit", "UpdateRefs", "pulls/create"])
def test_a_write_whose_answer_is_cut_off_is_finished(operation: str) -> None:
    with stage(served=True) as clean:
        clean.upsert(wish(**FULL))
        expected = clean.sandbox.snapshot()
    with stage(served=True) as scene:
        scene.sandbox.faults.add(Fault.of("truncated_body", operation=operation))
        result = scene.upsert(wish(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert scene.sandbox.snapshot() == expected


def test_a_body_that_comes_slowly_is_read_to_its_end() -> None:
    with stage(served=True) as scene:
        scene.sandbox.faults.add(Fault.of("slow_body", operation="Observe", seconds=0.2))
        assert scene.upsert(wish()).outcome == "created"


@pytest.mark.parametrize(
    "field",
    ["repositoryOwner", "repositoryOwner.repositories", "repositoryOwner.repositories.nodes"],
)
def test_a_listing_with_a_hole_is_no_shorter_list(field: str) -> None:
    with stage(served=True) as scene:
        gateway = Gateway(DyingTransport(scene.context))
        scene.sandbox.faults.add(Fault.of("partial_data", operation="Owner", field=field))
        assert [target.repository for target in gateway.list_owner("acme").targets] == [TARGET]
        scene.sandbox.faults.clear()
        scene.sandbox.faults.add(Fault.of("partial_data", operation="Owner", field=field, times=1000))
        with pytest.raises(UnavailableError):
            gateway.list_owner("acme")


def test_a_repository_that_could_not_be_read_is_not_one_that_is_absent() -> None:
    with stage(served=True) as scene:
        gateway = Gateway(DyingTransport(scene.context))
        scene.sandbox.faults.add(Fault.of("partial_data", operation="Repositories", field="r0", times=1000))
        with pytest.raises(ActionPatternsError):
            gateway.read_repositories([TARGET])
