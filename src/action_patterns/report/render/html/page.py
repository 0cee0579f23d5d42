"""RunReport -> the document."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from action_patterns.content.own_documents import GENERATOR
from action_patterns.contracts import RunReport
from action_patterns.escape import html_json, html_text
from action_patterns.report.render.headline import verdict_line
from action_patterns.report.render.html import charts, sections, table, timeline
from action_patterns.report.render.view import Page


def render(report: RunReport, page: Page) -> str:
    """The file, to be written in UTF-8. Equal reports give equal bytes."""
    style, script = _part("page.css"), _part("page.js")
    rows = table.rows(report, page)
    title = " · ".join(filter(None, (verdict_line(report), report.name)))
    body = [
        sections.header(report, page),
        sections.numbers(report),
        charts.outcomes(report),
        sections.next_steps(report, page),
        sections.causes(report, page, rows),
        sections.since_previous(report, page),
        sections.last_runs(page),
        timeline.section(report),
        charts.budget(report),
        table.section(rows),
        sections.planned(report),
        sections.excluded(report),
        sections.run_again(report, page),
    ]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
{GENERATOR}
<meta name="color-scheme" content="light dark">
<title>{html_text(title)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#targets">Skip to the targets</a>
{"".join(body)}
<script type="application/json" id="data">{html_json(rows.data)}</script>
<script>{script}</script>
</body>
</html>
"""


@cache
def _part(name: str) -> str:
    """A part of this package: as much code as the modules beside it, and read as they are."""
    return resources.files("action_patterns.report.render.html").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Only the two parts whose text this is may apply. Trusted types: not even they may turn a text into markup."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
