"""Shares of one token's pace: how many jobs may run at the same time, and when each of them writes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import floor, inf

from action_patterns.limits.published import (
    COSTS,
    NOTIFY_SPACING_SECONDS,
    NOTIFYING,
    WRITE_SPACING_SECONDS,
    WRITES,
    Lane,
    Window,
)

MAX_PARALLEL = 10
"""More jobs than this gain nothing: the limits on writes are the token's, not the job's."""
MAX_SPREAD_SECONDS = 6.0
"""The longest wait beyond the time that a refusal names, where the number of other processes is not known."""
_SECONDS_PER_CALL = 0.2
"""Least time of a request without a pause: an assumption, as the time of a request from a hosted runner."""
_MINUTE = 60.0


def jobs_at_once(jobs: int, lanes: Sequence[Lane], *, write_spacing_seconds: float, repeated: bool = False) -> int:
    """Return how many jobs may run at the same time.

    None of them sees what the others send. So together they stay within each limit per minute, even if each of them
    goes at the full pace of one token.

    Args:
        jobs: number of jobs.
        lanes: the requests of one job.
        write_spacing_seconds: time between two writes of one job. Below GitHub's, no limit but `MAX_PARALLEL` counts.
        repeated: whether a job sends these requests over and over, for any number of targets.
    """
    most = max(1, min(MAX_PARALLEL, jobs))
    if write_spacing_seconds < WRITE_SPACING_SECONDS:
        return most
    windows = {window for lane in lanes for window, _ in COSTS[lane] if window.seconds <= _MINUTE}
    by_window = (_fit(window, Counter(lanes), write_spacing_seconds, repeated=repeated) for window in windows)
    return max(1, min([most, *by_window]))


def _fit(window: Window, lanes: Counter[Lane], spacing: float, *, repeated: bool) -> int:
    """Return how many jobs fit into a window, each with as much as it can send in it."""
    costs = {lane: dict(COSTS[lane])[window] for lane in lanes if window in dict(COSTS[lane])}
    total = inf if repeated else sum(costs[lane] * lanes[lane] for lane in costs)
    fastest = max(cost * window.seconds / _pause(lane, lanes, spacing) for lane, cost in costs.items())
    return floor(window.capacity / min(total, fastest))


def _pause(lane: Lane, lanes: Counter[Lane], spacing: float) -> float:
    """Return the least time from a request of this lane to the next of one job."""
    if lane in NOTIFYING:
        notices = sum(lanes[each] for each in NOTIFYING)
        return max(NOTIFY_SPACING_SECONDS, spacing * sum(lanes[each] for each in WRITES) / notices)
    return spacing if lane in WRITES else _SECONDS_PER_CALL


def spread_seconds(wait_seconds: float, random: float, *, share: float, write_spacing_seconds: float) -> float:
    """Return the wait beyond the time that a refusal names, so that refused processes do not return together.

    It is up to a tenth of the wait, at most `MAX_SPREAD_SECONDS`; or a spacing for each of the others, if that is more.
    `random` in [0, 1) decides: a process does not know which of the others were refused.
    """
    others = (1.0 / share - 1.0) * write_spacing_seconds
    return random * max(others, min(MAX_SPREAD_SECONDS, wait_seconds / 10.0))


def phase_seconds(index: int, parallel: int, *, write_spacing_seconds: float) -> float:
    """Return how long a job waits before its first write, so that jobs which begin together take turns.

    Each of them writes once in `parallel` times the spacing: with this offset, the token writes once a spacing.
    """
    return index % max(1, parallel) * write_spacing_seconds
