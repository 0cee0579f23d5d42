"""Faults at any call of a run, and what must hold afterwards: the harness behind the idempotency proofs.

A `Case` is a situation and what is desired of it. `assert_recovers` plays it, has chosen calls meet faults, runs again,
and compares the end with that of one clean run. Calls are counted from 1 over all runs of a proof, so that a fault can
follow a fault into the run after a killed one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import requests

from action_patterns.contracts import TargetResult
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.upsert import Assignment, upsert
from github_sandbox import Sandbox
from github_sandbox.faults import Fault as SandboxFault
from support import sample
from support.editions import has_graphql, has_leases
from support.in_process import StageTransport
from support.stage import FLEET, TARGET, Killed, RecordingLog, Stage, VirtualClock, stage

Send = Callable[[], Response]
Meeting = Callable[[Send, Sandbox], Response]


def _killed_before(send: Send, sandbox: Sandbox) -> Response:
    raise Killed


def _killed_after(send: Send, sandbox: Sandbox) -> Response:
    send()
    raise Killed


def _timeout_before(send: Send, sandbox: Sandbox) -> Response:
    raise requests.ReadTimeout


def _timeout_after(send: Send, sandbox: Sandbox) -> Response:
    send()
    raise requests.ReadTimeout


def _fault(kind: str, **arguments: Any) -> Meeting:
    def meet(send: Send, sandbox: Sandbox) -> Response:
        with sandbox.faults.during(SandboxFault.of(kind, **arguments)) as (fault,):
            try:
                return send()
            finally:
                assert fault.hits == 1, f"{kind} did not strike"

    return meet


_NO_WRITES = ("", "Observe", "Files", "git/get-commit", "git/get-tree")
READS = ("Observe", "Get")
GRAPHQL = ("Observe", "UpdateRefs")


@dataclass(frozen=True)
class Fault:
    """One way in which a call can go wrong."""

    meet: Meeting
    only: tuple[str, ...] | None = None
    """The calls it can happen to; None = any."""
    misleads: bool = False
    """GitHub told the run something untrue: what it did cannot be the end, only the next run's can."""
    disowns: bool = False
    """GitHub answers as if another account had done it: the record may say `updated`, or `unchanged`."""

    def can_hit(self, call: str) -> bool:
        return self.only is None or call in self.only


FAULTS = {
    "killed before": Fault(_killed_before),
    "killed after": Fault(_killed_after),
    "502 before": Fault(_fault("bad_gateway")),
    "502 after": Fault(_fault("bad_gateway", when="after")),
    "429": Fault(_fault("too_many", retry_after_seconds=30)),
    "secondary 403": Fault(_fault("secondary_limit", retry_after_seconds=60)),
    "secondary 403 without a time": Fault(_fault("secondary_limit", retry_after_seconds=None)),
    "reset before": Fault(_fault("connection_reset")),
    "reset after": Fault(_fault("connection_reset", when="after")),
    "timeout before": Fault(_timeout_before),
    "timeout after": Fault(_timeout_after),
    "truncated body": Fault(_fault("truncated_body")),
    "duplicate delivery": Fault(_fault("duplicate_delivery"), disowns=True),
    "stale read": Fault(_fault("stale_read"), only=READS, misleads=True),
    "something went wrong in a 200": Fault(_fault("graphql_timeout", status=200, when="after"), only=GRAPHQL),
}
KILLS = [name for name in FAULTS if name.startswith("killed")]
NO_KILLS = [name for name in FAULTS if name not in KILLS]
SECOND = (*KILLS, "502 before", "502 after", "429", "duplicate delivery", "stale read")
"""The faults that follow another in `make proof`."""
SAMPLE = 1
"""How many faults beside the kills meet each call in `make test`; the seed chooses them."""


@dataclass
class FaultPlan:
    """The faults to come, by number of call, and how many calls there were so far."""

    ahead: Mapping[int, str] = field(default_factory=dict)
    calls: int = 0
    met: list[str] = field(default_factory=list)

    def meet(self, send: Send, sandbox: Sandbox, call: str) -> Response:
        self.calls += 1
        name = self.ahead.get(self.calls)
        if name is None or not FAULTS[name].can_hit(call):
            return send()
        self.met.append(name)
        return FAULTS[name].meet(send, sandbox)

    @property
    def over(self) -> bool:
        return self.calls >= max(self.ahead, default=0)


