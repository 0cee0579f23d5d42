"""Runs that use `ledger` against the sandbox: each a process with its own client, whose clock may be wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.ledger import run
from action_patterns.actions.ledger.interface import LedgerInputs, LedgerOutputs
from action_patterns.github_api.client import Client
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.runner.directory_store import DirectoryStore
from action_patterns.state.ledger.record import Entry, LedgerRecord
from action_patterns.state.record import read
from support.harness import FaultPlan, FaultyTransport
from support.interleaving import TakingTurns, Turns
from support.lock_stage import LockStage, Time
from support.marker_stage import LaterClock
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.memory_processes import MemoryProcesses
from support.stage import TARGET, DyingTransport, Meanwhile, Moment, RecordingLog, Stage

ITEMS = tuple(f"item-{number:02}" for number in range(40))
OPERATION = "nightly"
DIGEST = "content-1"


@dataclass
class Runner:
    """The part of a run that its steps share."""

    run_id: int = 70_001
    attempt: int = 1
    wrong_by: timedelta = timedelta()
    """How far its clock is ahead of the time that the sandbox began at."""
    files: MemoryFiles = field(default_factory=MemoryFiles)
    random: float = 0.5


def ledger(
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
) -> Finish[LedgerOutputs]:
    """One step of one run. `targets` and `results` are given as Python values."""
    runner = runner or Runner()
    clock, log = LaterClock(runner.wrong_by), RecordingLog()
    context = replace(scene.context, repository=TARGET, run_id=runner.run_id, run_attempt=runner.attempt)

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

    draws = iter(range(1_000_000))
    ports = Ports(
        context=context,
        github=connect,
        checkout=MemoryCheckout(),
        files=runner.files,
        processes=MemoryProcesses(),
        machine=MemoryMachine(),
        directory=DirectoryStore,
        clock=clock,
        log=log,
        random=lambda: (runner.random + next(draws) / 1_000) % 1,
    )
    as_text = {name: json.dumps(inputs.pop(name)) for name in ("targets", "results") if name in inputs}
    given: dict[str, Any] = {"repository": TARGET, "token": token} | as_text | inputs
    if mode != "clean":
        given.setdefault("operation", OPERATION)
    if mode == "claim" and "digest" not in given and not str(given.get("targets")).startswith("{"):
        given["digest"] = DIGEST
    return run(LedgerInputs(mode=mode, **given), ports)


def claim(scene: Stage, targets: Iterable[str] = ITEMS, **given: Any) -> LedgerOutputs:
    """Claim targets. Returns the outputs."""
    return ledger(scene, "claim", targets=list(targets), **given).outputs


def finish(scene: Stage, claim: str | None, results: Mapping[str, Any], **given: Any) -> LedgerOutputs:
    """Finish targets with their outcomes. Returns the outputs."""
    return ledger(scene, "finish", claim=claim, results=dict(results), **given).outputs


def names(text: str | None) -> list[str]:
    """Return the names of an output, a list of names or of objects with names."""
    return [each["target"] if isinstance(each, dict) else each for each in json.loads(text or "[]")]


def has_run(scene: Stage, run_id: int, *, status: str, attempt: int = 1) -> None:
    """Let GitHub know a run."""
    LockStage(scene, Time(())).has_run(run_id, status=status, attempt=attempt)


def stored(scene: Stage, operation: str = "") -> dict[str, Entry]:
    """Return every target by name, as the documents hold it. `operation`: how the names of the operations begin."""
    repository = scene.sandbox.repository(TARGET)
    entries: dict[str, Entry] = {}
    for name, oid in repository.refs(LedgerRecord.namespace() + operation).items():
        entries |= read(LedgerRecord, repository.commit(oid).message, name=name).entries()
    return entries


def states(scene: Stage) -> dict[str, str]:
    """Return the state of every target."""
    return {name: entry.state for name, entry in stored(scene).items()}
