"""An answer is lost, or a request comes twice: what is not safe to repeat is looked up first, the rest is repeated."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from action_patterns.github_api.transport import exchange
from github_sandbox import Fault
from support.editions import first_on
from support.people import calls_of_a_look
from support.stage import FULL, TARGET, Stage, desired_state, stage

LOST: dict[str, dict[str, Any]] = {
    "bad_gateway": {},
    "server_error": {"status": 500},
    "connection_reset": {},
}


@cache
def clean_end(edition: str) -> dict[str, Any]:
    with stage(edition=edition) as clean:
        clean.upsert(desired_state(**FULL))
        return clean.sandbox.snapshot()


def as_one_clean_run(scene: Stage) -> bool:
    return scene.sandbox.snapshot() == clean_end(scene.edition)


@pytest.mark.parametrize("kind", [*LOST, "truncated_body"])
def test_a_pull_request_that_was_opened_is_found_and_not_asked_for_twice(kind: str) -> None:
    with stage(served=True) as scene:
        sent = scene.sandbox.faults.add(Fault.of(kind, when="after", operation="pulls/create", **LOST.get(kind, {})))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error, result.pull_request_number) == ("created", None, 1)
        assert (sent.seen, scene.sent(scene.look)) == (1, 2)
        assert as_one_clean_run(scene)


@pytest.mark.parametrize("kind", LOST)
def test_one_that_was_not_opened_is_sent_again_after_a_look(kind: str) -> None:
    with stage(served=True) as scene:
        sent = scene.sandbox.faults.add(Fault.of(kind, when="before", operation="pulls/create", **LOST[kind]))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error, result.pull_request_number) == ("created", None, 1)
        assert (sent.seen, scene.sent(scene.look)) == (2, 2)
        assert as_one_clean_run(scene)


def test_one_that_a_person_closed_in_between_is_not_opened_a_second_time() -> None:
    with stage(served=True) as scene:
        scene.sandbox.faults.add(Fault.bad_gateway(when="after", operation="pulls/create"))
        repository = scene.sandbox.repository(TARGET)
        # After a look, and a tree, a commit, the branch and the pull request: just before the next look.
        writes = 4
        call = calls_of_a_look(scene, desired_state()) + writes + 1
        scene.upsert(desired_state(), meanwhile={call: lambda: repository.close_pull(1)})
        assert scene.sent("pulls/create") == 1
        assert [pull.state for pull in repository.pulls()] == ["closed"]


def test_a_permanent_failure_ends_after_a_few_looks_and_the_next_run_finishes() -> None:
    with stage(served=True) as scene:
        with scene.sandbox.faults.during(Fault.bad_gateway(operation="pulls/create", times=100)):
            result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.reason) == ("failed", "unavailable")
        assert scene.sent("pulls/create") == scene.sent(scene.look) == 5
        assert scene.upsert(desired_state(**FULL)).outcome == "created"
        assert as_one_clean_run(scene)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("operation", ["git/create-tree", "git/create-commit", "issues/update"])
def test_what_is_the_same_when_sent_twice_is_sent_twice(operation: str, kind: str, moment: str) -> None:
    with stage() as scene:
        scene.sandbox.faults.add(Fault.of(kind, when=moment, operation=operation, **LOST[kind]))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert scene.sent(operation) == 2
        assert scene.sent(scene.look) == 1
        assert as_one_clean_run(scene)


@pytest.mark.parametrize("kind", LOST)
def test_a_branch_that_was_written_is_known_by_its_tip(kind: str) -> None:
    with stage(served=True) as scene:
        sent = scene.sandbox.faults.add(Fault.of(kind, when="after", operation=scene.makes_branch, **LOST[kind]))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert (sent.seen, scene.sent("git/get-ref"), scene.sent(scene.look)) == (1, 1, 1)
        assert as_one_clean_run(scene)


@pytest.mark.parametrize("operation", ["the branch", "git/create-tree", "pulls/create", "issues/update"])
def test_a_request_that_a_proxy_delivers_twice_does_no_harm(operation: str) -> None:
    with stage() as scene:
        sent_twice = scene.makes_branch if operation == "the branch" else operation
        scene.sandbox.faults.add(Fault.of("duplicate_delivery", operation=sent_twice))
        result = scene.upsert(desired_state(**FULL))
        # "Already exists" is all the answer says: for all we know another run opened it.
        assert result.outcome == ("updated" if operation == "pulls/create" else "created")
        assert (result.error, result.pull_request_number) == (None, 1)
        assert as_one_clean_run(scene)


@first_on("full", why="It waits for two seconds, and what it waits for is the same everywhere.")
def test_an_answer_that_never_comes_is_given_up_and_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exchange.TIMEOUT_SECONDS == 30
    monkeypatch.setattr(exchange, "TIMEOUT_SECONDS", 2)
    with stage(served=True) as scene:
        sent = scene.sandbox.faults.add(Fault.of("timeout", when="after", operation="pulls/create"))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error, result.pull_request_number) == ("created", None, 1)
        assert sent.seen == 1
        assert as_one_clean_run(scene)
