"""When the next request may go, and how long to wait after a refusal. Pure: times in, times out.

The numbers are GitHub's own (docs: "Rate limits for the REST API", "Rate limits and query limits for the GraphQL API",
"Best practices for using the REST API"), read in 2026. They are the token's: processes with one token
take a share each.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Literal

Lane = Literal["read", "graphql", "search", "write", "mutation", "content", "notify"]
"""Which limits a request counts against.

`read` and `write` are REST; `graphql` and `mutation` are GraphQL; `content` makes something that notifies people
(a pull request, a comment), `notify` only notifies them (a request for review).
"""
WRITES: frozenset[Lane] = frozenset({"write", "mutation", "content", "notify"})
NOTIFYING: frozenset[Lane] = frozenset({"content", "notify"})

MAX_ATTEMPTS = 5
"""How often one request is sent at most."""
BACKOFF_BASE_SECONDS = 1.0
BACKOFF_CAP_SECONDS = 60.0
SECONDARY_WAIT_SECONDS = 60.0
"""Without `retry-after` and with quota left, wait at least one minute, then exponentially longer."""
WRITE_SPACING_SECONDS = 1.0
"""At least one second between requests that change something; the default, overridden only for a sandbox."""
NOTIFY_SPACING_SECONDS = 3.0
"""Between requests that notify people: not GitHub's number, but that of its own client (octokit/plugin-throttling)."""
_LATEST_SECONDS = 1e11
"""No time or wait is beyond this (the year 5138): a header that says so is no number to count with."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `capacity` points within any `seconds`."""

    seconds: float
    capacity: float


REST_POINTS = Window(60, 900)
GRAPHQL_POINTS = Window(60, 2_000)
CONTENT_PER_MINUTE = Window(60, 80)
CONTENT_PER_HOUR = Window(3_600, 500)
SEARCHES = Window(60, 30)

_COSTS: dict[Lane, tuple[tuple[Window, float], ...]] = {
    "read": ((REST_POINTS, 1),),
    "search": ((REST_POINTS, 1), (SEARCHES, 1)),
    "write": ((REST_POINTS, 5),),
    "graphql": ((GRAPHQL_POINTS, 1),),
    "mutation": ((GRAPHQL_POINTS, 5),),
    "content": ((REST_POINTS, 5), (CONTENT_PER_MINUTE, 1), (CONTENT_PER_HOUR, 1)),
    "notify": ((REST_POINTS, 5),),
}


class _Line:
    """Requests with a pause between any two. One that waits for another reason leaves the gap before it to others."""

    def __init__(self, spacing_seconds: float) -> None:
        self._spacing = spacing_seconds
        self._times: list[float] = []

    def free_at(self, at: float, now: float) -> float:
        """The earliest time from `at` on with the pause kept on both sides; nothing will be asked before `now`."""
        del self._times[: bisect_right(self._times, now - self._spacing)]
        for time in self._times:
            if time - at >= self._spacing:
                break
            if at - time < self._spacing:
                at = time + self._spacing
        return at

    def take(self, at: float) -> None:
        insort(self._times, at)


class Pacer:
    """The ledger of one token: which requests went or will go when. Not thread-safe; knows no clock."""

    def __init__(self, write_spacing_seconds: float = WRITE_SPACING_SECONDS, *, share: float = 1.0) -> None:
        """`share` of each limit is ours, where other processes use the same token.

        A shorter spacing than GitHub's means that this is not GitHub: then only the spacing is kept.
        """
        self._share = share
        self._windows = write_spacing_seconds >= WRITE_SPACING_SECONDS
        self._spent: dict[Window, list[tuple[float, float]]] = {}
        self._writes = _Line(write_spacing_seconds / share)
        self._notices = _Line(NOTIFY_SPACING_SECONDS * min(1.0, write_spacing_seconds) / share)
        self.parked_until = float("-inf")
        """No request may go before: after a refusal, everybody waits, not only who was refused."""

    def reserve(self, lane: Lane, now: float) -> float:
        """The earliest time at or after `now` at which a request of this lane may go; it counts as sent then."""
        at = max(now, self.parked_until)
        costs = _COSTS[lane] if self._windows else ()
        lines = [line for line, lanes in ((self._writes, WRITES), (self._notices, NOTIFYING)) if lane in lanes]
        # Moving the time for one limit may run into another: repeat until none moves it any more.
        earlier = float("-inf")
        while at > earlier:
            earlier = at
            for window, points in costs:
                at = self._free_at(window, points, at, now)
            for line in lines:
                at = line.free_at(at, now)
        for window, points in costs:
            insort(self._spent.setdefault(window, []), (at, points))
        for line in lines:
            line.take(at)
        return at

    def park(self, until: float) -> None:
        """Let nothing go before `until`."""
        self.parked_until = max(self.parked_until, until)

    def _free_at(self, window: Window, points: float, at: float, now: float) -> float:
        spent = self._spent.setdefault(window, [])
        # By `now`, not by `at`: the next request may be one that goes before this one.
        del spent[: bisect_right(spent, (now - window.seconds, inf))]
        room = window.capacity * self._share - points
        # Requests reserved for later count too: a request slipped in before them must not fill their window.
        counted = spent[bisect_right(spent, (at - window.seconds, inf)) :]
        total = sum(cost for _, cost in counted)
        for time, cost in counted:
            if total <= room:
                break
            total -= cost
            at = max(at, time + window.seconds)
        return at


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request GitHub did not process because of a limit: how long to wait, and until when."""

    seconds: float
    resumes_at: datetime
    primary: bool


def read_refusal(status: int, headers: Mapping[str, str], message: str, now: datetime, attempt: int) -> Refusal | None:
    """The limit behind a refused request; None when it was refused for another reason.

    A 403 is a limit if it says when to come back, if the primary limit is used up, or if its message names a limit;
    any other 403 is about permission. `attempt` counts from 1 and lengthens a wait GitHub gave no time for.
    """
    text = message.lower()
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    named = "rate limit" in text or "abuse detection" in text or "submitted too quickly" in text
    if not (
        status == 429
        or (status == 403 and ("retry-after" in headers or exhausted or named))
        or (status == 422 and "submitted too quickly" in text)
    ):
        return None
    seconds = _number(headers.get("retry-after"))
    if seconds is None and exhausted and (reset := _number(headers.get("x-ratelimit-reset"))) is not None:
        # One second more: GitHub's clock and ours need not agree to the second.
        seconds = max(0.0, reset - now.timestamp()) + 1.0
    if seconds is None:
        seconds = SECONDARY_WAIT_SECONDS * 2.0 ** (attempt - 1)
    return Refusal(seconds, datetime.fromtimestamp(now.timestamp() + seconds, UTC), primary=exhausted)


def read_warning(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the primary limit is reset, where an answer says that nothing is left of it; else None."""
    if headers.get("x-ratelimit-remaining") != "0" or (reset := _number(headers.get("x-ratelimit-reset"))) is None:
        return None
    return max(0.0, reset - now.timestamp()) + 1.0


def backoff_seconds(attempt: int, random: float) -> float:
    """Exponential with full jitter: `random` in [0, 1) decides. `attempt` counts from 1."""
    return min(BACKOFF_CAP_SECONDS, BACKOFF_BASE_SECONDS * 2.0**attempt) * random


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0.0 <= number < _LATEST_SECONDS else None
