"""RunReport -> the job summary, at one level of detail. `layout.py` chooses the level."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.report.render import api_usage, changes, headline, trend
from action_patterns.report.render.markdown import chart, details, short_summary, tables
from action_patterns.report.render.view import Detail, Page


def render(report: RunReport, page: Page, detail: Detail) -> str:
    """GitHub Flavored Markdown: failures first, names sorted, times in UTC; equal reports give equal bytes."""
    sections = (
        short_summary.sections(report, page, detail) if short_summary.is_green(report) else _whole(report, page, detail)
    )
    return "\n\n".join(sections) + "\n"


def _whole(report: RunReport, page: Page, detail: Detail) -> list[str]:
    sections = [headline.heading(report)]
    if report.counts.total:
        sections += [f"**{headline.counts_line(report.counts)}**", headline.bar(report.counts)]
    sections += [headline.run_line(report, page), *headline.notes(report, page)]
    sections += tables.causes(report, page, detail)
    sections += changes.section(report, page, detail)
    sections += trend.section(page.trend, page.server_url)
    sections += tables.failures(report, page, detail)
    sections += tables.changed(report, page, detail)
    sections += tables.degraded(report, page, detail)
    sections += tables.planned(report, page, detail)
    sections += details.left_alone(report, page, detail)
    sections += details.run_again(report, page)
    sections += api_usage.section(report)
    if detail.chart and report.causes:  # a dry run in which all is well is read for its writes
        sections += chart.section(report.counts)
    if report.verdict != "inconclusive":
        sections.append(details.cost(report))
    return sections
