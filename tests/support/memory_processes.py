"""ports.Processes in memory: commands end as a test says, and take the time it says, on a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from action_patterns.ports.processes import Command, Ended, StepFiles
from support.stage import VirtualClock

Answer = Ended | Callable[[Command], Ended] | BaseException


@dataclass
class MemoryProcesses:
    """Gives each command the next answer, and remembers the commands and what was published."""

    answers: Iterable[Answer] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)
    commands: list[Command] = field(default_factory=list)
    published: list[StepFiles] = field(default_factory=list)

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
        limit = command.timeout_seconds
        if limit is not None and ended.seconds > limit:
            ended = replace(ended, exit_code=124, timed_out=True, seconds=limit, files=StepFiles())
        self.clock.sleep(ended.seconds)
        self.clock.slept.pop()
        return ended

    def publish(self, files: StepFiles) -> None:
        """Remember them."""
        self.published.append(files)
