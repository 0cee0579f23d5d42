"""Runs of track against the sandbox, and the reports they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from action_patterns.actions.track import TrackInputs, run
from action_patterns.contracts import Exclusion, RunReport
from action_patterns.github_api.client import Client
from action_patterns.report.model.aggregate import aggregate
from github_sandbox.model import Issue
from support.memory_ports import MemoryFiles, MemoryLog, World
from support.report_builders import context, plan, record
from support.stage import TARGET, DyingTransport, Stage

NAMES = ("acme/a", "acme/b", "acme/c")


def report_of(
    outcomes: Mapping[str, str] | None, run_number: int = 412, *, left_out: Sequence[str] = (), **reasons: str
) -> RunReport:
    """The report of a run with these outcomes by target. None: it had no plan. `reasons` by the target's name."""
    here = context(run_id=run_number + 1_000_000, run_number=run_number, run_attempt=1)
    if outcomes is None:
        return aggregate(None, (), here, name="sync-files")
    excluded = tuple(Exclusion(repository=name, reason="not-in-only") for name in left_out)
    roster = plan(*outcomes, plan_id=f"{here.run_id}-1-0f0f0f0f0f0f", excluded=excluded)
    records = []
    for index, (name, outcome) in enumerate(outcomes.items()):
        reason = reasons.get(name.partition("/")[2])
        changes = {"plan_id": roster.plan_id} | ({"reason": reason} if reason else {})
        records += [record(index, name, outcome, **changes)] if outcome != "missing" else []
    return aggregate(roster, records, here)


@dataclass(frozen=True)
class Tracked:
    """The end of one step."""

    outcome: str
    url: str
    log: tuple[str, ...]


def track(
    scene: Stage, report: RunReport, *, token: str = "tok-bot", repository: str = TARGET, **inputs: Any
) -> Tracked:
    """Run the step once."""
    here = replace(scene.context, repository=repository, **inputs.pop("run", {}))
    transport = DyingTransport(here, token=token)
    log = MemoryLog()
    world = World(files=MemoryFiles({"run-report.json": report.encode()}), context=here, log=log)
    ports = replace(world.ports(), github=lambda credentials, allowance: Client(transport))
    outputs = run(TrackInputs(report="run-report.json", token=token, **inputs), ports).outputs
    return Tracked(outputs.outcome, outputs.url, tuple(log.lines))


def issues(scene: Stage, repository: str = TARGET) -> dict[int, Issue]:
    found = scene.sandbox.world.repository(repository)
    assert found is not None
    return found.contents.issues


def states(scene: Stage, repository: str = TARGET) -> dict[int, str]:
    return {number: issue.state for number, issue in issues(scene, repository).items()}
