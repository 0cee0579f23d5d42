"""RunReport -> the job summary, at one level of detail. `layout.py` chooses the level."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.report import budget, chart, folded, green, headline, since, tables
from action_patterns.report.view import Detail, Page


def render(report: RunReport, page: Page, detail: Detail) -> str:
    """GitHub Flavored Markdown: failures first, names sorted, times in UTC; equal reports give equal bytes."""
    sections = green.sections(report, page, detail) if green.is_green(report) else _whole(report, page, detail)
    return "\n\n".join(sections) + "\n"


def _whole(report: RunReport, page: Page, detail: Detail) -> list[str]:
    sections = [headline.heading(report)]
    if report.counts.total:
        sections += [f"**{headline.counts_line(report.counts)}**", headline.bar(report.counts)]
    sections += [headline.run_line(report, page), *headline.notes(report, page)]
    sections += tables.causes(report, page, detail)
    sections += since.section(report, page, detail)
    sections += tables.failures(report, page, detail)
    sections += tables.changed(report, page, detail)
    sections += tables.planned(report, page, detail)
    sections += folded.left_alone(report, detail)
    sections += folded.run_again(report, page)
    sections += budget.section(report)
    if detail.chart and report.causes:  # a dry run in which all is well is read for its writes
        sections += chart.section(report.counts)
    if report.verdict != "inconclusive":
        sections.append(folded.cost(report))
    return sections
