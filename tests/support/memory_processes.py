"""ports.Processes in memory: commands end as a test says, and take the time it says, on a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from action_patterns.ports.processes import Command, Ended, Lease, StepFiles
from support.stage import VirtualClock

Answer = Ended | Callable[[Command], Ended] | BaseException


@dataclass
class MemoryProcesses:
    """Gives each command the next answer, and remembers the commands and what was published."""

    answers: Iterable[Answer] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)
    commands: list[Command] = field(default_factory=list)
    published: list[StepFiles] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)
    """Times of the clock at which commands with a lease ended, or were ended."""

    def __post_init__(self) -> None:
        self._answers = iter(self.answers)

    def run(self, command: Command) -> Ended:
        """Return the next answer after its seconds. An answer beyond the command's timeout ends as a timeout does."""
        self.commands.append(command)
        answer = next(self._answers, None)
        if answer is None:
            raise AssertionError(f"command {len(self.commands)} was not expected: {command}")
        if isinstance(answer, BaseException):
            raise answer
        ended = answer if isinstance(answer, Ended) else answer(command)
        if command.lease is not None:
            return self._leased(command.lease, ended)
        limit = command.timeout_seconds
        if limit is not None and ended.seconds > limit:
            ended = replace(ended, exit_code=124, timed_out=True, seconds=limit, files=StepFiles())
        self.clock.sleep(ended.seconds)
        self.clock.slept.pop()
        return ended

    def _leased(self, lease: Lease, ended: Ended) -> Ended:
        """Let time pass until the command ends or its time is over. It ends then while an extension blocks, too."""
        clock = self.clock
        began = clock.monotonic()
        end, until, due = began + ended.seconds, began + lease.seconds, began + lease.every_seconds
        while (now := clock.monotonic()) < min(end, until):
            clock.sleep(min(end, until, due) - now)
            if clock.monotonic() < min(end, until):
                seconds = lease.extend()
                if clock.monotonic() < min(end, until):
                    until, due = clock.monotonic() + seconds, clock.monotonic() + lease.every_seconds
        self.ended_at.append(min(end, until))
        if end <= until:
            return ended
        return replace(ended, exit_code=124, timed_out=True, seconds=until - began, files=StepFiles())

    def publish(self, files: StepFiles) -> None:
        """Remember them."""
        self.published.append(files)
