"""A run that asks nothing of its reader: heading, one line, what is different, and all else behind one closed fold."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.escape import code_span
from action_patterns.report.render import api_usage, changes, headline, trend
from action_patterns.report.render.markdown import details, tables
from action_patterns.report.render.view import CHANGED, Detail, Page, number_of


def is_green(report: RunReport) -> bool:
    """Nothing failed, and nothing was put off. A dry run that would write is not: it is made to be read."""
    return report.verdict in ("passed", "nothing-to-do") and not report.counts.planned


def sections(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """For the job summary. A note is never folded: it is there because the reader must know it."""
    told = [headline.heading(report), _line(report, page), *headline.notes(report, page)]
    told += changes.paragraph(report, page, detail)
    told += [f"<details><summary>Details{_listed(report)}</summary>"]
    told += trend.section(page.trend, page.server_url)
    told += tables.changed(report, page, detail)
    told += tables.degraded(report, page, detail)
    told += details.left_alone(report, page, detail)
    asked = api_usage.facts(report, code_span)
    told += [f"API budget: {' · '.join(asked)}"] if asked else []
    return [*told, " · ".join(details.seen(report)), "</details>"]


def _line(report: RunReport, page: Page) -> str:
    facts = headline.run_facts(report, page)
    if report.counts.total:
        facts.insert(0, f"**{headline.counts_line(report.counts)}**")
    if page.artifact_name:
        facts.append(f"full report: {headline.artifact(report, page)}")
    return headline.sentence(" · ".join(facts))


def _listed(report: RunReport) -> str:
    """Return the counts behind the fold, with the one number that a person may want to examine."""
    counts = report.counts
    refused = sum(1 for result in report.results if result.outcome in CHANGED and result.refused_fields)
    parts = (
        (number_of(counts, CHANGED), f"changed (GitHub refused fields of {refused:,})" if refused else "changed"),
        (counts.unchanged, "unchanged"),
        (counts.skipped, "skipped"),
        (len(report.excluded), "excluded"),
        (report.degraded.degraded if report.degraded else 0, "degraded"),
    )
    listed = [f"{number:,} {word}" for number, word in parts if number]
    listed += ["API budget"] if report.usage.requests else []
    return f": {', '.join(listed)}" if listed else ""
