"""A campaign over many repositories on virtual time: an hour of limits costs a test some seconds."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from action_patterns.contracts import TargetResult, Usage
from action_patterns.distribution.apply import WORKERS, apply
from action_patterns.distribution.reading import read_campaign
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response, Transport
from action_patterns.limits.shares import phase_seconds
from action_patterns.ports.credentials import Allowance, Credentials
from github_sandbox import Sandbox
from github_sandbox.faults import Fault
from github_sandbox.limits import Limits
from github_sandbox.request_log import RequestRecord
from support import editions
from support.in_process import Address, StageTransport, reached
from support.memory_ports import MemoryFiles
from support.report_builders import plan
from support.stage import RecordingLog, context_of

DAY_SECONDS = 86_400.0
DISTRIBUTION = """\
name: sync
targets: {owners: [acme]}
files: [{target: ci.yml, source: ci.yml}, {target: README.md, source: readme}]
pull-request: {title: Sync, body: From the source., labels: [sync]}
"""


class SharedClock:
    """Time for many threads, and for the sandbox: it passes only while every worker sleeps, to the next one's waking.

    So requests arrive at the very times they were reserved for, however fast or slow the machine is.
    """

    def __init__(self) -> None:
        self._start = float(int(datetime.now(UTC).timestamp()))
        self._elapsed = 0.0
        self._gate = threading.Lock()
        self._working = 0
        self._waiting = 0
        """Tasks that no worker has begun."""
        self._order = itertools.count()
        self._asleep: list[tuple[float, int, threading.Event]] = []

    def __call__(self) -> float:
        """Seconds since 1970, as the sandbox asks for them."""
        return self._start + self._elapsed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self(), UTC)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        woken = threading.Event()
        with self._gate:
            heapq.heappush(self._asleep, (self._elapsed + seconds, next(self._order), woken))
            self._working -= 1
            self._pass()
        assert woken.wait(60), "nobody let time pass"

    def expect(self, tasks: int, workers: int) -> None:
        """Count the workers as awake before they begin, and from one task to their next.

        A thread that the machine is slow to start, or to give its next task, must not let time pass.
        """
        with self._gate:
            self._working = min(tasks, workers)
            self._waiting = tasks - self._working

    def end(self) -> None:
        """A task ended. Its worker stays awake if another task is waiting."""
        with self._gate:
            if self._waiting:
                self._waiting -= 1
            else:
                self._working -= 1
                self._pass()

    def _pass(self) -> None:
        if self._working > 0 or not self._asleep:
            return
        self._elapsed = max(self._elapsed, self._asleep[0][0])
        while self._asleep and self._asleep[0][0] <= self._elapsed:
            heapq.heappop(self._asleep)[2].set()
            self._working += 1


class _Worker(Client):
    """Tells the clock when a target ended: `upsert` reads the usage last."""

    def __init__(self, transport: Transport, clock: SharedClock) -> None:
        super().__init__(transport)
        self._clock = clock

    def usage(self) -> Usage:
        self._clock.end()
        return super().usage()


class _LossyTransport(StageTransport):
    """Some answers never come, before or after the request took effect: the dice say which."""

    def __init__(self, *arguments: Any, dice: random.Random, share: float) -> None:
        super().__init__(*arguments)
        self._dice, self._share = dice, share

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        luck = self._dice.random()
        if luck < self._share / 2:
            raise requests.ReadTimeout
        response = super().exchange(method, url, body, auth)
        if luck < self._share:
            raise requests.ReadTimeout
        return response


CHAOS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("bad_gateway", {}),
    ("bad_gateway", {"when": "after"}),
    ("too_many", {"retry_after_seconds": 5}),
    ("secondary_limit", {"retry_after_seconds": 60}),
    ("connection_reset", {}),
    ("connection_reset", {"when": "after"}),
    ("truncated_body", {}),
    ("duplicate_delivery", {}),
)
"""What the sandbox does to a request; time-outs are the transport's, or they would take real time."""


