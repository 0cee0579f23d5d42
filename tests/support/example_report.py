"""A run as a platform team sees one: 214 repositories, some trouble, and the run before it. Equal on every machine."""

from __future__ import annotations

import random
from datetime import timedelta

from action_patterns.contracts import ErrorRecord, Exclusion, TargetResult, Usage
from action_patterns.discovery.packing import pack
from action_patterns.report.build import Rendered, build
from action_patterns.report.model.aggregate import aggregate
from support.report_builders import LIMITED, PROTECTED, START, context, job, left, plan, record

TARGETS = 214
LEGS = 9
TEAMS = ("billing", "checkout", "data", "docs", "identity", "infra", "mobile", "search", "web")
KINDS = (
    "api",
    "cli",
    "charts",
    "client",
    "gateway",
    "jobs",
    "models",
    "portal",
    "proxy",
    "sdk",
    "store",
    "ui",
    "worker",
)
HUMAN = ErrorRecord(
    category="conflict",
    message="The branch action-patterns/shared-config has a commit that is not ours.",
    remediation="Merge or close that pull request, or move the commit to another branch; then run again.",
    retryable=False,
)
OUTCOMES = ("updated",) * 96 + ("created",) * 31 + ("unchanged",) * 66 + ("skipped",) * 9 + ("closed",) * 2 + (
    ("failed",) * 3 + ("blocked",) * 2 + ("deferred",) * 4 + ("missing",)
)  # fmt: skip


def example() -> Rendered:
    """The report of run 412, compared with run 411."""
    names = sorted(f"acme/{team}-{kind}{suffix}" for team in TEAMS for kind in KINDS for suffix in ("", "-v2"))[
        :TARGETS
    ]
    chance = random.Random(412)
    outcomes = list(OUTCOMES)
    chance.shuffle(outcomes)
    records = _records(names, outcomes, chance)
    excluded = tuple(Exclusion(repository=f"acme/attic-{index}", reason="archived") for index in range(17))
    roster = plan(*names, excluded=excluded, name="shared-config", packing=pack(TARGETS, per_leg=20))
    red = [index for index, outcome in enumerate(outcomes) if outcome in ("failed", "blocked", "missing")]
    trouble = {leg for leg, each in enumerate(roster.packing) for index in red if each.first <= index <= each.last}
    return build(
        roster,
        records,
        context(run_attempt=1),
        needs={"discover": "success", "apply": "failure"},
        jobs=[job(leg, "failure" if leg in trouble else "success") for leg in range(len(roster.packing))],
        artifact_name="shared-config-report-a1",
        previous=aggregate(roster, _before(names, records), context(run_id=1234001, run_number=411, run_attempt=1)),
    )


def _records(names: list[str], outcomes: list[str], chance: random.Random) -> list[TargetResult]:
    free = [START + timedelta(seconds=12 + chance.random() * 9) for _ in range(LEGS)]  # when each leg is free again
    records = []
    for index, (name, outcome) in enumerate(zip(names, outcomes, strict=True)):
        leg = free.index(min(free))
        took = {"unchanged": 2.5, "skipped": 1.2, "deferred": 40.0}.get(outcome, 11.0) * (0.6 + chance.random())
        times = {"started_at": free[leg], "finished_at": free[leg] + timedelta(seconds=took)}
        free[leg] += timedelta(seconds=took + 0.4)
        changes = {"blocked": {"reason": "human-commit", "error": HUMAN, "message": HUMAN.message}}.get(outcome, {})
        if outcome in ("failed", "deferred"):
            changes = {"error": PROTECTED if outcome == "failed" else LIMITED}
        if outcome != "missing":
            if asked := {"updated": (4, 3), "created": (7, 6)}.get(outcome):
                changes["usage"] = Usage(requests=asked[0], writes=asked[1], lowest_limit=left(index))
            records.append(record(index, name, outcome, **times, **changes))
    return records


def _before(names: list[str], records: list[TargetResult]) -> list[TargetResult]:
    """The run before: one target failed that still does, and three that do no more."""
    failed = [each.target for each in records if each.outcome == "failed"][:1]
    failed += [each.target for each in records if each.outcome == "updated"][:3]
    return [
        record(index, name, "failed" if name in failed else "unchanged", usage=Usage(requests=3))
        for index, name in enumerate(names)
    ]
