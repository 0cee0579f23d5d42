from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.actions.retry.conditions import parse
from action_patterns.actions.retry.decide import LEAST_SECONDS, Decision, Facts, decide, limits
from action_patterns.actions.retry.interface import REASONS
from action_patterns.actions.retry.validate import Conditions
from action_patterns.resilience.failed_command import Failure
from support.retrying import ended

FAILED = ended(1, "it broke\n")
FACTS = Facts(
    ended=FAILED,
    failure=Failure("unknown"),
    attempt=1,
    attempts=3,
    conditions=Conditions(),
    delay_seconds=2.0,
    max_delay_seconds=60.0,
    seconds_left=inf,
    now=1_000.0,
    random=0.5,
)
WAIT = Decision(step="wait", wait_seconds=1.0)


def conditions(retry_on: str = "", stop_on: str = "") -> Conditions:
    given_to_retry, given_to_stop = parse(retry_on.splitlines(), "retry-on"), parse(stop_on.splitlines(), "stop-on")
    assert not given_to_retry[1] + given_to_stop[1]
    return Conditions(given_to_retry[0], given_to_stop[0])


def stopped(reason: str) -> Decision:
    return Decision(step="stop", reason=reason)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({}, WAIT),
        ({"failure": None}, Decision(step="done", reason="succeeded")),
        ({"failure": None, "attempt": 2}, Decision(step="done", reason="succeeded-after-retry")),
        ({"failure": None, "refused": ("GITHUB_OUTPUT, line 1: …",)}, stopped("files-refused")),
        ({"refused": ("GITHUB_OUTPUT, line 1: …",)}, WAIT),
        ({"ended": ended(0, survivors=("sudo (pid 7)",)), "failure": None}, stopped("survivors")),
        ({"ended": ended(1, survivors=("sudo (pid 7)",))}, stopped("survivors")),
        ({"failure": Failure("permanent")}, stopped("permanent")),
        ({"failure": Failure("conflict")}, stopped("conflict")),
        ({"failure": Failure("permanent"), "attempt": 3}, stopped("permanent")),
        ({"failure": Failure("transient")}, WAIT),
        ({"failure": Failure("rate-limited")}, WAIT),
        ({"failure": Failure("timed-out")}, WAIT),
        ({"failure": Failure("killed")}, WAIT),
        ({"attempt": 3}, stopped("attempts-exhausted")),
        ({"attempts": 1}, stopped("attempts-exhausted")),
        ({"conditions": conditions("class: conflict"), "failure": Failure("conflict")}, WAIT),
        ({"conditions": conditions("class: conflict"), "failure": Failure("permanent")}, stopped("not-in-retry-on")),
        ({"conditions": conditions("class: permanent"), "failure": Failure("permanent")}, WAIT),
        ({"conditions": conditions("exit: 2")}, stopped("not-in-retry-on")),
        ({"conditions": conditions("exit: 2\nexit: 1")}, WAIT),
        ({"conditions": conditions("text: IT BROKE")}, WAIT),
        ({"conditions": conditions("text: /^it b.*e$/")}, stopped("not-in-retry-on")),
        ({"conditions": conditions("text: /(?m)^it b.*e$/")}, WAIT),
        ({"conditions": conditions("http: 5xx"), "failure": Failure("transient", 503)}, WAIT),
        ({"conditions": conditions("http: 5xx"), "failure": Failure("permanent", 404)}, stopped("not-in-retry-on")),
        ({"seconds_left": 10.0}, WAIT),
        ({"failure": Failure("timed-out"), "cut": True, "seconds_left": 10.0}, stopped("budget-exhausted")),
        ({"failure": Failure("transient"), "cut": True, "seconds_left": 10.0}, WAIT),
        ({"seconds_left": 1.0 + LEAST_SECONDS}, WAIT),
        ({"seconds_left": 1.0 + LEAST_SECONDS - 0.01}, stopped("budget-exhausted")),
        ({"seconds_left": -1.0, "random": 0.0}, stopped("budget-exhausted")),
        ({"failure": Failure("transient", wait_until=1_030.0)}, WAIT._replace(wait_seconds=31.0)),
        ({"failure": Failure("transient", wait_until=990.0)}, WAIT),
        ({"failure": Failure("transient", wait_until=1_030.0), "seconds_left": 31.0}, WAIT._replace(wait_seconds=30.5)),
        ({"failure": Failure("transient", wait_until=1_030.0), "seconds_left": 30.0}, stopped("wait-beyond-budget")),
        ({"failure": Failure("transient", wait_until=1_600.0)}, WAIT._replace(wait_seconds=601.0)),
        ({"failure": Failure("transient", wait_until=1_601.0)}, stopped("wait-beyond-budget")),
        ({"failure": Failure("transient", wait_until=4_601.0), "attempt": 3}, stopped("attempts-exhausted")),
        ({"delay_seconds": 0.0, "max_delay_seconds": 0.0}, WAIT._replace(wait_seconds=0.0)),
        ({"attempt": 2}, WAIT._replace(wait_seconds=2.0)),
        ({"attempt": 60, "attempts": 99}, WAIT._replace(wait_seconds=30.0)),
        ({"attempt": 5_000, "attempts": 9_999}, WAIT._replace(wait_seconds=30.0)),
    ],
)
def test_the_decision_after_an_attempt(changes: dict[str, Any], decision: Decision) -> None:
    assert decide(replace(FACTS, **changes)) == decision
    assert decision.step == "wait" or decision.reason in {reason.code for reason in REASONS}


def test_a_line_of_stop_on_counts_first_and_is_named() -> None:
    both = conditions("http: 5xx", "http: 501")
    decision = decide(replace(FACTS, conditions=both, failure=Failure("permanent", 501)))
    assert (decision.step, decision.reason, str(decision.condition)) == ("stop", "stop-on", "http: 501")
    assert decide(replace(FACTS, conditions=both, failure=Failure("transient", 503))) == WAIT


@pytest.mark.parametrize(
    ("timeout", "left", "grace", "expected"),
    [
        (None, inf, 5.0, (None, 5.0)),
        (60.0, inf, 5.0, (60.0, 5.0)),
        (60.0, 300.0, 5.0, (60.0, 5.0)),
        (None, 300.0, 5.0, (295.0, 5.0)),
        (60.0, 62.0, 5.0, (57.0, 5.0)),
        (60.0, 30.0, 5.0, (27.0, 3.0)),
        (4.0, 2.0, 5.0, (pytest.approx(1.8), pytest.approx(0.2))),
        (4.0, 2.0, 0.0, (2.0, 0.0)),
    ],
)
def test_an_attempt_and_its_grace_stay_within_what_is_left(
    timeout: float | None, left: float, grace: float, expected: tuple[float | None, float]
) -> None:
    assert limits(timeout, left, grace) == expected


@given(
    st.none() | st.floats(0.1, 1e6),
    st.floats(LEAST_SECONDS, 1e6),
    st.floats(0.0, 1e4),
)
def test_an_attempt_always_has_most_of_what_it_may_take(timeout: float | None, left: float, grace: float) -> None:
    given_timeout, given_grace = limits(timeout, left, grace)
    assert given_timeout is not None
    assert given_timeout + given_grace <= left * (1 + 1e-9)
    assert given_timeout >= min(timeout or inf, left * 0.9) * (1 - 1e-9)
    assert 0 <= given_grace <= grace
