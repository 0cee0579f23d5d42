"""A step of degrade in memory: commands end as a test says, on a virtual clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

from action_patterns.action.contract import Finish
from action_patterns.actions.degrade import run
from action_patterns.actions.degrade.interface import DegradeInputs, DegradeOutputs
from action_patterns.ports.log import Annotation
from action_patterns.ports.processes import Command, Ended, StepFiles
from support.memory_ports import MemoryLog, StillClock, World
from support.memory_processes import Answer, MemoryProcesses
from support.stage import VirtualClock

THREE = """
- run: best
  validate: check best
- run: good
  validate: check good
- run: safe
  validate: check safe
"""
"""Three tiers with their default names."""

WELL = Ended(exit_code=0, seconds=1.0)
FAILED = Ended(exit_code=3, seconds=1.0, output="line one\nno such mirror\n")
KILLED = Ended(exit_code=137, seconds=1.0)
HANGS = Ended(exit_code=0, seconds=10**9)


def wrote(**outputs: str) -> Ended:
    """Return a command that ended well and wrote outputs."""
    return Ended(exit_code=0, seconds=1.0, files=StepFiles(outputs=outputs, summary=b"wrote\n"))


@dataclass
class RecordingProcesses(MemoryProcesses):
    """Remembers how each command ended, its timeout considered."""

    ended: list[Ended] = field(default_factory=list)

    def run(self, command: Command) -> Ended:
        self.ended.append(super().run(command))
        return self.ended[-1]


@dataclass
class DegradeStage:
    """One step, the commands it ran, and how it ended."""

    processes: RecordingProcesses
    log: MemoryLog
    finish: Finish[DegradeOutputs]
    scripts: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.scripts = [command.script for command in self.processes.commands]

    @property
    def outputs(self) -> DegradeOutputs:
        return self.finish.outputs

    @property
    def errors(self) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", json.loads(self.finish.outputs.errors))

    @property
    def commands(self) -> list[Command]:
        return self.processes.commands

    @property
    def annotation(self) -> Annotation:
        (only,) = self.finish.annotations
        return only


def degrade(
    *answers: Answer,
    tiers: str = THREE,
    secrets: tuple[str, ...] = (),
    all_used: bool = True,
    clock: VirtualClock | None = None,
    **inputs: Any,
) -> DegradeStage:
    """Run the step. `all_used`: it runs as many commands as there are answers."""
    processes, log = RecordingProcesses(answers, clock or VirtualClock()), MemoryLog(secrets=secrets)
    world = World(processes=processes, log=log, clock=cast("StillClock", processes.clock))
    finish = run(DegradeInputs(tiers=tiers, **inputs), world.ports())
    assert not all_used or len(processes.commands) == len(answers), "an answer is left"
    return DegradeStage(processes, log, finish)
