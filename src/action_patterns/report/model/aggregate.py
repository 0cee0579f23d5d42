"""Plan and records -> RunReport. The roster is the truth: each of its targets gets exactly one result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from action_patterns.contracts import Counts, Plan, RunReport, TargetResult, Usage, Verdict
from action_patterns.contracts.result import tightest
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model import compare, fail_on, matrix_jobs, missing_records, not_found
from action_patterns.report.model.causes import causes
from action_patterns.report.model.job_results import JobResult
from action_patterns.report.render.view import ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file among the records that is none, and what its text, or else its name, tells of whose record it was."""

    path: str
    problem: str
    target: str | None = None
    index: int | None = None
    attempt: int | None = None
    """None: not known. The file then counts as the newest."""
    plan_id: str | None = None


def aggregate(
    plan: Plan | None,
    records: Iterable[TargetResult],
    context: Context,
    *,
    name: str = "",
    needs: Mapping[str, JobResult] | None = None,
    jobs: Sequence[Job] = (),
    unreadable: Sequence[Unreadable] = (),
    previous: RunReport | None = None,
) -> RunReport:
    """The report of this run attempt, compared with the `previous` run's where there is one.

    Depends on the set of records, never on their order. `jobs` are all of this run, or none.
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
        )
    roster = {entry.index: entry.target.repository for entry in plan.roster}
    own = [
        record
        for record in given
        if record.plan_id == plan.plan_id
        and roster.get(record.index) == record.target
        and not is_beyond(record.attempt, plan, context)
    ]
    spoiled = [file for file in unreadable if may_be_own(file, plan, context)]
    latest = _latest(own, _lost(spoiled, plan, context))
    found = matrix_jobs.match(plan, jobs, needs or {}, context)
    results = _results(
        plan, latest, context, found, missing_records.cause(needs or {}, any_record=bool(own or spoiled))
    )
    duplicates = len(own) - len({(record.index, record.attempt) for record in own})
    counted = len({id(record) for record in own} & {id(record) for record in latest.values()})
    counts = Counts(**Counter(str(result.outcome) for result in results))
    started = [result.started_at for result in results if result.started_at]
    finished = [result.finished_at for result in results if result.finished_at]
    report = RunReport(
        plan_id=plan.plan_id,
        name=name or plan.name,
        verdict=verdict(counts),
        counts=counts,
        visible=plan.visible,
        excluded=tuple(sorted(plan.excluded, key=lambda exclusion: (exclusion.repository, exclusion.reason))),
        warnings=plan.warnings,
        causes=causes(results),
        results=results,
        ignored_records=len(given) - counted - duplicates,
        duplicate_records=duplicates,
        usage=_total(results),
        run_url=context.run_url,
        run_id=context.run_id,
        run_number=context.run_number,
        attempt=context.run_attempt,
        source_repository=plan.source_repository,
        source_oid=plan.source_oid,
        started_at=min(started).astimezone(UTC) if started else None,
        finished_at=max(finished).astimezone(UTC) if finished else None,
    )
    return compare.with_changes(report, previous)


def verdict(counts: Counts) -> Verdict:
    """The verdict on a roster; without one it is `inconclusive`, which is not decided here."""
    failed = fail_on.failing(counts)
    if counts.total == 0:
        return "nothing-to-do"
    if failed == counts.total:
        return "failed"
    return "partial" if failed or counts.deferred else "passed"


def is_beyond(attempt: int, plan: Plan, context: Context) -> bool:
    """Return whether this run has not reached that attempt yet. False for another run's plan: not known."""
    return plan.plan_id.startswith(f"{context.run_id}-") and attempt > context.run_attempt


def may_be_own(file: Unreadable, plan: Plan, context: Context) -> bool:
    """Whether nothing that can be read of the file, or of its name, says that it is not of this plan's run."""
    return file.plan_id in (None, plan.plan_id) and not is_beyond(file.attempt or 1, plan, context)


def _lost(spoiled: Iterable[Unreadable], plan: Plan, context: Context) -> Iterable[TargetResult]:
    """Yield a `missing` result for each unreadable record whose target is known from its text or its name."""
    by_name = {entry.target.repository: entry for entry in plan.roster}
    by_index = {entry.index: entry for entry in plan.roster}
    for file in spoiled:
        entry = by_name.get(file.target or "") or by_index.get(-1 if file.index is None else file.index)
        if entry:
            attempt = file.attempt or context.run_attempt
            yield missing_records.result(entry, missing_records.LOST, plan_id=plan.plan_id, attempt=attempt)


def _latest(*records: Iterable[TargetResult]) -> dict[int, TargetResult]:
    """The record that counts, by index: of the highest attempt, and of one attempt the worst."""
    latest: dict[int, TargetResult] = {}
    for record in chain(*records):
        best = latest.get(record.index)
        if best is None or _rank(record) > _rank(best):
            latest[record.index] = record
    return latest


_BEGINNING = datetime.min.replace(tzinfo=UTC)


def _rank(record: TargetResult) -> tuple[int, int, datetime, str]:
    # A newer record that cannot be read ranks as `missing` like any other: calling the target by an older one could
    # turn a failure green. The last two do not depend on the order in which files were listed.
    worse = -ORDER.index(record.outcome)
    return record.attempt, worse, record.finished_at or _BEGINNING, record.model_dump_json()


def _results(
    plan: Plan,
    latest: Mapping[int, TargetResult],
    context: Context,
    found: matrix_jobs.Legs,
    otherwise: missing_records.Cause,
) -> tuple[TargetResult, ...]:
    results = []
    for entry in plan.roster:
        result = latest.get(entry.index) or not_found.result(entry, plan_id=plan.plan_id, attempt=context.run_attempt)
        job = found.job(entry.index, result.attempt) if result else found.last(entry.index)
        if result is None:
            absent = missing_records.JOB_NOT_STARTED if found.has_none(entry.index) else None
            why = (missing_records.of_job(job) if job else absent) or otherwise
            result = missing_records.result(entry, why, plan_id=plan.plan_id, attempt=context.run_attempt)
        url = job.url or None if job else None  # also where a record has one: it could lead anywhere
        results.append(result if result.job_url == url else result.model_copy(update={"job_url": url}))
    return tuple(sorted(results, key=lambda result: (result.target, result.index)))


def _total(results: Iterable[TargetResult]) -> Usage:
    used = [result.usage for result in results]
    return Usage(
        requests=sum(usage.requests for usage in used),
        writes=sum(usage.writes for usage in used),
        # Tenths: a sum of floats depends on their order in the last digits, and a report must not.
        seconds_waited=round(sum(usage.seconds_waited for usage in used), 1),
        lowest_limit=tightest(usage.lowest_limit for usage in used),
    )
