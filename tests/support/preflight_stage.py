"""Runs of preflight, in memory or against the sandbox: each a process with its own client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from action_patterns.action.contract import Finish
from action_patterns.actions.preflight import run
from action_patterns.actions.preflight.interface import PreflightInputs, PreflightOutputs
from action_patterns.github_api.client import Client
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from support.in_process import StageTransport
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryFiles, World
from support.memory_processes import Answer, MemoryProcesses
from support.stage import JOB_TOKEN, TARGET, RecordingLog, Stage, VirtualClock

CLIENT_ID = "Iv23liFLEET"


@dataclass
class Preflight:
    """One run of the gate, and all it touched."""

    finish: Finish[PreflightOutputs]
    machine: MemoryMachine
    files: MemoryFiles
    log: RecordingLog
    opened: int
    """How often GitHub was opened."""

    @property
    def results(self) -> dict[str, dict[str, str]]:
        """The rows of the output, by check."""
        return {row["check"]: row for row in json.loads(self.finish.outputs.results)}

    @property
    def answers(self) -> dict[str, str]:
        return {name: row["answer"] for name, row in self.results.items()}

    def only(self) -> dict[str, str]:
        """The one row."""
        (row,) = self.results.values()
        return row


@dataclass
class Runner:
    """The job that preflight runs in."""

    scene: Stage | None = None
    machine: MemoryMachine = field(default_factory=MemoryMachine)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    commands: tuple[Answer, ...] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)
    context: Mapping[str, Any] = field(default_factory=dict)

    def preflight(
        self, checks: str, *, token: str = "tok-bot", app: bool = False, offset: float = 0.0, **inputs: Any
    ) -> Preflight:
        """Run the list. `app`: the key of the sandbox's App, and no token. `offset`: the runner's clock is so many
        seconds ahead.
        """
        scene, log = self.scene, RecordingLog()
        opened = 0
        world = World(files=self.files, machine=self.machine, processes=MemoryProcesses(self.commands))
        if scene is not None:
            world.context = replace(scene.context, repository=TARGET)
        world.context = replace(world.context, **self.context)
        clock = self.clock

        def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
            nonlocal opened
            opened += 1
            assert scene is not None, "a list without GitHub opens none"
            return Client(StageTransport(credentials, world.context, clock, log, allowance))

        ports = replace(world.ports(), github=connect, log=log, clock=Ahead(clock, offset))
        given: dict[str, Any] = {"job_token": JOB_TOKEN} | inputs
        if app:
            assert scene is not None
            given |= {"app_client_id": CLIENT_ID, "app_private_key": scene.sandbox.app("fleet").private_key}
        else:
            given["token"] = token
        with pytest.MonkeyPatch.context() as patch:
            if app:  # it signs by GitHub's clock
                patch.setattr("github.Auth.time", SimpleNamespace(time=lambda: clock.now().timestamp()))
            finish = run(PreflightInputs(checks=checks, **given), ports)
        return Preflight(finish, self.machine, self.files, log, opened)


class Ahead(VirtualClock):
    """The clock of a runner that is wrong."""

    def __init__(self, right: VirtualClock, seconds: float) -> None:
        super().__init__()
        self._right, self._by = right, timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self._right.now() + self._by

    def monotonic(self) -> float:
        return self._right.monotonic()

    def sleep(self, seconds: float) -> None:
        self._right.sleep(seconds)
