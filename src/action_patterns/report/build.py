"""All of report in one call: the action, the root action and the command line share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.contracts.history import Row, up_to
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.model.job_results import JobResult
from action_patterns.report.model.records import Expected, Unreadable, is_beyond, may_be_own
from action_patterns.report.model.tiers import ALERT_PERCENT
from action_patterns.report.render import html, plain_text
from action_patterns.report.render.markdown import layout
from action_patterns.report.render.view import Page, limited

FILES_NAMED = 10
WARNINGS_SHOWN = 20
"""Lines about parts of the selection without effect."""


class Rendered(NamedTuple):
    """One report, rendered for each reader."""

    report: RunReport
    markdown: str
    """For the job summary; within GitHub's limit."""
    text: str
    """For the log or a terminal."""
    html: str
    """For a browser: one file, to keep beside run-report.json."""
    unreadable: str
    """Sentence about the record files that could not be read. Empty: all were read."""


def build(
    plan: Plan | None,
    records: Iterable[TargetResult],
    context: Context,
    *,
    name: str = "",
    needs: Mapping[str, JobResult] | None = None,
    jobs: Sequence[Job] = (),
    unreadable: Sequence[Unreadable] = (),
    expected: Sequence[Expected] = (),
    artifact_name: str = "",
    notes: Sequence[str] = (),
    previous: RunReport | None = None,
    nothing_to_compare: str = "",
    history: Sequence[Row] = (),
    degraded_alert_percent: float = ALERT_PERCENT,
    redact: Callable[[str], str] = str,
) -> Rendered:
    """The report of a run and its renderings. `artifact_name` "" where no artifact will hold the full report.

    `redact` hides the run's secrets, before anything is escaped or clipped: afterwards it would not find them.
    `nothing_to_compare`: what to say where a `previous` report was looked for and there is none to use.
    `history`: runs to show beside this one.
    """
    redact, given = cache(redact), tuple(records)  # the same reasons and remedies come a thousand times
    report = aggregate(
        plan,
        given,
        context,
        name=name,
        needs=needs,
        jobs=jobs,
        unreadable=unreadable,
        expected=expected,
        previous=previous,
        degraded_alert_percent=degraded_alert_percent,
    )
    report = report.redacted(redact)
    spoiled = redact(unreadable_note(plan, unreadable, context))
    told = (*notes, *_warnings(report), _beyond_note(plan, given, context), spoiled)
    page = Page(
        context=context,
        artifact_name=redact(artifact_name),
        notes=tuple(redact(n) for n in told if n),
        nothing_to_compare=redact(nothing_to_compare),
        trend=up_to(report, history) if history else (),
        distributes=plan is not None and bool(plan.content_digest),
    )
    return Rendered(
        report, layout.fit(report, page), plain_text.render(report, page), html.render(report, page), spoiled
    )


def _warnings(report: RunReport) -> list[str]:
    shown = [warning.message for warning in report.warnings[:WARNINGS_SHOWN]]
    more = len(report.warnings) - len(shown)
    return [*shown, f"{more:,} more parts of the selection had no effect: see run-report.json."] if more else shown


def unreadable_note(plan: Plan | None, unreadable: Sequence[Unreadable], context: Context) -> str:
    """The files by name, and what they count for; for the summary and for the annotation."""
    spoiled: list[Unreadable] = []
    foreign: list[Unreadable] = []
    for file in unreadable:
        (spoiled if plan is None or may_be_own(file, plan, context) else foreign).append(file)
    return " ".join(
        f"{_could_not_be_read(files)} {meaning}: {_named(files)}."
        for files, meaning in (
            (spoiled, "counts as `missing` for the target and attempt that its text, or else its name, gives"),
            (foreign, "does not count: it names another plan, or an attempt that this run has not reached"),
        )
        if files
    )


def _could_not_be_read(files: Sequence[Unreadable]) -> str:
    one = len(files) == 1
    return "1 record file could not be read. It" if one else f"{len(files):,} record files could not be read. Each"


def _named(files: Sequence[Unreadable]) -> str:
    shown, more = limited(sorted(files, key=lambda file: file.path), FILES_NAMED)
    return "; ".join(f"{file.path} ({file.problem})" for file in shown) + more


def _beyond_note(plan: Plan | None, records: Iterable[TargetResult], context: Context) -> str:
    own = [r for r in records if plan and r.plan_id == plan.plan_id and is_beyond(r.attempt, plan, context)]
    claimed = {f"{record.target} (attempt {record.attempt})" for record in own}
    shown, more = limited(sorted(claimed), FILES_NAMED)
    told = f"Not counted, because this run is only in attempt {context.run_attempt}: {', '.join(shown)}{more}."
    return told if claimed else ""
