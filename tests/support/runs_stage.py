"""Runs that use `cancel-superseded` against the sandbox, each a process with its own client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions import cancel_superseded
from action_patterns.actions.cancel_superseded.interface import CancelSupersededInputs, CancelSupersededOutputs
from github_sandbox.model import WorkflowRun
from support.ensure_stage import ports
from support.harness import FaultPlan
from support.stage import TARGET, Meanwhile, Moment, Stage

SEED: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot"]}},
    "users": ["bot", "mallory"],
    "tokens": {
        "tok-bot": {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"},
        "ghs_read": {"login": "app[bot]", "kind": "installation", "permissions": {"actions": "read"}},
        "ghs_write": {"login": "app[bot]", "kind": "installation", "permissions": {"actions": "write"}},
    },
    "repositories": [
        {"name": TARGET, "files": {"README.md": "# api\n"}, "private": True},
        {"name": "mallory/api", "fork": TARGET},
    ],
}


def add(scene: Stage, number: int, status: str = "queued", **fields: Any) -> WorkflowRun:
    """Add a run of the workflow, whose id follows from its number."""
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    given: dict[str, Any] = {
        "id": 70_000 + number,
        "name": "CI",
        "event": "push",
        "branch": "main",
        "head_oid": repository.tip("main"),
        "actor": repository.owner,
        "created_at": scene.sandbox.world.clock() - 10_000 + number,
        "conclusion": "success" if status == "completed" else None,
    }
    run = WorkflowRun(number=number, status=status, **(given | fields))
    repository.contents.runs.append(run)
    return run


def cancel(
    scene: Stage,
    number: int,
    *,
    attempt: int = 1,
    token: str = "tok-bot",
    call: int = 0,
    moment: Moment = "before",
    meanwhile: Meanwhile | None = None,
    plan: FaultPlan | None = None,
    from_fork: bool = False,
    **inputs: Any,
) -> Finish[CancelSupersededOutputs]:
    """One step of the run of this number."""
    context = replace(
        scene.context,
        repository=TARGET,
        run_id=70_000 + number,
        run_number=number,
        run_attempt=attempt,
        from_fork=from_fork,
    )
    opened = ports(scene, context, call=call, moment=moment, meanwhile=meanwhile, plan=plan)
    return cancel_superseded.run(CancelSupersededInputs(token=token, **inputs), opened)


def cancelled(scene: Stage) -> list[int]:
    """Return the numbers of the cancelled runs."""
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    return sorted(run.number for run in repository.contents.runs if run.conclusion == "cancelled")


def said(finish: Finish[CancelSupersededOutputs]) -> tuple[str, str, int, int]:
    """Return outcome, reason, and the numbers of cancelled and of left runs."""
    return finish.outputs.outcome, finish.outputs.reason, finish.outputs.count, finish.outputs.left
