"""Reconcile one target. Every error becomes a `failed` TargetResult, so the other targets go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from action_patterns.content.changes import FileChange
from action_patterns.errors import ActionPatternsError, RateLimitedError
from action_patterns.ports.clock import Clock
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import Verb
from action_patterns.ports.pull_requests import Observed, PullRequest, PullRequests
from action_patterns.pull_request.observation import observe
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.run_memory import NOTHING

if TYPE_CHECKING:
    from action_patterns.contracts import ErrorRecord, TargetResult
    from action_patterns.pull_request.reconcile import Reconciliation

USES: tuple[Verb, ...] = (
    GitDatabase.read_files,
    GitDatabase.read_tree,
    GitDatabase.read_blob,
    GitDatabase.read_branch,
    GitDatabase.read_commit,
    GitDatabase.compare,
    GitDatabase.create_blob,
    GitDatabase.create_tree,
    GitDatabase.create_commit,
    GitDatabase.update_branch,
    PullRequests.observe,
    PullRequests.create,
    PullRequests.update,
    PullRequests.set_issue_fields,
    PullRequests.set_milestone,
    PullRequests.add_labels,
    PullRequests.remove_label,
    PullRequests.add_assignees,
    PullRequests.remove_assignees,
    PullRequests.request_reviewers,
    PullRequests.convert_to_draft,
    PullRequests.set_auto_merge,
    PullRequests.create_comment,
    PullRequests.update_comment,
    PullRequests.delete_comment,
)
"""The verbs that an upsert of one pull request calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which record the outcome belongs to."""

    plan_id: str
    index: int
    attempt: int
    repository: str


class Preview(NamedTuple):
    """The dry run of one target."""

    result: TargetResult
    observed: Observed | None
    """The state of the target that the decision read. None: it could not be read."""
    changes: tuple[FileChange, ...] = ()
    """The desired content for that state."""


def upsert(desired: Desired, assignment: Assignment, github: GitHub, clock: Clock, *, dry_run: bool) -> TargetResult:
    """Converge one target and record what happened, what it cost and how long it took."""
    return _upsert(desired, assignment, github, clock, dry_run=dry_run).result


def preview(desired: Desired, assignment: Assignment, github: GitHub, clock: Clock) -> Preview:
    """Return what a dry run of `upsert` records, and what it read. Write nothing."""
    return _upsert(desired, assignment, github, clock, dry_run=True)


def _upsert(desired: Desired, assignment: Assignment, github: GitHub, clock: Clock, *, dry_run: bool) -> Preview:

    def pause(seconds: float) -> None:
        # Runs that got in each other's way must not come back at the same moment; their clocks differ by microseconds.
        clock.sleep(seconds * (0.5 + clock.now().microsecond / 1_000_000))

    github.reset_usage()
    started = clock.now()
    observed: Observed | None = None
    changes: tuple[FileChange, ...] = ()
    try:
        first = observe(desired, assignment.repository, github, NOTHING)
        # Not before: what decides and writes is not needed for the first request, and takes a tenth of the time to it.
        from action_patterns.pull_request.reconcile import reconcile

        ended = reconcile(desired, assignment.repository, github, dry_run=dry_run, pause=pause, first=first)
        record, observed, changes = _record(ended, assignment), ended.observed, ended.changes
    except ActionPatternsError as error:
        record = failure(error, assignment, branch=desired.branch)
    record = record.model_copy(update={"usage": github.usage(), "started_at": started, "finished_at": clock.now()})
    return Preview(record, observed, changes)


def failure(error: ActionPatternsError, assignment: Assignment, *, branch: str | None = None) -> TargetResult:
    """The record of an error. A limit is `deferred`: a later run does it, and nothing went wrong."""
    from action_patterns.contracts import TargetResult, error_record

    deferred = isinstance(error, RateLimitedError)
    return TargetResult(
        plan_id=assignment.plan_id,
        index=assignment.index,
        target=assignment.repository,
        attempt=assignment.attempt,
        outcome="deferred" if deferred else "failed",
        reason=error.category,
        message=error.message,
        branch=branch,
        error=error_record(error),
    )


def _record(ended: Reconciliation, assignment: Assignment) -> TargetResult:
    from action_patterns.contracts import CheckRecord, TargetResult

    decision, pull = ended.decision, ended.pull_request
    if ended.error is not None and decision.outcome != "blocked":
        record = failure(ended.error, assignment)
    else:
        record = TargetResult(
            plan_id=assignment.plan_id,
            index=assignment.index,
            target=assignment.repository,
            attempt=assignment.attempt,
            outcome=decision.outcome,
            reason=decision.reason,
            message=decision.message,
            error=_blockage(ended) if decision.outcome == "blocked" else None,
        )
    return record.model_copy(
        update={
            "pull_request_number": pull.number if pull else None,
            "pull_request_url": (pull.url or None) if pull else None,
            "pull_request_state": _state(pull) if pull else "",
            "review": pull.review.lower().replace("_", "-") if pull and pull.review else "",
            "branch": ended.branch,
            "before_oid": ended.before_oid,
            "after_oid": ended.after_oid,
            "changed_fields": decision.changed_fields,
            "commit_verified": ended.verified,
            "refused_fields": ended.refused_fields,
            "checks": tuple(
                CheckRecord(check=check.code, answer=check.answer, message=check.detail)
                for check in ended.checks
                if check.answer != "yes" or ended.planned_requests
            ),
            "files": decision.files,
            "notes": ended.notes,
            "file_counts": decision.file_counts,
            "planned_requests": ended.planned_requests,
        }
    )


def _state(pull: PullRequest) -> str:
    return "draft" if pull.draft and pull.state == "OPEN" else pull.state.lower()


def _blockage(ended: Reconciliation) -> ErrorRecord:
    """Return the remedy for a person: GitHub's message if it says more than the reason's remedy."""
    from action_patterns.contracts import ErrorRecord, error_record

    decision = ended.decision
    if ended.error is not None:
        record = error_record(ended.error)
        remedy = decision.remedy
        if decision.reason == "pull-request-refused":
            remedy = f"{record.remediation} {remedy}"  # GitHub's words tell which of the ways it is.
        return record.model_copy(update={"remediation": remedy})
    return ErrorRecord(
        category="conflict",
        message=decision.message,
        remediation=decision.remedy,
        retryable=decision.reason == "stale-checkout",
    )
