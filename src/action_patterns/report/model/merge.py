"""The records that count -> one result for each target of the roster: over all recorders the worst. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from action_patterns.contracts import Plan, PlanEntry, TargetResult, Usage
from action_patterns.contracts.result import FAILING, UNTRIED, Recorder, tightest
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model import matrix_jobs, missing_records, not_found
from action_patterns.report.model.job_results import JobResult
from action_patterns.report.model.records import Counted, Expected, severity
from action_patterns.report.model.tiers import lowest_tier

_WITH_CAUSE = FAILING | {"deferred"}
"""Outcomes that say why a job did not succeed."""


def _says_why(record: TargetResult) -> bool:
    """Return whether a record says why its job did not succeed."""
    return record.outcome in _WITH_CAUSE or record.is_held_back


class _Jobs(NamedTuple):
    """The jobs of the run, and the results of the jobs before the report."""

    plan: Plan
    context: Context
    jobs: Sequence[Job]
    needs: Mapping[str, JobResult]
    any_record: bool
    legs: dict[str, matrix_jobs.Legs]
    """By the id of the job, as they are asked for."""

    def of(self, job: str) -> matrix_jobs.Legs:
        if job not in self.legs:
            self.legs[job] = matrix_jobs.match(self.plan, self.jobs, self.needs, self.context, job=job)
        return self.legs[job]

    def why_missing(self, index: int, job: str) -> missing_records.Cause:
        """Return why a job left no record of a target: by the target's own job, else by all jobs before the report."""
        found = self.of(job)
        last = found.last(index)
        known = missing_records.of_job(last) if last else None
        if known or found.has_none(index):
            return known or missing_records.UNKNOWN
        needs = {job: self.needs[job]} if job in self.needs else self.needs
        return missing_records.cause(needs, any_record=self.any_record)


def merge(
    plan: Plan,
    counted: Counted,
    context: Context,
    *,
    needs: Mapping[str, JobResult],
    jobs: Sequence[Job],
    expected: Sequence[Expected],
) -> tuple[TargetResult, ...]:
    """Return one result for each target, sorted by target."""
    of_jobs = _Jobs(plan, context, jobs, needs, not counted.silent, {})
    results = []
    for entry in plan.roster:
        given = [*_newest(entry, counted, of_jobs), *_absent(entry, counted, of_jobs, expected)]
        worst = given[0]
        if len(given) > 1:
            worst = max(given, key=severity)
            worst = worst.model_copy(
                update={"usage": together(given), "outputs": _outputs(given, worst), **lowest_tier(given)}
            )
        legs = of_jobs.of(worst.job)
        came = entry.index in counted.newest
        given_up = entry.error or entry.stopped
        job = legs.job(entry.index, worst.attempt) if came or given_up else None
        job = job or (legs.last(entry.index) if worst.outcome == "missing" and not came else None)
        url = job.url or None if job else None  # also where a record has one: it could lead anywhere
        results.append(worst if worst.job_url == url else worst.model_copy(update={"job_url": url}))
    return tuple(sorted(results, key=lambda result: (result.target, result.index)))


def _newest(entry: PlanEntry, counted: Counted, of_jobs: _Jobs) -> Iterator[TargetResult]:
    """Yield the newest record of each recorder. An older success is not taken for a newer job that failed."""
    for by, record in counted.newest.get(entry.index, {}).items():
        job = counted.recorders.get(by, Recorder()).job
        last = of_jobs.of(job).last(entry.index)
        later = last if last and last.attempt > record.attempt and not _says_why(record) else None
        if later and later.began and later.conclusion in ("failure", "cancelled", "timed_out"):
            why = missing_records.of_job(later) or missing_records.LOST
            missing = missing_records.result(entry, why, plan_id=record.plan_id, attempt=later.attempt)
            yield missing.model_copy(update={"job": record.job, "name": record.name, "usage": record.usage})
        else:
            yield record


