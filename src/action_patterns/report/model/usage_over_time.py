"""The run's requests over time, from the times in its records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from action_patterns.contracts import TargetResult


class Spent(NamedTuple):
    """Totals since the start of the run. A target's requests count from the moment it was finished."""

    at: datetime
    """UTC."""
    requests: int
    writes: int


def spending(results: Iterable[TargetResult]) -> tuple[Spent, ...]:
    """Cumulative requests and writes, one point per moment at which a target was finished, in order.

    Targets without a time (no record came back) are left out: nothing is known of what they cost.
    """
    requests = writes = 0
    points: list[Spent] = []
    timed = [(result.finished_at.astimezone(UTC), result.usage) for result in results if result.finished_at]
    for at, usage in sorted(timed, key=lambda pair: pair[0]):
        requests, writes = requests + usage.requests, writes + usage.writes
        if points and points[-1].at == at:
            points.pop()
        points.append(Spent(at, requests, writes))
    return tuple(points)
