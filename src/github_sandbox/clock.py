"""Time that passes only when it is told to, so that an hour of rate limits costs a test nothing."""

from __future__ import annotations

import threading
import time


class VirtualClock:
    """Pass as ``Sandbox(clock=...)``; callable, seconds since 1970. Thread safe."""

    def __init__(self, start: float | None = None) -> None:
        self._lock = threading.Lock()
        self._now = float(int(time.time())) if start is None else start

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> float:
        """Let ``seconds`` pass; what time it is then."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        with self._lock:
            self._now += seconds
            return self._now