def _absent(entry: PlanEntry, counted: Counted, of_jobs: _Jobs, expected: Sequence[Expected]) -> Iterator[TargetResult]:
    """Yield a `missing` result for each recorder that is expected and left no record of the target."""
    came = counted.newest.get(entry.index, {})
    plan_id, attempt = of_jobs.plan.plan_id, of_jobs.context.run_attempt
    given_up = None if came else not_found.result(entry, plan_id=plan_id, attempt=attempt)
    if given_up:
        yield given_up
        return
    if entry.error or entry.stopped:
        return
    absent = [by for by in counted.recorders if by not in came]
    wanted = [counted.recorders[by] for by in absent]
    if expected:
        present = [counted.recorders.get(by, Recorder()) for by in came]
        unmet = [each for each in expected if not any(each.fits(recorder) for recorder in present)]
        wanted = [Recorder(each.job, each.name or "") for each in unmet]
    elif not came and not wanted:
        wanted = [Recorder()]
    several = len(expected or counted.recorders) > 1
    for recorder in wanted:
        result = missing_records.result(
            entry, of_jobs.why_missing(entry.index, recorder.job), plan_id=plan_id, attempt=attempt
        )
        message = f"{result.message} Expected of {_called(recorder)}." if several else result.message
        yield result.model_copy(update={"job": recorder.job, "name": recorder.name, "message": message})


def _outputs(given: Iterable[TargetResult], worst: TargetResult) -> dict[str, str]:
    """Return the outputs of all recorders of a target. If two give one name, the worst's value counts."""
    found: dict[str, str] = {}
    for result in (worst, *sorted(given, key=lambda result: (result.job, result.name))):
        for name, value in result.outputs.items():
            found.setdefault(name, value)
    return found


def _called(recorder: Recorder) -> str:
    by = f"the job `{recorder.job}`" if recorder.job else "a job"
    return f"{by} under the name `{recorder.name}`" if recorder.name else by


def together(given: Iterable[TargetResult]) -> Usage:
    """Return the usage of all."""
    used = [result.usage for result in given]
    return Usage(
        requests=sum(usage.requests for usage in used),
        writes=sum(usage.writes for usage in used),
        # Tenths: a sum of floats depends on their order in the last digits, and a report must not.
        seconds_waited=round(sum(usage.seconds_waited for usage in used), 1),
        lowest_limit=tightest(usage.lowest_limit for usage in used),
    )


def silent_jobs(
    results: Sequence[TargetResult], counted: Counted, needs: Mapping[str, JobResult], *, skips_count: bool
) -> tuple[str, ...]:
    """Return the jobs before the report that did not succeed and left no record that says why.

    Without a result that is better than `missing` nothing has to be said: no part of the report is green. A record
    that does not name its job may be of any. `skips_count`: a job that was skipped may have had to record.
    """
    if all(result.outcome in FAILING for result in results) or Recorder() in counted.recorders.values():
        return ()
    explained: dict[str, bool] = {}
    for result in (*(each for by in counted.newest.values() for each in by.values()), *results):
        explained[result.job] = explained.get(result.job, False) or _says_why(result)
    # The job of a called workflow is none of `needs`. It explains the job that calls it; which one does is not known.
    called = any(says for job, says in explained.items() if job not in needs)
    return tuple(
        sorted(
            job
            for job, ended in needs.items()
            if job and ended != "success" and not explained.get(job, called)
            if ended != "skipped" or (skips_count and job not in explained)
        )
    )


def untried(results: Sequence[TargetResult], counted: Counted) -> tuple[str, ...]:
    """Return the targets that one recorder left untried though another did not.

    The success of another repairs no failure of that one.
    """
    return tuple(
        result.target
        for result in results
        if result.outcome not in UNTRIED
        if any(record.outcome in UNTRIED for record in counted.newest.get(result.index, {}).values())
    )
