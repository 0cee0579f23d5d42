"""Timestamps, and a clock that moves only by its ``advance``, so that an hour of rate limits costs a test nothing."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

SEED_SECONDS = 1_767_225_600
"""2026-01-01T00:00:00Z: the age of everything seeded, so that the same seed gives the same object ids."""


def stamp(seconds: float) -> str:
    """Return GitHub's form of a timestamp, for example ``2026-01-01T00:00:00Z``."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> float | None:
    """Return a timestamp in GitHub's form as seconds since 1970. None: it is in no such form."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


class VirtualClock:
    """A thread-safe callable that returns seconds since 1970; for ``Sandbox(clock=...)``."""

    def __init__(self, start: float | None = None) -> None:
        self._lock = threading.Lock()
        self._now = float(int(time.time())) if start is None else start

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> float:
        """Let ``seconds`` pass, and return the new time. Raises ValueError for a negative number."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        with self._lock:
            self._now += seconds
            return self._now
