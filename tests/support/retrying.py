"""retry in memory: commands end as a test says, on a virtual clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from action_patterns.action.contract import Finish
from action_patterns.actions.retry import run
from action_patterns.actions.retry.interface import RetryInputs, RetryOutputs
from action_patterns.ports.processes import Command, Ended, StepFiles
from support.memory_ports import MemoryLog, World
from support.memory_processes import Answer, MemoryProcesses
from support.report_builders import context
from support.stage import VirtualClock

WORK = "./deploy"
PROBE = "./is-deployed"
FETCH_FIRST = " ! [rejected]        main -> main (fetch first)\n"


def ended(exit_code: int = 0, output: str = "", *, seconds: float = 1.0, **fields: Any) -> Ended:
    """Return a command that ended. `outputs` are those of its GITHUB_OUTPUT."""
    outputs = fields.pop("outputs", {})
    files = fields.pop("files", StepFiles(outputs=outputs))
    return Ended(exit_code=exit_code, output=output, seconds=seconds, files=files, **fields)


def http(status: int, *headers: str, seconds: float = 1.0) -> Ended:
    """Return a `curl --include --fail` that got this status."""
    if status < 400:
        return ended(seconds=seconds)
    lines = (f"HTTP/2 {status} ", *headers, "", f"curl: (22) The requested URL returned error: {status}")
    return ended(22, "\n".join(lines) + "\n", seconds=seconds)


@dataclass
class Retried:
    """A step that ended."""

    finish: Finish[RetryOutputs]
    world: World

    @property
    def outputs(self) -> RetryOutputs:
        return self.finish.outputs

    @property
    def commands(self) -> list[Command]:
        return self.world.processes.commands

    @property
    def scripts(self) -> list[str]:
        """What ran, in order."""
        return [command.script for command in self.commands]

    @property
    def waits(self) -> list[float]:
        return self.clock.slept

    @property
    def clock(self) -> VirtualClock:
        return cast("VirtualClock", self.world.clock)

    @property
    def ended(self) -> tuple[int, int, str, str]:
        """Exit code of the step, attempts, class and reason."""
        given = self.outputs
        return self.finish.exit_code, given.attempts, given.class_, given.reason

    @property
    def said(self) -> str:
        """Everything that a person reads."""
        notes = (f"{each.level}: {each.title}\n{each.message}" for each in self.finish.annotations)
        return "\n".join((self.finish.summary, *notes, *self.world.log.lines))

    @property
    def levels(self) -> list[str]:
        return [each.level for each in self.finish.annotations]


@dataclass
class Stage:
    """A step before it runs."""

    answers: tuple[Answer, ...]
    random: float = 0.5
    run_attempt: int = 1
    secrets: tuple[str, ...] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)

    def world(self) -> World:
        return World(
            processes=MemoryProcesses(self.answers, clock=self.clock),
            clock=cast("Any", self.clock),
            context=context(run_attempt=self.run_attempt),
            log=MemoryLog(secrets=self.secrets),
            random=self.random,
        )


def retried(*answers: Answer, stage: dict[str, Any] | None = None, **inputs: Any) -> Retried:
    """Run the action with these inputs. Each command gets the next answer."""
    world = Stage(answers, **(stage or {})).world()
    return Retried(run(RetryInputs(**({"run": WORK} | inputs)), world.ports()), world)
