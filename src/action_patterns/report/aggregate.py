"""Plan and records -> RunReport. The roster is the truth: each of its targets gets exactly one result."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from action_patterns.contracts import CauseCount, Counts, Plan, RunReport, TargetResult, Usage, Verdict
from action_patterns.contracts.result import FAILING
from action_patterns.ports import Context
from action_patterns.report import compare, fail_on, missing
from action_patterns.report.needs import JobResult

NEEDS_ATTENTION = FAILING | {"deferred"}

_LATER = "Run the workflow again: a limit was reached, and what is done already is found and left as it is."
_NO_REMEDY = "Read the log of this target's job, remove the cause, then re-run the failed jobs."


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file among the records that is none, and what it still tells about whose record it was."""

    path: str
    problem: str
    target: str | None = None
    attempt: int = 0


def aggregate(
    plan: Plan | None,
    records: Iterable[TargetResult],
    context: Context,
    *,
    name: str = "",
    needs: Mapping[str, JobResult] | None = None,
    unreadable: Sequence[Unreadable] = (),
    previous: RunReport | None = None,
) -> RunReport:
    """The report of this run attempt, compared with the `previous` run's where there is one.

    Depends on the set of records, never on their order.
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
    latest = _latest(plan, given)
    results = _results(plan, latest, context, needs or {}, unreadable)
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
        causes=causes(results),
        results=results,
        ignored_records=len(given) - len(latest),
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


def causes(results: Iterable[TargetResult]) -> tuple[CauseCount, ...]:
    """What failed or was deferred, grouped by what must be done about it; the largest group first."""
    groups: defaultdict[tuple[str, str], list[TargetResult]] = defaultdict(list)
    for result in results:
        if result.outcome in NEEDS_ATTENTION:
            groups[result.reason, _remediation(result)].append(result)
    counted = (
        _cause(reason, remediation, sorted(group, key=lambda result: result.target))
        for (reason, remediation), group in groups.items()
    )
    return tuple(sorted(counted, key=lambda cause: (-len(cause.targets), cause.reason, cause.remediation)))


def _cause(reason: str, remediation: str, group: Sequence[TargetResult]) -> CauseCount:
    messages = list(dict.fromkeys(result.error.message if result.error else result.message for result in group))
    others = len(messages) - 1
    more = f" (and {others} other {'message' if others == 1 else 'messages'})" if others else ""
    resumes = [result.error.resumes_at for result in group if result.error and result.error.resumes_at]
    return CauseCount(
        reason=reason,
        message=messages[0] + more,
        remediation=remediation,
        # A group is safe to retry only if each of its targets is: the reader acts on the group.
        retryable=all(result.error.retryable if result.error else result.outcome == "deferred" for result in group),
        resumes_at=max(resumes).astimezone(UTC) if resumes else None,
        targets=tuple(result.target for result in group),
    )


def _remediation(result: TargetResult) -> str:
    if result.error and result.error.remediation:
        return result.error.remediation
    return _LATER if result.outcome == "deferred" else _NO_REMEDY


def _latest(plan: Plan, records: Iterable[TargetResult]) -> dict[int, TargetResult]:
    """The record that counts, by index: of this plan, of the target the index stands for, of the highest attempt."""
    roster = {entry.index: entry.target.repository for entry in plan.roster}
    latest: dict[int, TargetResult] = {}
    for record in records:
        if record.plan_id != plan.plan_id or roster.get(record.index) != record.target:
            continue
        best = latest.get(record.index)
        if best is None or _rank(record) > _rank(best):
            latest[record.index] = record
    return latest


_BEGINNING = datetime.min.replace(tzinfo=UTC)


def _rank(record: TargetResult) -> tuple[int, datetime, bool, str]:
    # Two records of one attempt should not be; if they are, the later one counts, then the worse one, then any rule
    # that does not depend on the order in which files were listed.
    return record.attempt, record.finished_at or _BEGINNING, record.outcome in FAILING, record.model_dump_json()


def _results(
    plan: Plan,
    latest: Mapping[int, TargetResult],
    context: Context,
    needs: Mapping[str, JobResult],
    unreadable: Sequence[Unreadable],
) -> tuple[TargetResult, ...]:
    spoiled: dict[str, int] = {}
    for file in unreadable:
        if file.target is not None:
            spoiled[file.target] = max(file.attempt, spoiled.get(file.target, 0))
    why = missing.cause(needs, any_record=bool(latest or unreadable))
    results = []
    for entry in plan.roster:
        record, repository = latest.get(entry.index), entry.target.repository
        # A newer record that cannot be read outranks an older one that can: what it said is not known, and calling
        # the target by the older one could turn a failure green.
        if repository in spoiled and (record is None or spoiled[repository] > record.attempt):
            record = missing.result(entry, missing.LOST, plan_id=plan.plan_id, attempt=context.run_attempt)
        elif record is None:
            record = missing.result(entry, why, plan_id=plan.plan_id, attempt=context.run_attempt)
        results.append(record)
    return tuple(sorted(results, key=lambda result: (result.target, result.index)))


def _total(results: Iterable[TargetResult]) -> Usage:
    used = [result.usage for result in results]
    return Usage(
        requests=sum(usage.requests for usage in used),
        writes=sum(usage.writes for usage in used),
        # Tenths: a sum of floats depends on their order in the last digits, and a report must not.
        seconds_waited=round(sum(usage.seconds_waited for usage in used), 1),
    )
