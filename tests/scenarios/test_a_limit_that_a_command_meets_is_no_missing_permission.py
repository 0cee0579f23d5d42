"""A 403 that names a limit is `rate-limited`: it is waited for, and no permission is blamed."""

from __future__ import annotations

import pytest

from action_patterns.ports.processes import Ended
from support.editions import without_github
from support.retrying import Stage, ended, http, retried

pytestmark = without_github(why="The command is the caller's own.")
LIMIT = "gh: API rate limit exceeded for user ID 95043299. (HTTP 403)\n"


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (http(403, "retry-after: 7"), [8.0]),
        (http(429, "retry-after: 7"), [8.0]),
        (http(403, "x-ratelimit-remaining: 0"), [1.0]),
        (ended(1, LIMIT), [1.0]),
    ],
)
def test_a_limit_is_waited_for(answer: Ended, waits: list[float]) -> None:
    run = retried(answer, ended())
    assert run.ended == (0, 2, "rate-limited", "succeeded-after-retry")
    assert run.waits == waits
    assert "permission" not in run.said.lower()


def test_the_reset_of_a_limit_that_is_used_up_is_waited_for() -> None:
    now = int(Stage(()).clock.now().timestamp())
    run = retried(http(403, "x-ratelimit-remaining: 0", f"x-ratelimit-reset: {now + 40}"), ended())
    assert 39 < run.waits[0] <= 42
    assert run.ended == (0, 2, "rate-limited", "succeeded-after-retry")


def test_a_reset_in_fifty_minutes_is_not_waited_for_with_a_budget_of_five() -> None:
    now = int(Stage(()).clock.now().timestamp())
    run = retried(http(403, "x-ratelimit-remaining: 0", f"x-ratelimit-reset: {now + 3_000}"), budget_seconds=300)
    assert run.ended == (22, 1, "rate-limited", "wait-beyond-budget")
    assert run.waits == []


def test_another_403_is_a_permission() -> None:
    assert retried(http(403, "x-ratelimit-remaining: 12")).ended == (22, 1, "permanent", "permanent")
