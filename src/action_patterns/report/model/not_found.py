"""Targets of the roster without a job: discovery did not find them, or its preflight stopped them."""

from __future__ import annotations

from action_patterns.contracts import ErrorRecord, Plan, PlanEntry, TargetResult


def results(plan: Plan, *, attempt: int) -> tuple[TargetResult, ...]:
    """Return the results of all targets that no job works on."""
    return tuple(found for entry in plan.roster if (found := result(entry, plan_id=plan.plan_id, attempt=attempt)))


def result(entry: PlanEntry, *, plan_id: str, attempt: int) -> TargetResult | None:
    """Return the result of a target that the plan gave up. None: a job works on the target."""
    if (stop := entry.stopped) is not None:
        cause = ErrorRecord(category="conflict", message=stop.message, remediation=stop.remediation, retryable=False)
        return TargetResult(
            plan_id=plan_id,
            index=entry.index,
            target=entry.target.address,
            attempt=attempt,
            outcome=stop.outcome,
            reason=stop.reason,
            message=stop.message,
            error=cause if stop.outcome == "blocked" else None,
        )
    if entry.error is None:
        return None
    return TargetResult(
        plan_id=plan_id,
        index=entry.index,
        target=entry.target.address,
        attempt=attempt,
        outcome="failed",
        reason=entry.error.category,
        message=entry.error.message,
        error=entry.error,
    )
