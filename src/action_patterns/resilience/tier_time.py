"""The time of each tier within one budget: a tier uses only what leaves every later tier its share. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_GRACE_PARTS = 11
"""One of so many parts of a short time is kept for the end of processes."""


class TierTime(NamedTuple):
    """The longest time of a tier, and the time from SIGTERM to SIGKILL after it."""

    limit_seconds: float
    """Zero or less: no time is left."""
    grace_seconds: float


def shares(timeouts: Sequence[float | None], budget_seconds: float, *, most_grace_seconds: float) -> tuple[float, ...]:
    """Return the share of each tier: its own timeout and its grace, or an equal part of what these leave of the budget.

    A budget that is too small for every grace has the timeouts alone. A share that is not above zero belongs to a tier
    for which the timeouts of others leave nothing.
    """
    without = sum(timeout is None for timeout in timeouts)
    whole = [timeout and timeout + min(most_grace_seconds, timeout / (_GRACE_PARTS - 1)) for timeout in timeouts]
    taken = sum(share for share in whole if share is not None)
    fits = taken < budget_seconds if without else taken <= budget_seconds
    given = whole if fits else timeouts
    free = budget_seconds - sum(share for share in given if share is not None)
    return tuple(free / without if share is None else share for share in given)


def tier_time(
    timeout: float | None, *, left_seconds: float, later_seconds: float, most_grace_seconds: float
) -> TierTime:
    """Return the time of the next tier. Limit and grace together leave `later_seconds` of what is left.

    Args:
        timeout: the tier's own. None: it has none, and may use all but `later_seconds`.
        left_seconds: what is left of the budget.
        later_seconds: the shares of all later tiers.
        most_grace_seconds: time in which processes are ended, if the budget has so much.
    """
    available = left_seconds - later_seconds
    grace = max(0.0, min(most_grace_seconds, available / _GRACE_PARTS))
    limit = available - grace
    return TierTime(limit if timeout is None else min(timeout, limit), grace)
