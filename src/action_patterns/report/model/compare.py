"""One run beside the previous one: what began to fail, what still does, what recovered, what the run cost more."""

from __future__ import annotations

from action_patterns.contracts import Changes, PreviousRun, RunReport
from action_patterns.contracts.result import FAILING, UNTRIED


def with_changes(report: RunReport, previous: RunReport | None) -> RunReport:
    """The report with `changes` and `failing_runs` filled in. `previous` None: there is no run to compare with.

    A previous report without a roster is none either: every target would look new.
    """
    if report.plan_id is None:
        return report
    if previous is None or previous.plan_id is None:
        return report.model_copy(update={"failing_runs": _failing_runs(report, {}), "changes": None})
    return report.model_copy(
        update={"failing_runs": _failing_runs(report, _runs_before(previous)), "changes": _changes(report, previous)}
    )


def _changes(report: RunReport, previous: RunReport) -> Changes:
    now = {result.target: result.outcome for result in report.results}
    before = {result.target for result in previous.results} | previous.left_out
    failed_before = _runs_before(previous).keys()
    failing = {target for target, outcome in now.items() if outcome in FAILING}
    done = {target for target, outcome in now.items() if outcome not in FAILING | UNTRIED} - {*report.untried}
    return Changes(
        previous=PreviousRun(
            run_id=previous.run_id,
            run_number=previous.run_number,
            attempt=previous.attempt,
            run_url=previous.run_url,
            finished_at=previous.finished_at,
        ),
        newly_failing=_sorted(failing - failed_before),
        still_failing=_sorted(failing & failed_before),
        recovered=_sorted(done & failed_before),
        new=_sorted(now.keys() - before),
        gone=_sorted(before - now.keys() - report.left_out),
        requests_delta=report.usage.requests - previous.usage.requests,
        writes_delta=report.usage.writes - previous.usage.writes,
    )


def _runs_before(previous: RunReport) -> dict[str, int]:
    # A report may come without its numbers; a target that failed in it has failed once at least.
    once = {result.target: 1 for result in previous.results if result.outcome in FAILING}
    known = {result.target for result in previous.results} | previous.left_out
    return once | {target: runs for target, runs in previous.failing_runs.items() if target in known}


def _failing_runs(report: RunReport, before: dict[str, int]) -> dict[str, int]:
    runs = {}
    for result in report.results:
        if result.outcome in FAILING:
            runs[result.target] = before.get(result.target, 0) + 1
        elif (result.outcome in UNTRIED or result.target in report.untried) and result.target in before:
            runs[result.target] = before[result.target]
    runs |= {target: before[target] for target in report.left_out & before.keys()}
    return dict(sorted(runs.items()))  # equal reports have equal bytes


def _sorted(targets: set[str]) -> tuple[str, ...]:
    return tuple(sorted(targets))
