"""Runs that use `once` against the sandbox: each a process of its own, with its own clock, that can die at any call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.once import run
from action_patterns.actions.once.interface import OnceInputs, OnceOutputs
from action_patterns.github_api.client import Client
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.runner.directory_store import DirectoryStore
from action_patterns.state.once import OnceRecord
from action_patterns.state.record import read
from support.harness import FaultPlan, FaultyTransport
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.memory_processes import MemoryProcesses
from support.stage import TARGET, DyingTransport, Meanwhile, Moment, RecordingLog, Stage, VirtualClock

NO_CLAIM = "0" * 16

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class LaterClock(VirtualClock):
    """A clock that starts later than now, or than a given time."""

    def __init__(self, later: timedelta, start: datetime | None = None) -> None:
        super().__init__()
        self._now = (start or self._now) + later


class LaterGitHub:
    """GitHub's clock, later than it is."""

    def __init__(self, clock: Callable[[], float], later: timedelta) -> None:
        self.clock, self.later = clock, later

    def __call__(self) -> float:
        return self.clock() + self.later.total_seconds()


@contextmanager
def github_is(later: timedelta, scene: Stage) -> Iterator[None]:
    """Let GitHub's clock be that much later than the scene's. Zero: it stays as it is."""
    if not later:
        yield
        return
    services, world = scene.sandbox.services, scene.sandbox.world
    kept = services.clock
    services.clock = world.clock = LaterGitHub(kept.clock if isinstance(kept, LaterGitHub) else kept, later)
    try:
        yield
    finally:
        services.clock = world.clock = kept


def once(
    scene: Stage,
    mode: str,
    *,
    run_id: int = 70_001,
    attempt: int = 1,
    later: timedelta = timedelta(),
    wrong_by: timedelta = timedelta(),
    start: datetime | None = None,
    call: int = 0,
    moment: Moment = "before",
    meanwhile: Meanwhile | None = None,
    plan: FaultPlan | None = None,
    token: str = "tok-bot",
    workspace: Mapping[str, str] | None = None,
    **inputs: Any,
) -> Finish[OnceOutputs]:
    """One step of one run. `later`: how long after `start` (now) it happens. `wrong_by`: how far its clock is ahead."""
    clock, said = LaterClock(later + wrong_by, start), RecordingLog()
    context = replace(scene.context, run_id=run_id, run_attempt=attempt)

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        if plan is not None:
            return Client(FaultyTransport(context, scene.sandbox, plan))
        transport = DyingTransport(
            context, call=call, moment=moment, token=credentials.token, clock=clock, log=said, meanwhile=meanwhile
        )
        scene.transport = transport
        return Client(transport)

    ports = Ports(
        context=context,
        github=connect,
        checkout=MemoryCheckout(),
        files=MemoryFiles(workspace),
        processes=MemoryProcesses(),
        machine=MemoryMachine(),
        clock=clock,
        log=said,
        random=lambda: 0.5,
        directory=DirectoryStore,
    )
    given = {"operation": "announce", "values": "v1.0.0", "repository": TARGET, "token": token} | inputs
    if mode in ("complete", "fail") and "claim" not in given:
        given["claim"] = scene.claims.get((run_id, given["values"]), NO_CLAIM)
    with github_is(later, scene):
        finish = run(OnceInputs(mode=mode, **given), ports)
    if finish.outputs.claim:
        scene.claims[run_id, given["values"]] = finish.outputs.claim
    return finish


def markers(scene: Stage) -> dict[str, OnceRecord]:
    """Every marker of the target, by the name of its ref."""
    repository = scene.sandbox.repository(TARGET)
    return {
        name: read(OnceRecord, repository.commit(oid).message, name=name)
        for name, oid in repository.refs(OnceRecord.namespace()).items()
        if not repository.commit(oid).message.startswith(TOMBSTONE)
    }


def the_marker(scene: Stage) -> OnceRecord:
    """The only one."""
    (found,) = markers(scene).values()
    return found
