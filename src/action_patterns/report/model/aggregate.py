"""Plan and records -> RunReport. The roster is the truth: each of its targets gets exactly one result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

from action_patterns.contracts import Counts, Plan, RunReport, TargetResult, Verdict
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model import compare, fail_on
from action_patterns.report.model.causes import causes
from action_patterns.report.model.job_results import JobResult
from action_patterns.report.model.merge import merge, silent_jobs, together, untried
from action_patterns.report.model.records import Expected, Unreadable, count
from action_patterns.report.model.tiers import ALERT_PERCENT, degraded_share


def aggregate(
    plan: Plan | None,
    records: Iterable[TargetResult],
    context: Context,
    *,
    name: str = "",
    needs: Mapping[str, JobResult] | None = None,
    jobs: Sequence[Job] = (),
    unreadable: Sequence[Unreadable] = (),
    expected: Sequence[Expected] = (),
    previous: RunReport | None = None,
    degraded_alert_percent: float = ALERT_PERCENT,
) -> RunReport:
    """The report of this run attempt, compared with the `previous` run's where there is one.

    Depends on the set of records, never on their order. `jobs` are all of this run, or none. `expected` are the
    recorders that each target has a record of; none: all that recorded any target.
    """
    given = tuple(records)
    if plan is None:
        return RunReport(
            plan_id=None,
            name=name,
            verdict="inconclusive",
            counts=Counts(),
            visible=0,
            ignored_records=len(given),
            run_url=context.run_url,
            run_id=context.run_id,
            run_number=context.run_number,
            attempt=context.run_attempt,
            source_repository=context.repository,
            source_oid=context.sha,
            repository_id=context.repository_id,
        )
    counted = count(plan, given, unreadable, context)
    results = merge(plan, counted, context, needs=needs or {}, jobs=jobs, expected=expected)
    counts = Counts(**Counter(str(result.outcome) for result in results))
    accused = silent_jobs(results, counted, needs or {}, skips_count=not expected)
    started = [result.started_at for result in results if result.started_at]
    finished = [result.finished_at for result in results if result.finished_at]
    report = RunReport(
        plan_id=plan.plan_id,
        name=name or plan.name,
        kind=plan.kind,
        verdict=verdict(counts, silent=bool(accused), held_back=any(result.is_held_back for result in results)),
        counts=counts,
        visible=plan.visible,
        excluded=tuple(sorted(plan.excluded, key=lambda exclusion: (exclusion.repository, exclusion.reason))),
        warnings=plan.warnings,
        only=plan.only,
        limit=plan.limit,
        causes=causes(results),
        results=results,
        ignored_records=counted.ignored,
        duplicate_records=counted.duplicates,
        jobs=dict(needs or {}),
        silent_jobs=accused,
        untried=untried(results, counted),
        degraded=degraded_share(results, degraded_alert_percent),
        usage=together(results),
        run_url=context.run_url,
        run_id=context.run_id,
        run_number=context.run_number,
        attempt=context.run_attempt,
        source_repository=plan.source_repository,
        source_oid=plan.source_oid,
        repository_id=context.repository_id,
        started_at=min(started).astimezone(UTC) if started else None,
        finished_at=max(finished).astimezone(UTC) if finished else None,
    )
    return compare.with_changes(report, previous)


def verdict(counts: Counts, *, silent: bool = False, held_back: bool = False) -> Verdict:
    """The verdict on a roster; without one it is `inconclusive`, which is not decided here.

    `silent`: a job that did not succeed left no record that says why, so not everything passed.
    `held_back`: a breaker or a stop flag had targets skipped, and their work is not done.
    """
    failed = fail_on.failing(counts)
    if counts.total == 0:
        return "nothing-to-do"
    if failed == counts.total:
        return "failed"
    return "partial" if failed or counts.deferred or silent or held_back else "passed"
