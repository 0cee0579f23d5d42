"""Why a target of the roster has no record. Nothing but the jobs' results is known, so no more is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from action_patterns.contracts import ErrorRecord, PlanEntry, TargetResult
from action_patterns.report.needs import JobResult

WORKING = ("apply", "work")
"""What our workflows and examples call the job that works on the targets."""


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
LOST_OR_CANCELLED = replace(
    LOST,
    message=f"{LOST.message} Its part of the matrix may also have been cancelled: GitHub gives one result for all of"
    " it.",
)
UNCLEAR = replace(
    LOST,
    message="No readable record of this target came back: it may or may not have been changed. Of the jobs before the"
    " report some ran and others were cancelled or skipped, and which of them works on the targets is not known.",
    remediation=f"{LOST.remediation} To be told more, give report the result of that job alone:"
    " `needs: ${{ needs.<job>.result }}`.",
)
CAUSES = (CANCELLED, NOT_STARTED, LOST)


def cause(needs: Mapping[str, JobResult], *, any_record: bool) -> Cause:
    """The cause that holds for every target without a record.

    Only the job that works on the targets explains it. Its results, by job name, are those of `apply` or `work`, or
    else of any job but `discover`; a skipped one explains nothing if something came back.
    """
    working = [needs[job] for job in WORKING if job in needs]
    results = set(working or [result for job, result in needs.items() if job != "discover"])
    if not results & {"success", "failure"}:
        if "cancelled" in results or ("skipped" in results and "cancelled" in needs.values()):
            return CANCELLED
        return NOT_STARTED if "skipped" in results and not any_record else LOST
    if results & {"cancelled", "skipped"}:
        return UNCLEAR
    return LOST_OR_CANCELLED if "failure" in results else LOST


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
