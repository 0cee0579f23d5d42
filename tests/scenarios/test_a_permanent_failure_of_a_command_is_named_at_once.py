"""A failure that stays as it is ends the step after one attempt, with its class and what to do."""

from __future__ import annotations

import pytest

from action_patterns.ports.processes import Ended
from support.editions import without_github
from support.retrying import FETCH_FIRST, ended, http, retried

pytestmark = without_github(why="The command is the caller's own.")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http(404), "The requested URL returned error: 404"),
        (http(401), "The requested URL returned error: 401"),
        (http(403), "The requested URL returned error: 403"),
        (
            ended(127, "script.sh: line 1: nope: command not found\n"),
            "permanent: line 1: nope: command not found",
        ),
        (ended(128, "remote: Repository not found.\n"), "remote: Repository not found"),
    ],
)
def test_one_attempt_is_made_and_its_cause_is_named(answer: Ended, cause: str) -> None:
    run = retried(answer)
    assert run.ended == (answer.exit_code, 1, "permanent", "permanent")
    assert run.waits == []
    (error,) = run.finish.annotations
    assert (error.level, error.title) == ("error", "permanent: ./deploy")
    assert cause in error.message
    assert "name it in `retry-on`" in error.message


def test_a_conflict_says_how_to_write_the_command() -> None:
    run = retried(ended(1, FETCH_FIRST))
    assert run.ended == (1, 1, "conflict", "conflict")
    assert "git pull --rebase && git push" in run.said
    assert "Do not force the push." in run.said


def test_a_command_that_reads_the_new_state_may_be_retried_after_a_conflict() -> None:
    run = retried(ended(1, FETCH_FIRST), ended(), run="git pull --rebase && git push", retry_on="class: conflict")
    assert run.ended == (0, 2, "conflict", "succeeded-after-retry")


def test_a_condition_of_the_caller_ends_the_step_and_is_named() -> None:
    run = retried(http(503), http(501), retry_on="http: 5xx", stop_on="http: 501", attempts=9)
    assert run.ended == (22, 2, "permanent", "stop-on")
    assert "The condition is `http: 501`." in run.said


def test_retry_on_without_an_effect_is_said() -> None:
    run = retried(http(503), retry_on="http: 5xx", attempts=1)
    assert run.ended == (22, 1, "transient", "attempts-exhausted")
    assert "`retry-on` has no effect with `attempts: 1`" in run.said


def test_nothing_else_than_retry_on_is_retried() -> None:
    run = retried(http(503), ended(3, "no such ticket\n"), retry_on="http: 5xx", attempts=9)
    assert run.ended == (3, 2, "unknown", "not-in-retry-on")
