"""Real processes that take a lock by turns, count under it, and may be killed at any moment.

Each is forked from the test. Its waits are scaled: its monotonic clock runs `factor` times as fast as time does. Its
calendar is ten minutes ahead or behind, so two of them are twenty minutes apart.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from action_patterns.actions.lock import run as lock_run
from action_patterns.actions.lock.interface import LockInputs
from action_patterns.actions.state import run as state_run
from action_patterns.actions.state.interface import StateInputs
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.workflow_runs import RunState
from action_patterns.runner.directory_store import DirectoryStore
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.memory_processes import MemoryProcesses
from support.stage import TARGET, RecordingLog

FACTOR = 60.0
"""Seconds of a player in one second: a look each 2 seconds is one each 33 milliseconds."""


SKEWS = (timedelta(minutes=10), timedelta(minutes=-10))
LEASE_SECONDS = 900
"""Shorter than the twenty minutes between two calendars: who compares them takes a living holder for dead."""


@dataclass(frozen=True, slots=True)
class PlayerClock:
    """ports.Clock, faster than time, with a calendar that is off."""

    factor: float
    skew: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    def monotonic(self) -> float:
        return time.monotonic() * self.factor

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.factor)


@dataclass(frozen=True, slots=True)
class Runs:
    """ports.WorkflowRuns: a run is over when its process is gone. Its id is the process's."""

    says_the_end: bool = True
    """Whether GitHub says that a run is over. If not, leases alone decide."""

    def read(self, repository: str, run_id: int, etag: str = "") -> RunState:
        return RunState(1, completed=self.says_the_end and not is_alive(run_id))

    def jobs(self, repository: str, run_id: int) -> tuple[Any, ...]:
        return ()


def only_runs(*, says_the_end: bool = True) -> GitHub:
    """Return a GitHub that knows runs only."""
    return cast("GitHub", SimpleNamespace(refs=None, runs=Runs(says_the_end), close=list))


def is_alive(pid: int) -> bool:
    """Return whether a process lives; one that is killed and not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@dataclass(kw_only=True)
class Table:
    """The place where processes play."""

    folder: Path
    context: Context
    store: str
    rounds: int
    factor: float = FACTOR
    hold_seconds: float = 0.02
    """Real time for which each holds the lock."""
    github: Callable[[Context], GitHub] = lambda _: only_runs()
    pids: list[int] = field(default_factory=list)

    @property
    def held(self) -> Path:
        """The file that a holder makes: its process."""
        return self.folder / "held"

    def start(self, number: int) -> int:
        """Fork a player, and return its process."""
        pid = os.fork()
        if pid:
            self.pids.append(pid)
            return pid
        code = 1
        with suppress(BaseException):
            self._play(number)
            code = 0
        os._exit(code)

    def kill(self, pid: int) -> None:
        """Kill a player as no process can refuse."""
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.pids.remove(pid)

    def handovers(self) -> list[float]:
        """Return the real seconds from the start of each release to the next hold."""
        given, begun = self._times("given"), self._times("begun")
        return [begun[each + 1] - at for each, at in given.items() if each + 1 in begun]

    def _times(self, name: str) -> dict[int, float]:
        """Return the time of each generation in a file."""
        lines = (line.split() for line in self.lines(name))
        return {int(generation): float(at) for generation, *_, at in lines}

    def holder(self) -> int:
        """Return the process that holds the lock now; 0: none."""
        with suppress(OSError, ValueError):
            return int(self.held.read_text())
        return 0

    def end(self) -> list[int]:
        """Wait for all players; their exit codes."""
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in self.pids]
        self.pids.clear()
        return codes

    def lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def _say(self, name: str, line: object) -> None:
        with (self.folder / name).open("a") as file:
            file.write(f"{line}\n")

    def _play(self, number: int) -> None:
        context = replace(self.context, repository=TARGET, run_id=os.getpid(), job=f"player-{number}")
        ports = Ports(
            context=context,
            github=lambda *_: self.github(context),
            checkout=MemoryCheckout(),
            files=MemoryFiles(),
            processes=MemoryProcesses(),
            machine=MemoryMachine(),
            clock=PlayerClock(self.factor, SKEWS[number % len(SKEWS)]),
            log=RecordingLog(),
            random=lambda: os.urandom(1)[0] / 256,
            directory=DirectoryStore,
        )
        given: dict[str, Any] = {"name": "turns", "store": self.store, "token": "tok-bot", "repository": TARGET}
        wait = {"wait_seconds": 400_000, "lease_seconds": LEASE_SECONDS}
        for round_ in range(self.rounds):
            taken = lock_run(LockInputs(mode="acquire", **given, **wait), ports).outputs
            self._count(number, round_, taken.generation)
            self._say("given", f"{taken.generation} {time.monotonic()}")
            ended = lock_run(LockInputs(mode="release", claim=taken.claim, **given), ports)
            assert ended.outputs.reason == "released", "no other took it meanwhile"
            given_state = {name: given[name] for name in ("store", "token", "repository")}
            value = json.dumps([f"{number}-{round_}"])
            state_run(StateInputs(mode="put", key="turns", value=value, merge="append", **given_state), ports)
            self._say("put", f"{number}-{round_}")

    def _count(self, number: int, round_: int, generation: int) -> None:
        """Do what no two may do at once: add one to a number in a file."""
        other = self.holder()
        if other and is_alive(other):
            self._say("twice", f"{other} {os.getpid()}")
        self.held.write_text(str(os.getpid()))
        self._say("begun", f"{generation} {number}-{round_} {time.monotonic()}")
        counter = self.folder / "counter"
        before = int(counter.read_text()) if counter.exists() else 0
        time.sleep(self.hold_seconds)
        fresh = self.folder / f"counter-{os.getpid()}"
        fresh.write_text(str(before + 1))
        fresh.replace(counter)
        self._say("counted", f"{number}-{round_}")
        self.held.unlink()
