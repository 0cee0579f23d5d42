"""What is missing from a partial, timed-out, cut off or empty answer is unknown. It is never taken for absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, UnavailableError, UnexpectedAnswerError
from action_patterns.github_api.client import Client
from github_sandbox import Fault
from support.editions import WITH_GRAPHQL, only_on
from support.stage import FULL, TARGET, DyingTransport, Stage, desired_state, stage

CHANGED = {"ci.yml": "on: [push]\n"}
Hole = dict[str, Any]
OF_A_QUERY: dict[str, Hole] = {
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
}
OF_ANY_ANSWER: dict[str, Hole] = {
    "cut off": {"kind": "truncated_body", "share": 0.5},
    "cut off at once": {"kind": "truncated_body", "share": 0.01},
    "a proxy's page": {"kind": "server_error", "status": 200},
    "a gateway's trouble": {"kind": "bad_gateway"},
    "nothing": {"kind": "server_error", "status": 200, "body": ""},
}
NO_LIST: Hole = {"kind": "server_error", "status": 200, "body": "{}"}
"""For a query it has neither data nor errors."""
QUERIES = pytest.mark.parametrize("name", OF_A_QUERY)
ANY = pytest.mark.parametrize("name", OF_ANY_ANSWER)
ONLY_QUERIES = only_on(*WITH_GRAPHQL, why="Nothing else answers with some fields and errors for the others.")


def fault(hole: Hole, operation: str, times: int) -> Fault:
    arguments = {"operation": operation, "times": times, **hole}
    kind = arguments.pop("kind")
    if "body" in arguments:
        return Fault(**arguments)
    return Fault.of(kind, **arguments)


def reads(scene: Stage) -> list[str]:
    """The operations of a look at a target with a pull request: one, or those over REST, each of which may be holed."""
    scene.forget()
    scene.upsert(desired_state(**FULL))
    asked = [record.operation or scene.look for record in scene.sandbox.requests if record.status == 200]
    return list(dict.fromkeys(asked))


def asked_for_again(hole: Hole, operations: Callable[[Stage], list[str]]) -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        for operation in operations(scene):
            scene.forget()
            with scene.sandbox.faults.during(fault(hole, operation, 1)) as (met,):
                result = scene.upsert(desired_state(**FULL))
            assert (result.outcome, scene.writes(), met.hits) == ("unchanged", 0, 1), operation
            assert scene.sent(operation) == (3 if operation == "repos/get-branch" else 2), operation


def nothing_is_written(hole: Hole, operations: Callable[[Stage], list[str]]) -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        before = scene.sandbox.snapshot()
        for operation in operations(scene):
            scene.forget()
            with scene.sandbox.faults.during(fault(hole, operation, 1000)):
                result = scene.upsert(desired_state(CHANGED, **FULL))
            assert result.outcome == "failed", operation
            assert result.error is not None
            assert result.error.remediation
            assert scene.writes() == 0
            assert scene.sandbox.snapshot() == before


@ANY
def test_it_is_asked_for_again(name: str) -> None:
    asked_for_again(OF_ANY_ANSWER[name], reads)


@ONLY_QUERIES
@QUERIES
def test_and_so_is_a_query_with_holes(name: str) -> None:
    asked_for_again(OF_A_QUERY[name], lambda _: ["Observe"])


@ANY
def test_if_it_stays_so_nothing_is_written(name: str) -> None:
    nothing_is_written(OF_ANY_ANSWER[name], reads)


@ONLY_QUERIES
@QUERIES
def test_and_if_a_query_stays_so_neither(name: str) -> None:
    nothing_is_written(OF_A_QUERY[name], lambda _: ["Observe"])


LISTS = ("pulls/list", "pulls/list-reviews", "issues/list-comments")


def test_what_is_no_list_is_not_a_list_with_nothing_in_it() -> None:
    nothing_is_written(NO_LIST, lambda scene: ["Observe"] if scene.has_graphql else list(LISTS))


@only_on("full", why="The connection is HTTP's, whatever goes over it.")
@ANY
def test_a_cut_connection_is_no_answer_either(name: str) -> None:
    with stage(served=True) as scene:
        scene.upsert(desired_state(**FULL))
        scene.sandbox.faults.add(fault(OF_ANY_ANSWER[name], "Observe", 1))
        scene.forget()
        assert scene.upsert(desired_state(**FULL)).outcome == "unchanged"
        assert (len(scene.sandbox.requests), scene.writes()) == (2, 0)


@pytest.mark.parametrize("operation", ["git/create-tree", "git/create-commit", "the branch", "pulls/create"])
def test_a_write_whose_answer_is_cut_off_is_finished(operation: str) -> None:
    with stage() as clean:
        clean.upsert(desired_state(**FULL))
        expected = clean.sandbox.snapshot()
    with stage(served=True) as scene:
        cut = scene.makes_branch if operation == "the branch" else operation
        scene.sandbox.faults.add(Fault.of("truncated_body", operation=cut))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert scene.sandbox.snapshot() == expected


def test_a_body_that_comes_slowly_is_read_to_its_end() -> None:
    with stage(served=True) as scene:
        scene.sandbox.faults.add(Fault.of("slow_body", operation=scene.look, seconds=0.2))
        assert scene.upsert(desired_state()).outcome == "created"


@ONLY_QUERIES
@pytest.mark.parametrize(
    "field",
    ["repositoryOwner", "repositoryOwner.repositories", "repositoryOwner.repositories.nodes"],
)
def test_a_listing_with_a_hole_is_no_shorter_list(field: str) -> None:
    is_no_shorter_list({"kind": "partial_data", "field": field}, UnavailableError)


@ANY
def test_nor_is_one_that_is_no_answer(name: str) -> None:
    is_no_shorter_list(OF_ANY_ANSWER[name], UnavailableError)


def test_nor_is_one_that_is_no_list() -> None:
    is_no_shorter_list(NO_LIST, UnexpectedAnswerError)


def is_no_shorter_list(hole: Hole, stays: type[ActionPatternsError]) -> None:
    with stage() as scene:
        gateway = Client(DyingTransport(scene.context))
        page = "Owner" if scene.has_graphql else "repos/list-for-org"
        if stays is UnavailableError:
            with scene.sandbox.faults.during(fault(hole, page, 1)) as (met,):
                assert [target.repository for target in gateway.repositories.list_owner("acme").targets] == [TARGET]
            assert met.hits == 1
        with scene.sandbox.faults.during(fault(hole, page, 1000)), pytest.raises(stays):
            gateway.repositories.list_owner("acme")


def test_a_repository_that_could_not_be_read_is_not_one_that_is_absent() -> None:
    hole = OF_ANY_ANSWER["cut off"]
    with stage() as scene:
        gateway = Client(DyingTransport(scene.context))
        read, holes = "repos/get", [hole]
        if scene.has_graphql:
            read, holes = "Repositories", [hole, {"kind": "partial_data", "field": "r0"}]
        for each in holes:
            with scene.sandbox.faults.during(fault(each, read, 1000)), pytest.raises(ActionPatternsError):
                gateway.repositories.read([TARGET])
