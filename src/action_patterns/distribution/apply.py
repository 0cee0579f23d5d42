"""The campaign in process: apply the desired state to each target. Actions and terminal call these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from action_patterns.contracts import PlanEntry, TargetResult
from action_patterns.distribution.campaign import Campaign
from action_patterns.errors import ActionPatternsError, DefectError
from action_patterns.ports.clock import Clock
from action_patterns.ports.github import GitHub
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.upsert import Assignment, Preview, failure, preview, upsert

if TYPE_CHECKING:
    from action_patterns.distribution.breaking import LegBreaker

WORKERS = 8
"""Targets worked on at once in one process: readers overlap, writes pass one gate (measured: more gains nothing)."""


def apply(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan_id: str,
    github: GitHub,
    clock: Clock,
    *,
    attempt: int,
    dry_run: bool,
    on_result: Callable[[TargetResult], None],
    on_start: Callable[[str], None] = lambda _: None,
    breaker: LegBreaker | None = None,
) -> list[TargetResult]:
    """Upsert every entry, eight at a time; one target's failure is a result, not an end.

    `on_result` is called from this thread as each target ends, so that what is done is on disk when a run is cancelled.
    `on_start` is called with the target's name, from the thread that works on it. A `breaker` is asked before each
    target begins, and learns how it ended.
    """

    def one(desired: Desired, assignment: Assignment) -> Preview:
        on_start(assignment.repository)
        return Preview(upsert(desired, assignment, github, clock, dry_run=dry_run), None)

    found = _each(entries, campaign, plan_id, one, attempt=attempt, on_result=on_result, breaker=breaker)
    return [each.result for each in found]


def plan_changes(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan_id: str,
    github: GitHub,
    clock: Clock,
    *,
    on_result: Callable[[TargetResult], None],
) -> list[Preview]:
    """Return what `apply` would do to every entry, by the same code, with what each target is now. Write nothing."""

    def one(desired: Desired, assignment: Assignment) -> Preview:
        return preview(desired, assignment, github, clock)

    return _each(entries, campaign, plan_id, one, attempt=1, on_result=on_result)


def _each(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan_id: str,
    work: Callable[[Desired, Assignment], Preview],
    *,
    attempt: int,
    on_result: Callable[[TargetResult], None],
    breaker: LegBreaker | None = None,
) -> list[Preview]:
    def one(entry: PlanEntry) -> Preview:
        if breaker is None:
            return tried(entry)
        if (refusal := breaker.refusal()) is not None:
            return Preview(
                TargetResult(
                    plan_id=plan_id,
                    index=entry.index,
                    target=entry.target.address,
                    attempt=attempt,
                    outcome="skipped",
                    reason=refusal.reason,
                    message=refusal.message,
                ),
                None,
            )
        preview = tried(entry)
        breaker.ended(preview.result)
        return preview

    def tried(entry: PlanEntry) -> Preview:
        assignment = Assignment(plan_id=plan_id, index=entry.index, attempt=attempt, repository=entry.target.repository)
        try:
            return work(campaign.desired(entry), assignment)
        except ActionPatternsError as error:
            return Preview(failure(error, assignment, branch=campaign.branch), None)
        except Exception as error:  # noqa: BLE001 - a bug at one target must not cost the others
            defect = DefectError(
                f"{type(error).__name__}: {error}", remediation="This is a bug in action-patterns: please report it."
            )
            return Preview(failure(defect, assignment, branch=campaign.branch), None)

    from concurrent.futures import ThreadPoolExecutor, as_completed  # for the actions that work on many targets

    found: list[Preview] = []
    pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="target")
    try:
        for future in as_completed([pool.submit(one, entry) for entry in entries]):
            each = future.result()
            found.append(each)
            on_result(each.result)
    except BaseException:
        # Cancelled: what has not begun shall not begin.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return sorted(found, key=lambda each: each.result.index)
