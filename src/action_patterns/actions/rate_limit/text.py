"""Texts of rate-limit for people: a sentence, the table of the summary, the annotation. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from action_patterns.actions.rate_limit.decide import REASONS, Decision, Facts, Request
from action_patterns.actions.rate_limit.needs import RESOURCES
from action_patterns.escape import inline
from action_patterns.ports.log import Annotation, Level

_SPELLED = {github: spelled for spelled, github in RESOURCES.items()}


def spelled(resource: str) -> str:
    """Return the name of a resource as the inputs have it."""
    return _SPELLED.get(resource, resource)


def at(time: datetime | None) -> str:
    """Return a time as outputs have it. Empty: none."""
    return "" if time is None else time.isoformat(timespec="seconds")


def sentence(request: Request, facts: Facts, decision: Decision) -> str:
    """Return what is left and what is needed of the resource that decides."""
    if decision.missing:
        names = ", ".join(map(spelled, decision.missing))
        return facts.unreadable or f"This server reports no budget for {names}."
    if not decision.resource:
        return ""
    name = spelled(decision.resource)
    needed = request.calls.budgets[decision.resource]
    reserve = request.reserve.get(decision.resource, 0)
    jobs = f" by each of {request.jobs:,} jobs" if request.jobs > 1 else ""
    beside = f" beside a reserve of {reserve:,}" if reserve else ""
    return (
        f"{name}: {decision.remaining:,} calls are left, {needed:,} are needed{jobs}{beside}."
        f" The budget is full again at {decision.reset_at:%Y-%m-%d %H:%M:%S} UTC."
    )


def annotations_of(request: Request, facts: Facts, decision: Decision, *, red: bool) -> Iterator[Annotation]:
    """Yield the annotation of a decision that people must know of."""
    reason = next(each for each in REASONS if (each.code, each.outcome) == (decision.reason, decision.outcome))
    if decision.outcome == "passed" and decision.reason not in ("unreadable", "fits-after-reset"):
        return
    level: Level = "error" if red else "warning"
    resumes = f" It takes them again at {facts.resumes_at:%H:%M:%S} UTC." if facts.resumes_at else ""
    known = sentence(request, facts, decision)
    yield Annotation(
        level=level,
        title=f"{decision.outcome}: {decision.reason}",
        message=" ".join(filter(None, (f"{reason.meaning}{resumes}", known))) + f"\n{reason.remedy}",
    )


def summary_of(request: Request, facts: Facts, decision: Decision) -> str:
    """Return the summary: the answer, then every budget beside what is needed of it."""
    lines = [f"### Rate limit: {decision.outcome}, {decision.reason}", ""]
    if decision.outcome != "passed" or decision.missing:
        lines += [inline(sentence(request, facts, decision)), ""]
    if request.mode == "plan" and decision.eta is not None:
        lines += [
            (
                f"Jobs: {request.jobs:,}, of which {decision.jobs_now:,} fit before the reset;"
                f" {decision.max_parallel} at a time. Earliest end: {decision.eta:%Y-%m-%d %H:%M} UTC."
            ),
            "",
        ]
    if facts.limits is None:
        return "\n".join(lines)
    lines += [
        "| Resource | Limit | Used | Left | Needed | Reserve | Full again |",
        "| :-- | --: | --: | --: | --: | --: | :-- |",
    ]
    for budget in facts.limits.budgets:
        needed = request.calls.budgets.get(budget.resource)
        reserve = request.reserve.get(budget.resource)
        cells = (
            spelled(budget.resource),
            f"{budget.limit:,}",
            f"{budget.used:,}",
            f"{budget.remaining:,}",
            "" if needed is None else f"{needed * request.jobs:,}",
            "" if reserve is None else f"{reserve:,}",
            f"{budget.resets_at:%H:%M:%S} UTC",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
