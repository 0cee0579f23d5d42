"""The decision of rate-limit: facts in, decision out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from action_patterns.action.reason import Reason
from action_patterns.actions.rate_limit.needs import Calls
from action_patterns.limits.duration import minimum_seconds
from action_patterns.limits.primary import PrimaryLimit, available_at, done_at, jobs_that_fit, published
from action_patterns.limits.shares import jobs_at_once
from action_patterns.ports.rate_limits import Limits

Outcome = Literal["passed", "deferred", "failed"]
_READ_AGAIN = "Others may use the token meanwhile: the next run reads the budget again."

REASONS = (
    Reason("enough", "passed", "Enough calls are left.", "None."),
    Reason("enough-after-wait", "passed", "Enough calls are left since the reset that this step waited for.", "None."),
    Reason("fits-before-reset", "passed", "`plan`: the calls of all jobs are left.", "None."),
    Reason(
        "fits-after-reset",
        "passed",
        "`plan`: the calls of some jobs are left; the other jobs need the reset.",
        "Give the jobs time for it, or start fewer: the output `jobs-now` names how many fit.",
    ),
    Reason("limits-off", "passed", "The server has no rate limits: its administrator switched them off.", "None."),
    Reason(
        "too-few-calls",
        "deferred",
        "Fewer calls are left than are needed beside the reserve.",
        f"Run again after the reset, or set `mode: wait`. {_READ_AGAIN}",
    ),
    Reason(
        "reset-too-far",
        "deferred",
        "The reset is further away than `max-wait-minutes`, or others used the budget up again.",
        f"Run again after the reset, or raise `max-wait-minutes`. {_READ_AGAIN}",
    ),
    Reason(
        "limited",
        "deferred",
        "GitHub refuses all requests of this token for now.",
        "Run again at the time of `reset-at`. Do not start other jobs with this token before: that prolongs it.",
    ),
    Reason(
        "exceeds-limit",
        "failed",
        "The calls and the reserve are more than the whole budget: no wait helps.",
        "Divide the work over several runs, lower `reserve`, or use a token with a larger budget: GITHUB_TOKEN has"
        " 1,000 an hour and repository. Another token of the same person or installation adds nothing.",
    ),
    Reason(
        "unreadable",
        "failed",
        "GitHub does not report the budget, and `on-unreadable` is `fail`.",
        "Run again, or set `on-unreadable: proceed`.",
    ),
    Reason(
        "unreadable",
        "passed",
        "GitHub does not report the budget; the step went on as `on-unreadable: proceed` says.",
        "Look at the warning. Your steps must still react to a refusal.",
    ),
)


class Request(NamedTuple):
    """The question, from the inputs."""

    mode: Literal["check", "wait", "plan"]
    calls: Calls
    reserve: dict[str, int]
    jobs: int
    proceeds: bool
    """Whether a budget that is not reported counts as full."""
    write_spacing_seconds: float


class Facts(NamedTuple):
    """The budgets, as far as they are known."""

    now: datetime
    limits: Limits | None
    """None: the server has rate limits off, or cannot be read."""
    published_per_hour: int
    """Limit of this kind of token, in case it is not reported."""
    unreadable: str = ""
    """Why the budgets cannot be read. Empty: they can."""
    resumes_at: datetime | None = None
    """When GitHub takes requests again. None: it takes them now."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer."""

    outcome: Outcome
    reason: str
    resource: str = ""
    remaining: int | None = None
    reset_at: datetime | None = None
    max_parallel: int = 1
    jobs_now: int = 0
    eta: datetime | None = None
    again_at: datetime | None = None
    """When the calls may be sent, if others leave them. None: now, or never."""
    missing: tuple[str, ...] = ()
    """Resources that GitHub does not report."""


class _Need(NamedTuple):
    """One resource: its budget, and the calls of all jobs."""

    budget: PrimaryLimit
    per_job: int
    jobs: int
    reserve: int

    @property
    def total(self) -> int:
        return self.per_job * self.jobs

    @property
    def spare(self) -> int:
        """Calls that are left when all jobs are done. Below zero: too few are left."""
        return self.budget.remaining - self.reserve - self.total


def decide(request: Request, facts: Facts) -> Decision:
    """Return whether the calls may be sent, how many jobs at a time, and when the last of them can be done."""
    if facts.resumes_at is not None:
        return Decision(outcome="deferred", reason="limited", reset_at=facts.resumes_at)
    off = facts.limits is None and not facts.unreadable
    reported = {budget.resource: budget for budget in facts.limits.budgets} if facts.limits else {}
    missing = () if off else tuple(name for name in request.calls.budgets if name not in reported)
    if missing and not request.proceeds:
        return Decision(outcome="failed", reason="unreadable", missing=missing)
    needs = [
        _Need(
            reported.get(name) or published(name, facts.published_per_hour, facts.now),
            calls,
            request.jobs,
            request.reserve.get(name, 0),
        )
        for name, calls in request.calls.budgets.items()
        if not off
    ]
    decision = _with_time(_judged(request, needs, facts.now), request, needs, facts.now)
    if decision.outcome == "passed" and (off or missing):
        decision = replace(decision, reason="limits-off" if off else "unreadable", missing=missing)
    return decision


def _judged(request: Request, needs: Sequence[_Need], now: datetime) -> Decision:
    """Return the outcome. A plan asks for the calls of one job: the others may follow after a reset."""
    plan = request.mode == "plan"
    known = _of_resource(min(needs, key=lambda need: need.spare, default=None))
    fits = (jobs_that_fit(need.budget, need.per_job, need.reserve) for need in needs)
    jobs_now = min([request.jobs, *(each for each in fits if each is not None)])
    times = [available_at(need.budget, need.per_job if plan else need.total, need.reserve, now) for need in needs]
    later = [time for time in times if time is not None]
    if len(later) < len(times):
        return replace(known, outcome="failed", reason="exceeds-limit", jobs_now=jobs_now)
    again = max(later, default=now)
    if again > now:
        return replace(known, outcome="deferred", reason="too-few-calls", jobs_now=jobs_now, again_at=again)
    reason = "enough" if not plan else "fits-before-reset" if jobs_now == request.jobs else "fits-after-reset"
    return replace(known, outcome="passed", reason=reason, jobs_now=jobs_now)


def _of_resource(need: _Need | None) -> Decision:
    """Return the facts of the resource that decides. It is not decided yet."""
    if need is None:
        return Decision(outcome="passed", reason="enough")
    budget = need.budget
    return Decision(
        outcome="passed",
        reason="enough",
        resource=budget.resource,
        remaining=budget.remaining,
        reset_at=budget.resets_at,
    )


def _with_time(decision: Decision, request: Request, needs: Sequence[_Need], now: datetime) -> Decision:
    """Return the decision with the number of parallel jobs and the earliest end."""
    lanes, spacing = request.calls.lanes(), request.write_spacing_seconds
    parallel = jobs_at_once(request.jobs, lanes, write_spacing_seconds=spacing)
    pace = minimum_seconds(lanes, request.jobs, processes=request.jobs, write_spacing_seconds=spacing)
    ends = [done_at(need.budget, need.total, need.reserve, now) for need in needs]
    known = [end for end in ends if end is not None]
    return replace(
        decision,
        max_parallel=max(1, min(parallel, decision.jobs_now)),
        eta=max([now + timedelta(seconds=pace), *known]) if len(known) == len(ends) else None,
    )
