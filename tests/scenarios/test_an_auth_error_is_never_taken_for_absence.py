"""401, 403, and the 404 GitHub gives for what a token may not see, say nothing about what is there."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError
from action_patterns.github_api.gateway import Gateway
from github_sandbox import Fault
from support.stage import FULL, TARGET, DyingTransport, Stage, stage, wish

REST_REFUSALS: dict[str, dict[str, Any]] = {
    "bad credentials": {"status": 401, "body": {"message": "Bad credentials"}},
    "SAML": {"status": 403, "body": {"message": "Resource protected by organization SAML enforcement."}},
    "no right": {"status": 403, "body": {"message": "Resource not accessible by integration"}},
    "IP allow list": {"status": 403, "body": {"message": "Although you appear to have the correct authorization..."}},
    "hidden": {"status": 404, "body": {"message": "Not Found"}},
}


def graphql_refusal(kind: str, *path: str) -> dict[str, Any]:
    error = {"type": kind, "path": list(path), "message": "Resource protected by organization SAML enforcement."}
    return {"status": 200, "body": {"data": {path[0]: None}, "errors": [error]}}


OBSERVE_REFUSALS = {
    **REST_REFUSALS,
    "GraphQL FORBIDDEN": graphql_refusal("FORBIDDEN", "repository"),
    "GraphQL INSUFFICIENT_SCOPES": graphql_refusal("INSUFFICIENT_SCOPES", "repository"),
    "GraphQL NOT_FOUND": graphql_refusal("NOT_FOUND", "repository"),
}


@pytest.mark.parametrize("call", range(2, 12))
@pytest.mark.parametrize("name", REST_REFUSALS)
def test_what_rest_does_not_show_is_not_created(name: str, call: int) -> None:
    """From any of its reads on GitHub refuses to answer: a 404 for a branch is believed only while the rest is seen."""
    with stage(edition="no-graphql") as scene:
        scene.upsert(wish(**FULL))
        before = scene.sandbox.snapshot()
        scene.forget()

        def refuse() -> None:
            scene.sandbox.faults.add(Fault(method="GET", times=1000, **REST_REFUSALS[name]))

        result = scene.upsert(wish({"ci.yml": "on: [push]\n"}, **FULL), meanwhile={call: refuse})
        assert result.outcome == "failed"
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


def converged(scene: Stage) -> None:
    """A pull request whose content has come to the base: it is to be closed, and its branch deleted."""
    scene.upsert(wish(**FULL))
    scene.sandbox.repository(TARGET).commit_files(
        "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
    )


@pytest.mark.parametrize("name", OBSERVE_REFUSALS)
def test_what_cannot_be_read_is_not_created(name: str) -> None:
    with stage() as scene:
        scene.upsert(wish(**FULL))
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(Fault(operation="Observe", times=1000, **OBSERVE_REFUSALS[name]))
        if name in REST_REFUSALS:  # What is refused GraphQL alone is read over REST.
            scene.sandbox.faults.add(Fault(path=f"^/repos/{TARGET}", times=1000, **REST_REFUSALS[name]))
        scene.forget()
        result = scene.upsert(wish(**FULL))
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


@pytest.mark.parametrize("name", REST_REFUSALS)
def test_a_branch_that_cannot_be_looked_up_is_not_reported_as_deleted(name: str) -> None:
    with stage() as scene:
        converged(scene)
        scene.sandbox.faults.add(Fault(operation="UpdateRefs", **graphql_refusal("NOT_FOUND", "updateRefs")))
        scene.sandbox.faults.add(Fault(path=f"^/repos/{TARGET}", method="GET", times=1000, **REST_REFUSALS[name]))
        result = scene.upsert(wish(**FULL))
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        assert scene.sandbox.repository(TARGET).tip(wish().branch) is not None
        scene.sandbox.faults.clear()
        assert scene.upsert(wish(**FULL)).outcome == "closed"
        assert scene.sandbox.repository(TARGET).tip(wish().branch) is None


def test_a_branch_that_somebody_else_deleted_is_gone_all_the_same() -> None:
    with stage() as scene:
        converged(scene)
        repository = scene.sandbox.repository(TARGET)
        result = scene.upsert(wish(**FULL), meanwhile={3: lambda: repository.delete_branch(wish().branch)})
        assert (result.outcome, result.error) == ("closed", None)


@pytest.mark.parametrize("operation", ["git/create-tree", "git/create-commit", "UpdateRefs"])
@pytest.mark.parametrize("name", REST_REFUSALS)
def test_a_right_that_goes_while_we_write_leaves_nothing_half_done(name: str, operation: str) -> None:
    with stage() as scene:
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(Fault(operation=operation, times=1000, **REST_REFUSALS[name]))
        result = scene.upsert(wish(**FULL))
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        assert scene.sandbox.snapshot() == before


def test_a_listing_that_is_refused_is_no_empty_list() -> None:
    with stage() as scene:
        gateway = Gateway(DyingTransport(scene.context))
        scene.sandbox.faults.add(Fault(operation="Owner", **graphql_refusal("FORBIDDEN", "repositoryOwner")))
        with pytest.raises(ActionPatternsError, match="SAML"):
            gateway.list_owner("acme")
        with pytest.raises(NotFoundError):
            gateway.list_owner("nobody")


def test_a_named_repository_that_is_refused_is_not_reported_as_absent() -> None:
    with stage() as scene:
        gateway = Gateway(DyingTransport(scene.context))
        scene.sandbox.faults.add(Fault(operation="Repositories", **graphql_refusal("FORBIDDEN", "r0")))
        with pytest.raises(ActionPatternsError, match="SAML"):
            gateway.read_repositories([TARGET])
        assert gateway.read_repositories(["acme/nowhere"]) == {"acme/nowhere": None}
