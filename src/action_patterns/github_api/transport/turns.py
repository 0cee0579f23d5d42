"""When a request may go: all threads of a process take turns, and all of them wait if GitHub refuses one by a limit."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from random import random
from typing import TYPE_CHECKING

from action_patterns.github_api.transport import error_mapping
from action_patterns.limits.pacer import Pacer
from action_patterns.limits.refusal import Refusal, read_warning
from action_patterns.limits.shares import spread_seconds

if TYPE_CHECKING:
    from action_patterns.limits.published import Lane
    from action_patterns.ports.clock import Clock
    from action_patterns.ports.credentials import Allowance


class Turns:
    """The turns of one run, by account: GitHub counts the requests of each account for itself."""

    def __init__(self, clock: Clock, allowance: Allowance, write_spacing_seconds: float, *, ends: float) -> None:
        """`ends`: when the run's time is over, on the monotonic clock."""
        self._new = partial(AccountTurns, clock, allowance, write_spacing_seconds, ends=ends)
        self._gate = threading.Lock()
        self._accounts: dict[str, AccountTurns] = {}

    def of(self, account: str) -> AccountTurns:
        """Return the turns of an account."""
        with self._gate:
            if account not in self._accounts:
                self._accounts[account] = self._new()
            return self._accounts[account]


class AccountTurns:
    """The turns of all threads at one account."""

    def __init__(self, clock: Clock, allowance: Allowance, write_spacing_seconds: float, *, ends: float) -> None:
        self._clock = clock
        self._allowance = allowance
        self._write_spacing_seconds = write_spacing_seconds
        self._ends = ends
        self._gate = threading.Lock()
        self._pacer = Pacer(write_spacing_seconds, share=allowance.share, phase_seconds=allowance.phase_seconds)

    def wait(self, lane: Lane, request: str) -> None:
        """Return when the request may go. It is in flight until `answered`.

        Raises:
            RateLimitedError: its turn would come after the time that this run may take.
        """
        with self._gate:
            at = self._pacer.reserve(lane, self._clock.monotonic())
        while True:
            with self._gate:
                now = self._clock.monotonic()
                # GitHub may have refused another thread in the meantime. Then no thread goes, and all of them take new
                # turns: they must not go together when the wait is over.
                if self._pacer.parked_until > at:
                    at = self._pacer.reserve_again(lane, at, now)
                if at <= now <= self._ends:
                    self._pacer.in_flight += 1
                    return
            if max(at, now) > self._ends:
                resumes = self._clock.now() + timedelta(seconds=max(0.0, at - now))
                raise error_mapping.out_of_time(self._allowance.seconds, request, resumes)
            self._clock.sleep(at - now)

    def answered(self) -> None:
        """Count a request as no longer in flight."""
        with self._gate:
            self._pacer.in_flight -= 1

    def park(self, refusal: Refusal) -> float | None:
        """Have all threads wait, since going on while limited can get a token blocked. Return the wait in seconds.

        None: the wait is longer than the time that this run may take.
        """
        resumes = self._clock.monotonic() + refusal.seconds
        spread = spread_seconds(
            refusal.seconds,
            random(),
            share=self._allowance.share,
            write_spacing_seconds=self._write_spacing_seconds,
        )
        spread = min(spread, max(0.0, self._ends - resumes))
        with self._gate:
            self._pacer.park(resumes + spread)
        return None if resumes > self._ends else refusal.seconds + spread

    def heed(self, headers: Mapping[str, str]) -> None:
        """Have all threads wait if an answer used the last request of the hour's budget: the next one is not sent."""
        with self._gate:
            seconds = read_warning(headers, self._clock.now(), in_flight=self._pacer.in_flight)
            if seconds is not None:
                self._pacer.park(self._clock.monotonic() + seconds)
