"""All of report in one call: the action, the root action and the command line share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.ports import Context
from action_patterns.report import html, layout, plain_text
from action_patterns.report.aggregate import Unreadable, aggregate
from action_patterns.report.needs import JobResult
from action_patterns.report.view import Page, limited

FILES_NAMED = 10


class Summary(NamedTuple):
    """One report, told for each reader."""

    report: RunReport
    markdown: str
    """For the job summary; within GitHub's limit."""
    text: str
    """For the log or a terminal."""
    html: str
    """For a browser: one file, to keep beside run-report.json."""


def summarise(
    plan: Plan | None,
    records: Iterable[TargetResult],
    context: Context,
    *,
    name: str = "",
    needs: Mapping[str, JobResult] | None = None,
    unreadable: Sequence[Unreadable] = (),
    artifact_name: str = "",
    notes: Sequence[str] = (),
    previous: RunReport | None = None,
    nothing_to_compare: str = "",
) -> Summary:
    """The report of a run and its renderings. `artifact_name` "" where no artifact will hold the full report.

    `nothing_to_compare`: what to say where a `previous` report was looked for and there is none to use.
    """
    report = aggregate(plan, records, context, name=name, needs=needs, unreadable=unreadable, previous=previous)
    spoiled = (unreadable_note(unreadable),) if unreadable else ()
    page = Page(context, artifact_name, (*notes, *spoiled), nothing_to_compare)
    return Summary(report, layout.fit(report, page), plain_text.render(report, page), html.render(report, page))


def unreadable_note(unreadable: Sequence[Unreadable]) -> str:
    """One sentence that names the files, for the summary and for the annotation."""
    shown, more = limited(sorted(unreadable, key=lambda file: file.path), FILES_NAMED)
    named = "; ".join(f"{file.path} ({file.problem})" for file in shown)
    number = "1 record file" if len(unreadable) == 1 else f"{len(unreadable):,} record files"
    return f"{number} could not be read{more}; a target without another record counts as missing: {named}."
