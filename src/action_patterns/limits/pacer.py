"""When the next request of a token may go. Pure: times in, times out."""

from __future__ import annotations

from bisect import bisect_right, insort
from math import inf

from action_patterns.limits.published import (
    COSTS,
    NOTIFY_SPACING_SECONDS,
    NOTIFYING,
    WRITE_SPACING_SECONDS,
    WRITES,
    Lane,
    Window,
)


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

    def give_back(self, at: float) -> None:
        if at in self._times:
            self._times.remove(at)


class Pacer:
    """The ledger of one token: which requests went or will go when. Not thread-safe; knows no clock."""

    def __init__(
        self, write_spacing_seconds: float = WRITE_SPACING_SECONDS, *, share: float = 1.0, phase_seconds: float = 0.0
    ) -> None:
        """`share` of each limit is ours, where other processes use the same token; the first write waits a phase.

        A shorter spacing than GitHub's means that this is not GitHub: then only the spacing is kept.
        """
        self._share = share
        self._phase = phase_seconds
        self._windows = write_spacing_seconds >= WRITE_SPACING_SECONDS
        self._spent: dict[Window, list[tuple[float, float]]] = {}
        self._writes = _Line(write_spacing_seconds / share)
        self._notices = _Line(NOTIFY_SPACING_SECONDS * min(1.0, write_spacing_seconds) / share)
        self.parked_until = float("-inf")
        """No request may go before: after a refusal, everybody waits, not only who was refused."""
        self.in_flight = 0
        """Requests that were let go and have no answer yet."""

    def reserve(self, lane: Lane, now: float) -> float:
        """The earliest time at or after `now` at which a request of this lane may go; it counts as sent then."""
        at = max(now, self.parked_until)
        if lane in WRITES:
            at, self._phase = max(at, now + self._phase), 0.0
        costs = COSTS[lane] if self._windows else ()
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

    def reserve_again(self, lane: Lane, at: float, now: float) -> float:
        """Give a reserved time back, and reserve another one: nothing went then, as the process was refused.

        A time that is over may be forgotten already.
        """
        for window, points in COSTS[lane] if self._windows else ():
            if (at, points) in self._spent[window]:
                self._spent[window].remove((at, points))
        for line, lanes in ((self._writes, WRITES), (self._notices, NOTIFYING)):
            if lane in lanes:
                line.give_back(at)
        return self.reserve(lane, now)

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
