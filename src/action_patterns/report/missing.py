"""Why a target of the roster has no record. Nothing but the jobs' results is known, so no more is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from action_patterns.contracts import ErrorRecord, PlanEntry, TargetResult
from action_patterns.report.needs import JobResult


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason of the outcome `missing`."""

    code: str
    message: str
    remediation: str


CANCELLED = Cause(
    "cancelled",
    "The run was cancelled before a record of this target came back.",
    "Re-run the failed jobs. If nobody cancelled the run, a job reached its time limit: raise `timeout-minutes`.",
)
NOT_STARTED = Cause(
    "not-started",
    "The job that works on the targets was skipped.",
    "Look at the jobs before it: one of them failed, or its `if:` was false. Then re-run the failed jobs.",
)
LOST = Cause(
    "lost",
    "The job ran, but no readable record of this target came back: it may or may not have been changed.",
    "Read the log of this target's job (the runner died, or the upload of the record failed), then re-run the failed"
    " jobs: what is already done is found and left as it is.",
)
CAUSES = (CANCELLED, NOT_STARTED, LOST)


def cause(needs: Mapping[str, JobResult], *, any_record: bool) -> Cause:
    """The cause that holds for every target without a record.

    A skipped job only explains it if nothing came back at all: a job after the work may be skipped as well.
    """
    results = set(needs.values())
    if "cancelled" in results:
        return CANCELLED
    if "skipped" in results and not any_record:
        return NOT_STARTED
    return LOST


def result(entry: PlanEntry, why: Cause, *, plan_id: str, attempt: int) -> TargetResult:
    """The result of a target that has none of its own."""
    return TargetResult(
        plan_id=plan_id,
        index=entry.index,
        target=entry.target.repository,
        attempt=attempt,
        outcome="missing",
        reason=why.code,
        message=why.message,
        error=ErrorRecord(category="unavailable", message=why.message, remediation=why.remediation, retryable=True),
    )
