"""The budget ladder. GitHub drops a summary over its limit whole and says so nowhere in the job's status; so a report
that is too long is rendered again with less detail, and never cut.
"""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.report.render.markdown import document
from action_patterns.report.render.view import Detail, Page

SUMMARY_BYTES = 900 * 1024
"""GitHub docs, "Workflow commands": 1 MiB per step, of which other text of the step takes its share."""

LADDER = (
    Detail(chart=True),
    Detail(names=0),
    Detail(names=0, messages=False),
    Detail(rows=6_000, names=0, cause_names=5, messages=False),
    Detail(rows=2_000, names=0, cause_names=5, messages=False),
    Detail(rows=200, names=0, cause_rows=50, cause_names=5, messages=False),
    Detail(rows=0, names=0, cause_rows=0, cause_names=0, messages=False),
)
"""From everything to headline and counts alone. The last level is short for every report: it clips the texts of others
and holds no list."""


def fit(report: RunReport, page: Page, *, most_bytes: int = SUMMARY_BYTES) -> str:
    """The most detailed rendering that is at most `most_bytes` long in UTF-8; the last rung if none is."""
    text = ""
    for detail in LADDER:
        text = document.render(report, page, detail)
        if len(text.encode()) <= most_bytes:
            break
    return text
