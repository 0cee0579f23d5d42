"""Why a target of the roster has no record: what became of its job, where that is known, else of all the jobs before.

No more is claimed than these tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from action_patterns.contracts import ErrorRecord, PlanEntry, TargetResult
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model.job_results import JobResult

WORKING = ("apply", "work")
"""Names that our workflows and examples give the job that works on the targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason of the outcome `missing`."""

    code: str
    message: str
    remediation: str
    retryable: bool = True


CANCELLED = Cause(
    code="cancelled",
    message="The run was cancelled before a record of this target came back.",
    remediation="Re-run the failed jobs. If no person cancelled the run, a job reached its time limit: raise"
    " `timeout-minutes`.",
)
JOB_CANCELLED = replace(
    CANCELLED,
    message="The job of this target was cancelled before a record came back: it may or may not have been changed.",
)
NOT_STARTED = Cause(
    code="not-started",
    message="The job that works on the targets was skipped.",
    remediation="Find out why the job did not start: a job before it failed, its `if:` was false, it was cancelled"
    " while it waited, or GitHub refused it (a spending limit). Then re-run the failed jobs.",
)
JOB_NOT_STARTED = replace(NOT_STARTED, message="The job of this target never started: no runner took it.")
LOST = Cause(
    code="lost",
    message="No readable record of this target came back: it may or may not have been changed.",
    remediation="Read the log of this target's job (the runner died, or the upload of the record failed), then re-run"
    " the failed jobs: the run finds finished work and leaves it as it is.",
)
UNKNOWN = replace(LOST, message=f"{LOST.message} It is not known whether its job ran.")
CONTRADICTORY = Cause(
    code="contradictory",
    message="A file says that it is the record of this target, and its name or its folder says otherwise.",
    remediation="Upload each record by the outputs `path` and `artifact-name` of `record`, without a copy or another"
    " name, and give each job and each leg a directory that holds no older records. Then re-run the jobs.",
    retryable=False,
)
SHARED = replace(
    CONTRADICTORY,
    message="The records of two repositories name one pull request, so it is not known which of them has it.",
    remediation="Give the step that opens the pull request the target: `repository: ${{ matrix.repository }}`. Then"
    " re-run the jobs, and close the pull request in the wrong repository.",
)
JOB_LOST = replace(
    LOST,
    message="The job ran, but no readable record of this target came back: it may or may not have been changed.",
)
TIMED_OUT = replace(
    LOST,
    message="The job of this target reached its time limit before a record came back: it may or may not have been"
    " changed.",
    remediation="Raise `timeout-minutes`, or give a job fewer targets; then re-run the failed jobs: the run finds"
    " finished work and leaves it as it is.",
)
LOST_OR_CANCELLED = replace(
    JOB_LOST,
    message=f"{JOB_LOST.message} Its part of the matrix may also have been cancelled: GitHub gives one result for"
    " all of it.",
)
UNCLEAR = replace(
    LOST,
    message="No readable record of this target came back: it may or may not have been changed. Some jobs before"
    " the report ran and others were cancelled or skipped; the report does not know which of them works on the"
    " targets.",
    remediation=f"{LOST.remediation} For a clearer answer, give report the result of that job alone:"
    " `needs: ${{ needs.<job>.result }}`.",
)
CAUSES = (CANCELLED, NOT_STARTED, LOST, CONTRADICTORY)


def working(needs: Mapping[str, JobResult]) -> tuple[str, ...]:
    """Ids of the jobs that may work on the targets: `apply` or `work`, or else any but `discover`. A plain result has
    no id.
    """
    named = tuple(job for job in WORKING if job in needs)
    return named or tuple(job for job in needs if job not in ("", "discover"))


def of_job(job: Job) -> Cause | None:
    """The cause that holds for the targets of one job; None = what became of it tells none, as it has not ended."""
    if job.status != "completed":
        return None
    if not job.began:
        return JOB_NOT_STARTED
    # GitHub calls a time limit that was reached `cancelled` too: the remedy of that names it.
    known = {"success": JOB_LOST, "failure": JOB_LOST, "timed_out": TIMED_OUT, "cancelled": JOB_CANCELLED}
    return known.get(job.conclusion or "")


def cause(needs: Mapping[str, JobResult], *, any_record: bool) -> Cause:
    """The cause that holds for every target without a record whose own job is not known.

    Only the job that works on the targets explains it; a skipped one explains nothing if something came back.
    """
    results = {needs[job] for job in working(needs)} | ({needs[""]} if "" in needs else set())
    if not results & {"success", "failure"}:
        if "cancelled" in results or ("skipped" in results and "cancelled" in needs.values()):
            return CANCELLED
        return NOT_STARTED if "skipped" in results and not any_record else UNKNOWN
    if results & {"cancelled", "skipped"}:
        return UNCLEAR
    return LOST_OR_CANCELLED if "failure" in results else JOB_LOST


def result(entry: PlanEntry, why: Cause, *, plan_id: str, attempt: int) -> TargetResult:
    """Return the result of a target without a record."""
    return TargetResult(
        plan_id=plan_id,
        index=entry.index,
        target=entry.target.address,
        attempt=attempt,
        outcome="missing",
        reason=why.code,
        message=why.message,
        error=_error(why),
    )


def refused(record: TargetResult, why: Cause) -> TargetResult:
    """Return the result of a target whose record cannot be trusted."""
    return TargetResult(
        plan_id=record.plan_id,
        index=record.index,
        target=record.target,
        attempt=record.attempt,
        job=record.job,
        name=record.name,
        outcome="missing",
        reason=why.code,
        message=why.message,
        error=_error(why),
        usage=record.usage,
    )


def _error(why: Cause) -> ErrorRecord:
    return ErrorRecord(
        category="unavailable", message=why.message, remediation=why.remediation, retryable=why.retryable
    )
