"""Runs that use `state` against the sandbox: each a process with its own client, whose clock may be wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.state import run
from action_patterns.actions.state.interface import StateInputs, StateOutputs
from action_patterns.github_api.client import Client
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.runner.directory_store import DirectoryStore
from action_patterns.state.record import read
from action_patterns.state.values import ValueRecord
from support.harness import FaultPlan, FaultyTransport
from support.interleaving import TakingTurns, Turns
from support.marker_stage import LaterClock
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.memory_processes import MemoryProcesses
from support.stage import TARGET, DyingTransport, Meanwhile, Moment, RecordingLog, Stage


@dataclass
class Runner:
    """The part of a run that its steps share."""

    run_id: int = 70_001
    attempt: int = 1
    wrong_by: timedelta = timedelta()
    """How far its clock is ahead of the time that the sandbox began at."""
    files: MemoryFiles = field(default_factory=MemoryFiles)


def state(
    scene: Stage,
    mode: str,
    *,
    runner: Runner | None = None,
    call: int = 0,
    moment: Moment = "before",
    meanwhile: Meanwhile | None = None,
    plan: FaultPlan | None = None,
    turns: tuple[Turns, int] | None = None,
    token: str = "tok-bot",
    **inputs: Any,
) -> Finish[StateOutputs]:
    """One step of one run. `value` and `default` are given as Python values."""
    runner = runner or Runner()
    clock, log = LaterClock(runner.wrong_by), RecordingLog()
    context = replace(scene.context, run_id=runner.run_id, run_attempt=runner.attempt)

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        if plan is not None:
            return Client(FaultyTransport(context, scene.sandbox, plan))
        if turns is not None:
            assert scene.clock is not None, "both runs and GitHub share one time"
            return Client(TakingTurns(context, scene.clock, *turns))
        scene.transport = DyingTransport(
            context, call=call, moment=moment, token=credentials.token, clock=clock, log=log, meanwhile=meanwhile
        )
        return Client(scene.transport)

    ports = Ports(
        context=context,
        github=connect,
        checkout=MemoryCheckout(),
        files=runner.files,
        processes=MemoryProcesses(),
        machine=MemoryMachine(),
        clock=clock,
        log=log,
        random=lambda: 0.5,
        directory=DirectoryStore,
    )
    as_text = {name: json.dumps(inputs.pop(name)) for name in ("value", "default") if name in inputs}
    given: dict[str, Any] = {"repository": TARGET, "token": token} | as_text | inputs
    if mode not in ("list", "clean"):
        given.setdefault("key", "cursor")
    return run(StateInputs(mode=mode, **given), ports)


def value_of(finish: Finish[StateOutputs]) -> Any:
    """Return the output `value` as a Python value."""
    assert finish.outputs.value is not None
    return json.loads(finish.outputs.value)


def stored(scene: Stage) -> Mapping[str, Any]:
    """Return every value of the target by its key, as its ref holds it."""
    repository = scene.sandbox.repository(TARGET)
    records = [
        read(ValueRecord, repository.commit(oid).message, name=name)
        for name, oid in repository.refs(ValueRecord.namespace()).items()
        if not repository.commit(oid).message.startswith(TOMBSTONE)
    ]
    return {record.key: record.value for record in records}
