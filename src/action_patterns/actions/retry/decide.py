"""The decision after an attempt: done, stop, or wait for a further one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from action_patterns.actions.retry.conditions import Condition, EndedCommand, first_match
from action_patterns.actions.retry.validate import Conditions
from action_patterns.ports.processes import Ended
from action_patterns.resilience.backoff import backoff_seconds
from action_patterns.resilience.failed_command import Failure

LEAST_SECONDS = 0.5
"""An attempt with less time is not begun."""
MOST_ASKED_SECONDS = 600.0
"""Wait that a server may ask for where no budget is given: the minutes of a runner that waits cost money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An attempt that ended, and what a further one would need."""

    ended: Ended
    failure: Failure | None
    """None: the command succeeded."""
    refused: tuple[str, ...] = ()
    """Reasons why the files of a successful command cannot be passed on."""
    cut: bool = False
    """The budget, and not `timeout-seconds`, was the limit of its time."""
    attempt: int
    """Its number, from 1."""
    attempts: int
    conditions: Conditions
    delay_seconds: float
    max_delay_seconds: float
    seconds_left: float
    """Rest of the budget; infinite without one."""
    now: float
    """Seconds since 1970."""
    random: float
    """A number in [0, 1)."""


class Decision(NamedTuple):
    """The way on. `reason` is empty for `wait`."""

    step: Literal["done", "stop", "wait"]
    reason: str = ""
    wait_seconds: float = 0.0
    condition: Condition | None = None
    """The condition that decided."""


def decide(facts: Facts) -> Decision:
    """Return the decision about a further attempt."""
    if facts.ended.survivors:
        return Decision(step="stop", reason="survivors")
    if facts.failure is None:
        if facts.refused:
            return Decision(step="stop", reason="files-refused")
        return Decision(step="done", reason="succeeded" if facts.attempt == 1 else "succeeded-after-retry")
    return _by_conditions(facts, facts.failure) or _by_limits(facts, facts.failure)


def _by_conditions(facts: Facts, failure: Failure) -> Decision | None:
    """Return the decision to stop for what failed. None: such a failure is retried."""
    ended = EndedCommand(facts.ended.exit_code, facts.ended.output, failure)
    if condition := first_match(facts.conditions.stop_on, ended):
        return Decision(step="stop", reason="stop-on", condition=condition)
    if facts.conditions.retry_on:
        retried = first_match(facts.conditions.retry_on, ended)
        return None if retried else Decision(step="stop", reason="not-in-retry-on")
    if failure.failure_class in ("permanent", "conflict"):
        return Decision(step="stop", reason=failure.failure_class)
    return None


def _by_limits(facts: Facts, failure: Failure) -> Decision:
    """Return the wait, or the limit that leaves no room for it."""
    if facts.attempt >= facts.attempts:
        return Decision(step="stop", reason="attempts-exhausted")
    if facts.cut and failure.failure_class == "timed-out":
        return Decision(step="stop", reason="budget-exhausted")
    room = facts.seconds_left - LEAST_SECONDS
    wait = backoff_seconds(
        facts.attempt, facts.random, base_seconds=facts.delay_seconds, cap_seconds=facts.max_delay_seconds
    )
    asked = 0.0 if failure.wait_until is None else max(0.0, failure.wait_until - facts.now)
    if asked > (MOST_ASKED_SECONDS if room == inf else max(0.0, room)):
        return Decision(step="stop", reason="wait-beyond-budget")
    if wait > room and not 0.0 < asked <= room:
        return Decision(step="stop", reason="budget-exhausted")
    # The backoff comes after the time that the server named: others wait for the same time.
    return Decision(step="wait", wait_seconds=min(asked + wait, room))


def limits(timeout: float | None, seconds_left: float, grace: float) -> tuple[float | None, float]:
    """Return the time of an attempt and its grace, which together stay within what is left.

    A tenth of what is left is kept for the grace, at most: the rest is the command's.
    """
    if seconds_left == inf:
        return timeout, grace
    wanted = inf if timeout is None else timeout
    grace = min(grace, max(seconds_left - wanted, seconds_left / 10))
    return min(wanted, seconds_left - grace), grace
