"""Two runs at once, in every order their calls can take: each call is one step, and a schedule says whose is next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TypeVar

from action_patterns.contracts import TargetResult
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.upsert import Assignment, upsert
from support.in_process import StageTransport
from support.stage import TARGET, RecordingLog, Stage, VirtualClock

T = TypeVar("T")

Schedule = Sequence[int]
"""How many calls the one that goes makes before the other goes on; in the end each makes all it has left."""


class Turns:
    """Lets one of two threads go on at a time."""

    def __init__(self, first: int, schedule: Schedule) -> None:
        self._gate = threading.Condition()
        self._current = first
        self._ahead = list(schedule)
        self._left = self._ahead.pop(0) if self._ahead else 0
        self._done: set[int] = set()
        self.used = 0
        """How many entries of the schedule made a run wait that had more to do."""

    @contextmanager
    def of(self, run: int) -> Iterator[None]:
        """One call of a run."""
        with self._gate:
            if self._current == run and self._left == -1:
                self._hand_over(run)
            self._gate.wait_for(lambda: self._current == run)
            yield
            if self._left > 0:
                self._left -= 1
                self._left = self._left or -1  # The switch comes with the next call, if there is one.

    def _hand_over(self, run: int) -> None:
        other = 1 - run
        self._left = 0
        if other in self._done:
            return
        self.used += 1
        self._left = self._ahead.pop(0) if self._ahead else 0
        self._current = other
        self._gate.notify_all()

    def end(self, run: int) -> None:
        with self._gate:
            self._done.add(run)
            if self._current == run:
                self._current, self._left = 1 - run, 0
                self._gate.notify_all()


class TakingTurns(StageTransport):
    """A transport whose every call waits for its turn, and takes a second: two commits alike are two, by their time."""

    def __init__(self, context: Context, clock: VirtualClock, turns: Turns, run: int) -> None:
        super().__init__(Credentials("tok-bot"), context, clock, RecordingLog())
        self._schedule, self._run, self._time = turns, run, clock

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        with self._schedule.of(self._run):
            self._time.sleep(1.0)
            return super().exchange(method, url, body, auth)


def at_once(
    scene: Stage, desired_states: Sequence[Desired], first: int, schedule: Schedule
) -> tuple[list[TargetResult], int]:
    """Two runs, each as one process would do it. Returns their results, and how much of the schedule was used."""
    turns = Turns(first, schedule)
    clock = scene.clock
    assert clock is not None, "both runs and GitHub share one time"

    def play(number: int) -> TargetResult:
        gateway = Client(TakingTurns(scene.context, clock, turns, number))
        assignment = Assignment(plan_id="plan-1", index=0, attempt=1, repository=TARGET)
        return upsert(desired_states[number], assignment, gateway, clock, dry_run=False)

    return in_two_threads(play, turns), turns.used


def in_two_threads(play: Callable[[int], T], turns: Turns) -> list[T]:
    """Return the results of runs 0 and 1, each in a thread that waits for its turn. Raises the first error of one."""
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def go(number: int) -> None:
        try:
            results[number] = play(number)
        except BaseException as error:  # noqa: BLE001 - raised again where the test sees it
            errors.append(error)
        finally:
            turns.end(number)

    threads = [threading.Thread(target=go, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[0], results[1]]


def explore(play: Callable[[Schedule], int], most_switches: int, before: tuple[int, ...] = ()) -> int:
    """Play every schedule of at most that many switches, each once. Returns how many there are."""
    played = 0
    for calls in count(1):
        schedule = (*before, calls)
        used = play(schedule)
        if used < len(schedule):
            break
        played += 1
        if len(schedule) < most_switches:
            played += explore(play, most_switches, schedule)
    return played
