"""RunReport -> the text of a sticky comment or tracking issue: verdict, causes and the way to the whole of it."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.report.render import changes, headline
from action_patterns.report.render.markdown import tables
from action_patterns.report.render.markdown.layout import LADDER
from action_patterns.report.render.view import Detail, Page

COMMENT_CHARACTERS = 60_000
"""A body may have 65,536 characters, and GitHub answers 422 above; the marker takes its share."""

AS_OF = "This is the state of that run. A later run writes here only if failing or deferred targets or causes differ."
"""A run with nothing new writes nothing, so its number and its counts cannot stand here."""


def fit(report: RunReport, page: Page, *, most_characters: int = COMMENT_CHARACTERS) -> str:
    """The most detailed rendering within the limit. It links no pull request: that would leave a trace in each."""
    text = ""
    for detail in LADDER:
        text = render(report, page, detail)
        if len(text) <= most_characters:
            break
    return text


def render(report: RunReport, page: Page, detail: Detail) -> str:
    """At one level of detail."""
    sections = [headline.heading(report)]
    if report.counts.total:
        sections += [f"**{headline.counts_line(report.counts)}**", headline.bar(report.counts)]
    sections += [headline.run_line(report, page), AS_OF, *headline.notes(report, page)]
    sections += tables.causes(report, page, detail)
    sections += changes.section(report, page, detail)
    return "\n\n".join(sections) + "\n"
