"""Runs that use `ensure` and `cancel-superseded` against the sandbox: each a process with its own client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions import ensure as ensure_action
from action_patterns.actions.ensure.interface import EnsureInputs, EnsureOutputs
from action_patterns.github_api.client import Client
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from support.harness import FaultPlan, FaultyTransport
from support.memory_ports import MemoryFiles, World
from support.stage import TARGET, DyingTransport, Meanwhile, Moment, Stage, VirtualClock

PERSON = {"login": "bot", "kind": "pat", "permission": "admin", "repositories": "all"}
SEED: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot", "alice"]}},
    "users": ["alice", "bot", "mallory"],
    "tokens": {"tok-bot": PERSON, "ghs_narrow": {"login": "app[bot]", "kind": "installation", "permissions": {}}},
    "repositories": [{"name": TARGET, "files": {"README.md": "# api\n"}, "private": True}],
}
"""A private repository: to read what is public takes no permission."""


def ports(
    scene: Stage,
    context: Context,
    *,
    call: int = 0,
    moment: Moment = "before",
    meanwhile: Meanwhile | None = None,
    plan: FaultPlan | None = None,
    workspace: Mapping[str, str] | None = None,
) -> Ports:
    """Return the ports of one run."""
    clock = scene.clock or VirtualClock()

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        if plan is not None:
            return Client(FaultyTransport(context, scene.sandbox, plan))
        scene.transport = DyingTransport(
            context,
            call=call,
            moment=moment,
            token=credentials.token,
            clock=clock,
            log=scene.said,
            allowance=allowance,
            meanwhile=meanwhile,
        )
        return Client(scene.transport)

    world = World(files=MemoryFiles(workspace), context=context)
    return replace(world.ports(), github=connect, clock=clock, log=scene.said)


def ensure(
    scene: Stage,
    kind: str,
    name: str,
    *,
    token: str = "tok-bot",
    call: int = 0,
    moment: Moment = "before",
    meanwhile: Meanwhile | None = None,
    plan: FaultPlan | None = None,
    workspace: Mapping[str, str] | None = None,
    **inputs: Any,
) -> Finish[EnsureOutputs]:
    """One step of one run of the target's own workflow, at the tip of its default branch."""
    exists = scene.sandbox.world.repository(TARGET) is not None
    tip = (exists and scene.sandbox.repository(TARGET).tip()) or "0" * 40
    context = replace(scene.context, repository=TARGET, sha=tip)
    if inputs.get("commit") == "tip":
        inputs = inputs | {"commit": tip}
    opened = ports(scene, context, call=call, moment=moment, meanwhile=meanwhile, plan=plan, workspace=workspace)
    return ensure_action.run(EnsureInputs(kind=kind, name=name, token=token, **inputs), opened)


def said(finish: Finish[EnsureOutputs]) -> tuple[str, str, str]:
    """Return outcome, reason and whether it exists."""
    return finish.outputs.outcome, finish.outputs.reason, finish.outputs.exists


DESIRED: dict[str, tuple[str, dict[str, Any]]] = {
    "branch": ("release/1", {}),
    "tag": ("v1", {}),
    "release": ("v1.0.0", {"title": "One", "body": "Text\n"}),
    "label": ("Über/bug? #1", {"color": "#0366D6", "description": "Broken"}),
    "milestone": ("Q1 2026", {"due_on": "2026-01-31", "description": "First"}),
    "environment": ("prod/eu", {"wait_timer": 5}),
}
"""One of each kind: its key, and inputs."""
DRAFT: tuple[str, dict[str, Any]] = ("v2", {"draft": True, "title": "Two"})
CREATES = {
    "branch": "/git/refs",
    "tag": "/git/refs",
    "release": "/releases",
    "label": "/labels",
    "milestone": "/milestones",
}
"""End of the path that a creation posts to."""
COLLECTIONS = {
    "branch": "/git/(ref|matching-refs)/",
    "tag": "/git/(ref|matching-refs)/",
    "release": "/releases",
    "label": "/labels",
    "milestone": "/milestones",
    "environment": "/environments",
}
"""Routes of the thing and of its neighbours, as regular expressions."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """How it came about, and what is ensured now."""

    kind: str
    key: str
    inputs: dict[str, Any]
    before: Callable[[Stage], Any] = lambda _: None


def _moved(scene: Stage) -> None:
    """A branch that is behind: main went on."""
    repository = scene.sandbox.repository(TARGET)
    repository.set_branch("release/1", repository.tip() or "")
    repository.commit_files("main", {"more.txt": "x\n"})


CASES: dict[str, Situation] = {
    **{f"create {kind}": Situation(kind=kind, key=key, inputs=inputs) for kind, (key, inputs) in DESIRED.items()},
    "create draft": Situation(kind="release", key=DRAFT[0], inputs=DRAFT[1]),
    **{
        f"update {kind}": Situation(
            kind=kind,
            key=key,
            inputs=inputs,
            before=lambda scene, kind=kind, key=key: ensure(scene, kind, key),  # type: ignore[misc]
        )
        for kind, (key, inputs) in DESIRED.items()
        if kind in ("label", "milestone", "environment")
    },
    "move branch": Situation(kind="branch", key="release/1", inputs={"commit": "tip"}, before=_moved),
}
"""Everything that ensure writes."""
