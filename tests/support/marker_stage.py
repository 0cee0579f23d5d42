"""Runs that use `once` against the sandbox: each a process of its own, with its own clock, that can die at any call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from action_patterns.action import Finish
from action_patterns.actions.once import OnceInputs, OnceOutputs, run
from action_patterns.github_api.gateway import Gateway
from action_patterns.ports import Allowance, Credentials, GitHub, Ports
from action_patterns.state.marker import NAMESPACE, Marker, read
from support.harness import TroubledTransport, Weather
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.stage import TARGET, DyingTransport, Moment, Said, Stage, VirtualClock

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class LaterClock(VirtualClock):
    """A clock that starts later than now, or than a given time."""

    def __init__(self, later: timedelta, start: datetime | None = None) -> None:
        super().__init__()
        self._now = (start or self._now) + later


def once(
    scene: Stage,
    mode: str,
    *,
    run_id: int = 70_001,
    attempt: int = 1,
    later: timedelta = timedelta(),
    start: datetime | None = None,
    call: int = 0,
    moment: Moment = "before",
    meanwhile: Mapping[int, Callable[[], object]] | None = None,
    weather: Weather | None = None,
    token: str = "tok-bot",
    workspace: Mapping[str, str] | None = None,
    **inputs: Any,
) -> Finish[OnceOutputs]:
    """One step of one run. `later`: how long after `start` (now) it happens."""
    clock, said = LaterClock(later, start), Said()
    context = replace(scene.context, run_id=run_id, run_attempt=attempt)

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        if weather is not None:
            return Gateway(TroubledTransport(context, scene.sandbox, weather))
        transport = DyingTransport(
            context, call=call, moment=moment, token=credentials.token, clock=clock, log=said, meanwhile=meanwhile
        )
        scene.transport = transport
        return Gateway(transport)

    ports = Ports(context, connect, MemoryCheckout(), MemoryFiles(workspace), clock, said)
    given = {"operation": "announce", "values": "v1.0.0", "repository": TARGET, "token": token} | inputs
    return run(OnceInputs(mode=mode, **given), ports)  # type: ignore[arg-type]


def markers(scene: Stage) -> dict[str, Marker]:
    """Every marker of the target, by the name of its ref."""
    repository = scene.sandbox.repository(TARGET)
    return {name: read(repository.commit(oid).message, name=name) for name, oid in repository.refs(NAMESPACE).items()}


def the_marker(scene: Stage) -> Marker:
    """The only one."""
    (found,) = markers(scene).values()
    return found