class FaultyTransport(StageTransport):
    """A transport whose calls meet the planned faults."""

    def __init__(self, context: Context, sandbox: Sandbox, plan: FaultPlan) -> None:
        super().__init__(Credentials("tok-bot"), context, VirtualClock(), RecordingLog())
        self._sandbox, self._plan = sandbox, plan

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        call = "Get" if method == "GET" else "other"
        if isinstance(body, dict) and "query" in body:
            call = "UpdateRefs" if str(body["query"]).lstrip().startswith("mutation") else "Observe"
        return self._plan.meet(
            lambda: super(FaultyTransport, self).exchange(method, url, body, auth), self._sandbox, call
        )


def run(scene: Stage, asked_for: Desired, plan: FaultPlan) -> TargetResult | None:
    """One run, as one process would do it; None when it was killed."""
    transport = FaultyTransport(scene.context, scene.sandbox, plan)
    try:
        return upsert(
            asked_for,
            Assignment(plan_id="plan-1", index=0, attempt=1, repository=TARGET),
            Client(transport),
            VirtualClock(),
            dry_run=False,
        )
    except Killed:
        return None


@dataclass(frozen=True)
class Case:
    """How it came about, and what is desired now."""

    name: str
    before: Callable[[Stage], Any]
    desired_state: Desired
    calls: tuple[str, ...]
    """The calls of a clean run, by operation; asserted, so that no call is left out."""
    moves: str = "git/create-ref"
    """What moves the branch where there are no leases; "" = nothing does, as it would have to be deleted."""
    rests: str = "unchanged"
    """The outcome once there is nothing left to do."""
    without_graphql: tuple[str, ...] | None = None
    """The writes where some of `calls` are GraphQL's alone; what they would have done is reported as refused."""
    believes: tuple[str, ...] = ()
    """The editions in which a read that is out of date leads to another end: a pull request more, or one closed, or
    something that is no longer remembered as ours, or a branch that cannot be moved back. GitHub says of no read we
    decide by that it lags.
    """
    looks: int = 1
    """How many reads that takes: more than one where commits of others are kept."""
    seed: Callable[[], dict[str, Any]] = field(default=lambda: FLEET, compare=False)

    def __str__(self) -> str:
        return self.name

    def meets(self, fault: str, call: str, edition: str = "full") -> bool:
        """Return whether that fault can happen to that call, and should lead to the same end."""
        return FAULTS[fault].can_hit(call) and not (edition in self.believes and FAULTS[fault].misleads)

    def faults_at(self, number: int) -> list[str]:
        """Return the faults that call `number` meets in this run: every kill, and of the others a sample."""
        others = [name for name in NO_KILLS if self.meets(name, self.calls[number - 1])]
        return KILLS + sample.some(SAMPLE, others, self.name, number)

    def writes(self, edition: str) -> tuple[str, ...]:
        """Of a clean run. What it reads differs by edition, and is another matter."""
        calls = self.calls if self.without_graphql is None or has_graphql(edition) else self.without_graphql
        instead = {} if has_leases(edition) else {"UpdateRefs": self.moves}
        if not has_graphql(edition):
            instead["UpdatePullRequest"] = "pulls/update"
        there = (instead.get(call, call) for call in calls)
        return tuple(call for call in there if call not in _NO_WRITES)


@dataclass(frozen=True)
class Clean:
    """What one run without a fault leaves, says and asks."""

    before: Stage
    """As it was before that run."""
    state: dict[str, Any]
    result: TargetResult
    calls: tuple[str, ...]
    kinds: tuple[str, ...]
    """Of calls, as `Fault.only` names them."""
    writes: tuple[str, ...]


