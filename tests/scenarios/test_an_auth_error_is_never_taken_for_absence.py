"""401, 403, and the 404 GitHub gives for what a token may not see, say nothing about what is there."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError
from action_patterns.github_api.client import Client
from github_sandbox import Fault
from support.editions import WITH_GRAPHQL, WITH_LEASES, only_on
from support.people import settled
from support.stage import FULL, TARGET, DyingTransport, Stage, desired_state, stage

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


QUERY_REFUSALS = {
    "GraphQL FORBIDDEN": graphql_refusal("FORBIDDEN", "repository"),
    "GraphQL INSUFFICIENT_SCOPES": graphql_refusal("INSUFFICIENT_SCOPES", "repository"),
    "GraphQL NOT_FOUND": graphql_refusal("NOT_FOUND", "repository"),
}


@only_on("no-graphql", why="It goes from one of REST's reads to the next; a query is one read, below.")
@pytest.mark.parametrize("call", range(2, 12))
@pytest.mark.parametrize("name", REST_REFUSALS)
def test_what_rest_does_not_show_is_not_created(name: str, call: int) -> None:
    """From any of its reads on GitHub refuses to answer: a 404 for a branch is believed only while the rest is seen."""
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        before = scene.sandbox.snapshot()
        scene.forget()

        def refuse() -> None:
            scene.sandbox.faults.add(Fault(method="GET", times=1000, **REST_REFUSALS[name]))

        result = scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, **FULL), meanwhile={call: refuse})
        assert result.outcome == "failed"
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


DELETES = only_on(*WITH_LEASES, why="Without a lease nothing is deleted.")


def converged(scene: Stage) -> None:
    """A pull request whose content has come to the base: it is to be closed, and its branch deleted."""
    scene.upsert(desired_state(**FULL))
    scene.sandbox.repository(TARGET).commit_files(
        "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
    )


@pytest.mark.parametrize("name", REST_REFUSALS)
def test_what_cannot_be_read_is_not_created(name: str) -> None:
    # What is refused GraphQL alone is read over REST.
    is_not_created(REST_REFUSALS[name], f"/graphql$|^/repos/{TARGET}")


@only_on(*WITH_GRAPHQL, why="These are answers to a query.")
@pytest.mark.parametrize("name", QUERY_REFUSALS)
def test_nor_is_what_a_query_is_refused(name: str) -> None:
    is_not_created(QUERY_REFUSALS[name], "/graphql$")


def is_not_created(refusal: dict[str, Any], path: str) -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(Fault(path=path, times=1000, **refusal))
        scene.forget()
        result = scene.upsert(desired_state(**FULL))
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


@DELETES
@pytest.mark.parametrize("name", REST_REFUSALS)
def test_a_branch_that_cannot_be_looked_up_is_not_reported_as_deleted(name: str) -> None:
    with stage() as scene:
        converged(scene)
        scene.sandbox.faults.add(Fault(operation="UpdateRefs", **graphql_refusal("NOT_FOUND", "updateRefs")))
        scene.sandbox.faults.add(Fault(path=f"^/repos/{TARGET}", method="GET", times=1000, **REST_REFUSALS[name]))
        result = scene.upsert(desired_state(**FULL))
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        assert scene.sandbox.repository(TARGET).tip(desired_state().branch) is not None
        scene.sandbox.faults.clear()
        assert scene.upsert(desired_state(**FULL)).outcome == "closed"
        assert scene.sandbox.repository(TARGET).tip(desired_state().branch) is None


@pytest.mark.parametrize("name", REST_REFUSALS)
def test_nor_is_it_reported_as_moved(name: str) -> None:
    asked_for = desired_state({"ci.yml": "on: [push]\n"}, **FULL)
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        scene.sandbox.faults.add(Fault.of("bad_gateway", when="after", operation=scene.moves_branch))

        def refuse() -> None:
            scene.sandbox.faults.add(Fault(method="GET", times=1000, **REST_REFUSALS[name]))

        result = scene.upsert(asked_for, meanwhile={"after": refuse})
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        scene.sandbox.faults.clear()
        settled(scene, asked_for)


@DELETES
def test_a_branch_that_somebody_else_deleted_is_gone_all_the_same() -> None:
    with stage() as scene:
        converged(scene)
        repository = scene.sandbox.repository(TARGET)
        result = scene.upsert(
            desired_state(**FULL), meanwhile={3: lambda: repository.delete_branch(desired_state().branch)}
        )
        assert (result.outcome, result.error) == ("closed", None)


@pytest.mark.parametrize("operation", ["git/create-tree", "git/create-commit", "the branch"])
@pytest.mark.parametrize("name", REST_REFUSALS)
def test_a_right_that_goes_while_we_write_leaves_nothing_half_done(name: str, operation: str) -> None:
    with stage() as scene:
        before = scene.sandbox.snapshot()
        refused = scene.makes_branch if operation == "the branch" else operation
        scene.sandbox.faults.add(Fault(operation=refused, times=1000, **REST_REFUSALS[name]))
        result = scene.upsert(desired_state(**FULL))
        assert result.outcome == "failed"
        assert result.reason in {"authentication", "permission", "not-found"}
        assert scene.sandbox.snapshot() == before


def test_a_listing_that_is_refused_is_no_empty_list() -> None:
    with stage() as scene:
        gateway = Client(DyingTransport(scene.context))
        owner, refusal = "Owner", graphql_refusal("FORBIDDEN", "repositoryOwner")
        if not scene.has_graphql:
            owner, refusal = "repos/list-for-org", REST_REFUSALS["SAML"]
        scene.sandbox.faults.add(Fault(operation=owner, **refusal))
        with pytest.raises(ActionPatternsError, match="SAML"):
            gateway.repositories.list_owner("acme")
        with pytest.raises(NotFoundError):
            gateway.repositories.list_owner("nobody")


def test_a_named_repository_that_is_refused_is_not_reported_as_absent() -> None:
    with stage() as scene:
        gateway = Client(DyingTransport(scene.context))
        named, refusal = "Repositories", graphql_refusal("FORBIDDEN", "r0")
        if not scene.has_graphql:
            named, refusal = "repos/get", REST_REFUSALS["SAML"]
        scene.sandbox.faults.add(Fault(operation=named, **refusal))
        with pytest.raises(ActionPatternsError, match="SAML"):
            gateway.repositories.read([TARGET])
        assert gateway.repositories.read(["acme/nowhere"]) == {"acme/nowhere": None}
