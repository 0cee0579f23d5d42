"""The wait between two attempts."""

from __future__ import annotations

BASE_SECONDS = 1.0
CAP_SECONDS = 60.0


def backoff_seconds(attempt: int, random: float) -> float:
    """Return an exponential wait with full jitter. `attempt` counts from 1; `random` in [0, 1) decides."""
    return min(CAP_SECONDS, BASE_SECONDS * 2.0**attempt) * random