@cache
def clean_run(case: Case, edition: str = "full") -> Clean:
    """Played once in a process; every exchange is held against GitHub's published description."""
    with stage(case.seed(), edition=edition) as scene:
        case.before(scene)
        scene.forget()
        before = scene.kept()
        result = scene.upsert(case.desired_state)
        records = list(scene.sandbox.requests)
        calls = tuple(str(record.graphql_operation or record.operation or "POST /graphql") for record in records)
        kinds = tuple("Get" if record.method == "GET" else call for record, call in zip(records, calls, strict=True))
        writes = tuple(call for record, call in zip(records, calls, strict=True) if record.kind == "write")
        return Clean(before, state(scene), result, calls, kinds, writes)


def state(scene: Stage) -> dict[str, Any]:
    """The end state, without what differs from one sandbox to the next: its address, and ids that time is part of."""
    text = json.dumps(scene.sandbox.snapshot()).replace(scene.context.server_url, "")
    text = re.sub(r"#issuecomment-\d+", "#issuecomment", text)
    text = re.sub(r'(block\\*":\\*")[0-9a-f]{16}', r"\1hash", text)  # The block is compared itself.
    text = re.sub(r"(Seal: )[0-9a-f]{16}", r"\1seal", text)
    found: dict[str, Any] = json.loads(re.sub(r'(adopted\\*":\\*"|Kept"?: "?)[0-9a-f]{40}', r"\1oid", text))
    return found


def told(result: TargetResult) -> tuple[object, ...]:
    """What a record says of the end, whatever the way there was."""
    error = (result.error.category, result.error.remediation) if result.error else None
    return (result.pull_request_number, result.branch, result.refused_fields, error)


MAX_RUNS = 4


def assert_recovers(case: Case, faults: Mapping[int, str], edition: str = "full") -> int:
    """Play a case under faults (number of call -> name) and hold its end against a clean run's.

    A run that was neither killed nor misled reaches that end, and says what a clean run says. Where more than one fault
    meets it, it may give up instead, and says that it failed or was put off. One more run then ends where a clean run
    ends, and the run after that reads once and writes nothing.

    Returns:
        How many of the faults were met.
    """
    clean = clean_run(case, edition)
    plan = FaultPlan(faults)
    with stage(checked=False, edition=edition, as_kept=clean.before) as scene:
        for number in range(MAX_RUNS):
            before = len(plan.met)
            result = run(scene, case.desired_state, plan)
            met = plan.met[before:]
            if result is not None and not any(FAULTS[name].misleads for name in met):
                honest = len(faults) > 1 and result.outcome in ("failed", "deferred") and result.error is not None
                assert honest or state(scene) == clean.state, result
                if not honest and number == 0:
                    disowned = ("updated", "unchanged") if any(FAULTS[name].disowns for name in met) else ()
                    assert result.outcome in (clean.result.outcome, *disowned)
                    assert told(result) == told(clean.result)
            if plan.over:
                break
        assert plan.met, "no fault was met"

        rerun = scene.upsert(case.desired_state)
        assert rerun.outcome not in ("failed", "deferred"), rerun.error
        assert state(scene) == clean.state

        scene.forget()
        last = scene.upsert(case.desired_state)
        assert (last.outcome, scene.writes()) == (case.rests, 0)
        if has_graphql(edition):
            assert scene.reads() == case.looks
    return len(plan.met)


def assert_recovers_from_each(case: Case, number: int, faults: Sequence[str], edition: str = "full") -> int:
    """Meet each of the faults at one call, in a world of its own. Return how many there are."""
    for fault in faults:
        try:
            assert assert_recovers(case, {number: fault}, edition) == 1
        except AssertionError as error:
            error.add_note(f"{fault} at {number} {clean_run(case, edition).calls[number - 1]} ({edition})")
            raise
    return len(faults)


def assert_recovers_everywhere(case: Case, fault: str, edition: str, *, writes_only: bool = False) -> int:
    """Meet one fault at every call it can happen to, or at every write. Return how many there are."""
    clean = clean_run(case, edition)
    hit = [
        number
        for number, (kind, call) in enumerate(zip(clean.kinds, clean.calls, strict=True), 1)
        if case.meets(fault, kind, edition) and (call in clean.writes or not writes_only)
    ]
    return sum(assert_recovers_from_each(case, number, [fault], edition) for number in hit)
