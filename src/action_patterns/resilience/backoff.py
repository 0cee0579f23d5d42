"""The wait between two attempts."""

from __future__ import annotations

BASE_SECONDS = 2.0
CAP_SECONDS = 60.0
_MOST_DOUBLINGS = 64
"""More would leave what a float can hold."""


def backoff_seconds(
    attempt: int, random: float, *, base_seconds: float = BASE_SECONDS, cap_seconds: float = CAP_SECONDS
) -> float:
    """Return an exponential wait with full jitter.

    Args:
        attempt: number of the attempt before the wait, from 1.
        random: a number in [0, 1) that decides.
        base_seconds: bound of the first wait. It doubles with each attempt.
        cap_seconds: bound of every wait.
    """
    return min(cap_seconds, base_seconds * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS)) * random