@dataclass
class Fleet:
    """A sandbox with so many repositories, all alike, and a campaign over them."""

    sandbox: Sandbox
    server: Address
    clock: SharedClock
    names: list[str]
    results: list[TargetResult] = field(default_factory=list)
    chaos: float = 0.0
    """The share of calls that meet trouble."""
    seed: int = 0

    def unleash(self, share: float, seed: int) -> None:
        """From now on so many calls meet trouble, every kind as often as any other."""
        self.chaos, self.seed = share, seed
        each = share / (len(CHAOS) + 2)
        for number, (kind, arguments) in enumerate(CHAOS):
            self.sandbox.faults.add(Fault.of(kind, probability=each, seed=seed * 100 + number, **arguments))

    def calm(self) -> None:
        self.chaos = 0.0
        self.sandbox.faults.clear()

    def apply(self, *, spacing: float = 1.0, seconds: float = DAY_SECONDS) -> list[TargetResult]:
        """One run of the campaign, as one process would do it. The requests it made are in `requests`."""
        self.sandbox.requests.clear()
        self.seed += 1000
        context = context_of(self.server, write_spacing_seconds=spacing)
        transport = _LossyTransport(
            Credentials("tok-bot"),
            context,
            self.clock,
            RecordingLog(),
            Allowance(seconds=seconds),
            dice=random.Random(self.seed),
            share=self.chaos * 2 / (len(CHAOS) + 2),
        )
        campaign = read_campaign(
            "d.yml", MemoryFiles({"d.yml": DISTRIBUTION, "ci.yml": "on: push\n", "readme": "x\n"}), context
        )
        self.clock.expect(len(self.names), WORKERS)
        return apply(
            plan(*self.names).roster,
            campaign,
            "plan-1",
            _Worker(transport, self.clock),
            self.clock,
            attempt=1,
            dry_run=False,
            on_result=self.results.append,
        )

    def apply_together(self, parts: Sequence[Sequence[int]], *, shares: bool) -> list[TargetResult]:
        """One run of several processes at the same time with one token, each with the targets of its part.

        A process knows nothing of the others, but the number of them where they have shares. No part may have more
        targets than a process has workers.
        """
        assert all(len(part) <= WORKERS for part in parts)
        self.sandbox.requests.clear()
        context = context_of(self.server, write_spacing_seconds=1.0)
        files = {"d.yml": DISTRIBUTION, "ci.yml": "on: push\n", "readme": "x\n"}
        roster = plan(*self.names).roster
        self.clock.expect(sum(map(len, parts)), sum(map(len, parts)))

        def process(number: int) -> list[TargetResult]:
            share = 1 / len(parts) if shares else 1.0
            phase = phase_seconds(number, len(parts), write_spacing_seconds=1.0) if shares else 0.0
            allowance = Allowance(share=share, phase_seconds=phase, seconds=DAY_SECONDS)
            transport = StageTransport(Credentials("tok-bot"), context, self.clock, RecordingLog(), allowance)
            return apply(
                [roster[index] for index in parts[number]],
                read_campaign("d.yml", MemoryFiles(files), context),
                "plan-1",
                _Worker(transport, self.clock),
                self.clock,
                attempt=1,
                dry_run=False,
                on_result=self.results.append,
            )

        with ThreadPoolExecutor(len(parts)) as processes:
            return [result for results in processes.map(process, range(len(parts))) for result in results]

    def refused(self) -> list[RequestRecord]:
        """What a limit refused in the last run."""
        return [record for record in self.sandbox.requests if record.status in (403, 429)]


@contextmanager
def fleet(size: int, limits: Limits | None = None) -> Iterator[Fleet]:
    """So many repositories on virtual time."""
    clock = SharedClock()
    names = [f"acme/r{number:03}" for number in range(size)]
    seed: dict[str, Any] = {
        "organizations": {"acme": {"members": ["bot"]}},
        "users": ["bot"],
        "tokens": {"tok-bot": {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}},
        "repositories": [{"name": name, "files": {"README.md": "# r\n"}} for name in names],
    }
    sandbox = Sandbox.from_seed(seed, clock=clock)
    editions.set_up(sandbox)
    sandbox.limits = limits or Limits.published()
    sandbox.contract = False  # Thousands of exchanges, and each is of a kind that is checked elsewhere.
    with reached(sandbox) as server:
        yield Fleet(sandbox, server, clock, names)
