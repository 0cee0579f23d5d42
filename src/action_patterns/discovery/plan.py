"""The plan: the immutable hand-off from discover to apply and report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from action_patterns.content.text import read_text
from action_patterns.contracts import Budget, Plan, PlanEntry, SelectionWarning, Target
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.plan import Stopped
from action_patterns.discovery.components import Found
from action_patterns.discovery.cost import estimate
from action_patterns.discovery.groups import Applicable, Grouped
from action_patterns.discovery.narrow_items import Items
from action_patterns.discovery.only import EVERYTHING, Narrowing, narrow
from action_patterns.discovery.packing import pack
from action_patterns.discovery.preflight import divided
from action_patterns.discovery.select import NOT_FOUND, Selected
from action_patterns.errors import InputError, Problem
from action_patterns.limits.shares import MAX_PARALLEL
from action_patterns.ports.context import Context
from action_patterns.ports.rate_limits import Limits
from action_patterns.ports.workspace import Files


def make_plan(
    grouped: Grouped,
    *,
    name: str,
    content_digest: str,
    visible: int,
    warnings: tuple[SelectionWarning, ...] = (),
    narrowing: Narrowing = EVERYTHING,
    per_leg: int,
    limits: Limits | None,
    context: Context,
    now: datetime,
    reveal_private: bool = False,
    preflight: bool = False,
) -> Plan:
    """Number the targets that `only` and `limit` leave, pack those that jobs work on into legs, and estimate the cost.

    `preflight`: a target that cannot succeed gets no job.
    """
    selected, without_effect = narrow(grouped.selected, narrowing)
    works, stops = divided(selected.targets, preflight=preflight)

    def entry(index: int, target: Target, why: Stopped | None) -> PlanEntry:
        applicable = grouped.groups[target.repository]
        return PlanEntry(
            index=index,
            target=target,
            expected_head_oid=target.head_oid,
            groups=applicable.groups,
            left_out=applicable.left_out,
            stopped=why,
        )

    found = tuple(entry(index, target, None) for index, target in enumerate(works))
    # Last, so that the legs hold what jobs work on without a gap.
    roster = found + tuple(entry(index, *each) for index, each in enumerate(stops, len(found)))
    roster += tuple(
        PlanEntry(index=index, target=Target(repository=name), expected_head_oid=None, error=NOT_FOUND)
        for index, name in enumerate(selected.not_found, len(roster))
    )
    packing = pack(len(found), per_leg=per_leg)
    fingerprint = _digest([content_digest, *(f"{e.target.address}@{e.expected_head_oid}" for e in roster)])
    return Plan(
        plan_id=f"{context.run_id}-{context.run_attempt}-{fingerprint[:12]}",
        name=name,
        source_repository=context.repository,
        source_oid=context.sha,
        content_digest=content_digest,
        planned_at=now,
        visible=visible,
        roster=roster,
        excluded=selected.excluded,
        warnings=(*warnings, *without_effect),
        only=narrowing.only,
        limit=narrowing.limit,
        reveal_private=reveal_private,
        packing=packing,
        budget=estimate(
            [entry.target.owner for entry in found],
            len(packing),
            limits,
            write_spacing_seconds=context.write_spacing_seconds,
        ),
    )


def plan_components(
    found: Found,
    *,
    name: str,
    narrowing: Narrowing = EVERYTHING,
    per_leg: int,
    context: Context,
    now: datetime,
) -> Plan:
    """Number and pack directories of the run's repository. People's own steps work on them: no request is counted."""
    targets = tuple(
        Target(
            repository=context.repository,
            directory=each.directory,
            default_branch=context.default_branch,
            head_oid=context.sha,
            types=each.types,
        )
        for each in found.components
    )
    plan = make_plan(
        Grouped(Selected(targets, ()), {context.repository: Applicable(())}),
        name=name,
        content_digest="",
        visible=1,
        warnings=found.warnings,
        narrowing=narrowing,
        per_leg=per_leg,
        limits=None,
        context=context,
        now=now,
    )
    return plan.model_copy(update={"kind": "directory", "budget": _no_requests(plan)})


def plan_items(
    found: Items,
    *,
    name: str,
    only: tuple[str, ...],
    limit: int | None,
    per_leg: int,
    context: Context,
    now: datetime,
) -> Plan:
    """Number and pack items. People's own steps work on them: no request is counted.

    Two lists of one run may have the same names: the plan's id also depends on the campaign's name and the columns.
    """
    targets = tuple(
        Target(
            repository=context.repository,
            item=each.name,
            columns=dict(each.columns),
            default_branch=context.default_branch,
            head_oid=context.sha,
        )
        for each in found.items
    )
    plan = make_plan(
        Grouped(Selected(targets, found.excluded), {context.repository: Applicable(())}),
        name=name,
        content_digest=_digest([name, compact_json([dict(each.columns) for each in found.items])]),
        visible=0,
        warnings=found.warnings,
        per_leg=per_leg,
        limits=None,
        context=context,
        now=now,
    )
    own = {"kind": "item", "content_digest": "", "only": only, "limit": limit}
    return plan.model_copy(update={**own, "budget": _no_requests(plan)})


def _no_requests(plan: Plan) -> Budget:
    parallel = max(1, min(MAX_PARALLEL, len(plan.packing)))
    return Budget(
        requests_per_target=0, requests_needed=0, requests_remaining=None, max_parallel=parallel, minimum_seconds=0
    )


def read_plan(files: Files, path: str, digest: str | None) -> Plan:
    """Read a plan back.

    Raises:
        InputError: it is absent, not a plan, or not the plan whose digest discover gave out.
    """
    text = read_text(files.read(path), path)
    found = hashlib.sha256(text.encode()).hexdigest()
    if digest and found != digest:
        raise InputError(
            Problem(
                f"{path} has the digest {found[:12]}…, but `plan-digest` is {digest[:12]}…: it is another run's or"
                " attempt's plan.",
                "Take the artifact's name and the digest from the same discover job's outputs. Do not leave the digest"
                " out to get past this.",
            )
        )
    return Plan.decode(text, name=path)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
