"""A process is killed while it waits for a limit: the next one writes to the unfinished targets and to no other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.github_api.client import Client
from action_patterns.pull_request.upsert import Assignment, upsert
from github_sandbox import Fault
from support.stage import FLEET, FULL, DyingTransport, Killed, RecordingLog, Stage, VirtualClock, desired_state, stage

NAMES = ("acme/api", "acme/web", "acme/docs")
KINDS: dict[str, dict[str, Any]] = {
    "secondary_limit": {"retry_after_seconds": 90},
    "primary_limit": {"reset_in_seconds": 20 * 60},
}


class Doomed(VirtualClock):
    """The machine goes away in the first wait that is longer than a minute."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if seconds > 60:
            raise Killed


def run(scene: Stage, clock: VirtualClock, names: tuple[str, ...] = NAMES) -> list[TargetResult]:
    """One leg with these targets, one after the other."""
    scene.forget()
    gateway = Client(DyingTransport(scene.context, clock=clock, log=RecordingLog()))
    return [
        upsert(
            desired_state(**FULL),
            Assignment(plan_id="plan-1", index=index, attempt=1, repository=name),
            gateway,
            clock,
            dry_run=False,
        )
        for index, name in enumerate(names)
    ]


def seed() -> dict[str, Any]:
    first, *_ = FLEET["repositories"]
    return {**FLEET, "repositories": [{**first, "name": name} for name in NAMES]}


def writes(scene: Stage) -> Counter[str]:
    """Return the number of REST writes by target."""
    return Counter(
        name
        for record in scene.sandbox.requests
        for name in NAMES
        if record.kind == "write" and record.path.startswith(f"/repos/{name}/")
    )


@pytest.mark.parametrize("operation", ["git/create-tree", "pulls/create", "issues/update"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_next_run_begins_with_what_is_left(kind: str, operation: str) -> None:
    with stage(seed()) as scene:
        run(scene, VirtualClock(), NAMES[:1])
        scene.sandbox.faults.add(Fault.of(kind, operation=operation, **KINDS[kind]))
        with pytest.raises(Killed):
            run(scene, Doomed())
        scene.sandbox.faults.clear()
        results = run(scene, VirtualClock())
        assert results[0].outcome == "unchanged"
        assert {result.outcome for result in results} <= {"unchanged", "created", "updated"}
        assert results[0].usage.writes == 0
        assert writes(scene)[NAMES[0]] == 0
        assert writes(scene)[NAMES[2]] > 0
        if scene.has_graphql:
            assert results[0].usage.requests == 1
        assert [len(scene.sandbox.repository(name).pulls()) for name in NAMES] == [1, 1, 1]

        # Narrowed to the unfinished targets, the others cost no call.
        again = run(scene, VirtualClock(), NAMES[1:])
        assert {result.outcome for result in again} == {"unchanged"}
        assert not [record for record in scene.sandbox.requests if f"/repos/{NAMES[0]}" in record.path]
