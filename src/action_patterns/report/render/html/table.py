"""Every target: as data for the script, and the first of them as rows for readers without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from action_patterns.contracts import Outcome, RunReport, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.escape import MESSAGE_CHARACTERS, clip, html_code, html_text, visible
from action_patterns.report.render.html import links
from action_patterns.report.render.tiers import tier_of
from action_patterns.report.render.view import (
    CHANGED,
    ORDER,
    Page,
    column,
    files,
    links_to,
    of_outcomes,
    pull_request_state,
    span,
)

PAGE_ROWS = 100
"""Rows shown at once. The script takes the same number from the data."""

COLUMNS = (
    ("Repository", "text"),
    ("Outcome", "outcome"),
    ("Reason", "text"),
    ("Pull request", "number"),
    ("Files", "number"),
    ("Requests", "number"),
    ("Started (UTC)", "number"),
    ("Time", "number"),
)
"""Title and kind of each column; numbers are aligned right, and sorted from the largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The table: `data` is what the script reads, `html` its first rows as the script would write them."""

    data: dict[str, Any]
    html: str
    title: str
    """Header of the targets' column."""
    shown: int
    total: int

    def reason(self, reason: str) -> int:
        """The reason's number in the data."""
        found: int = self.data["reasons"].index(visible(reason))
        return found


def group(result: TargetResult) -> str:
    """How a target fared, in the words of the outcome bar: its colour."""
    return _group_of(result.outcome)


def rows(report: RunReport, page: Page) -> Rows:
    """All results, failures first. Texts that repeat (reasons, messages, logs) are held once and named by number."""
    results = of_outcomes(report.results, frozenset(ORDER))
    reasons: dict[str, int] = {}
    messages: dict[str, int] = {}
    states: dict[str, int] = {"": 0}
    counts: dict[str, int] = {"": 0}
    logs: dict[str, int] = {"": 0}
    data = [
        (
            visible(result.target),
            int(links_to(result.target, report)),
            ORDER.index(result.outcome),
            reasons.setdefault(visible(result.reason), len(reasons)),
            messages.setdefault(_message(result), len(messages)),
            result.pull_request_number or 0,
            links.as_data(result.pull_request_url, page),
            len(result.files),
            result.usage.requests,
            logs.setdefault(links.as_data(result.job_url, page), len(logs)),
            int(result.started_at.timestamp()) if result.started_at else None,
            _seconds(result),
            states.setdefault(pull_request_state(result), len(states)),
            counts.setdefault(files(result), len(counts)),
        )
        for result in results
    ]
    shown = results[:PAGE_ROWS]
    return Rows(
        data={
            "server": page.server_url,
            "pageRows": PAGE_ROWS,
            "outcomes": [(outcome, _group_of(outcome)) for outcome in ORDER],
            "reasons": list(reasons),
            "messages": list(messages),
            "states": list(states),
            "counts": list(counts),
            "logs": list(logs),
            "rows": data,
        },
        html="\n".join(_row(result, report, page) for result in shown),
        title=column(report),
        shown=len(shown),
        total=len(results),
    )


def section(rows: Rows) -> str:
    """The table with its controls, which the script reveals."""
    if not rows.total:
        return ""
    head = "".join(
        f'<th scope="col" data-kind="{kind}"{" class=number" if kind == "number" else ""}>{title}</th>'
        for title, kind in ((rows.title, "text"), *COLUMNS[1:])
    )
    return f"""<section id="targets" tabindex="-1" aria-labelledby="targets-title">
<h2 id="targets-title">All targets</h2>
<div class="controls" id="controls" hidden>
<label class="wide">Search
<input id="search" type="search" placeholder="{rows.title}, reason or message" autocomplete="off" spellcheck="false">
</label>
<label>Outcome<select id="outcome"><option value="">All outcomes</option></select></label>
<label>Reason<select id="reason"><option value="">All reasons</option></select></label>
<button type="button" id="reset">Reset</button>
</div>
<p class="quiet" id="showing" role="status" aria-live="polite">Showing {rows.shown:,} of {rows.total:,} targets</p>
<div class="scroll" role="region" aria-labelledby="targets-title" tabindex="0">
<table id="table"><thead><tr>{head}</tr></thead>
<tbody id="rows">
{rows.html}
</tbody></table>
</div>
<nav class="pager" id="pager" aria-label="Pages of the table" hidden>
<button type="button" id="previous">Previous</button>
<span id="page" class="quiet"></span>
<button type="button" id="next">Next</button>
</nav>
<noscript>
<p class="quiet">Sorting and filtering need JavaScript. Every result is in run-report.json beside this file.</p>
</noscript>
</section>
"""


def _row(result: TargetResult, report: RunReport, page: Page) -> str:
    message = _message(result)
    number = result.pull_request_number
    url = links.as_data(result.pull_request_url, page)
    pull_request = (links.link(f"#{number}", url, page) if url else f"#{number}") if number else "–"
    state = pull_request_state(result)
    pull_request += f'<span class="message">{state}</span>' if number and state else ""
    started = f"{result.started_at.astimezone(UTC):%H:%M:%S}" if result.started_at else "–"
    seconds = _seconds(result)
    took = "–" if seconds is None else span(timedelta(seconds=seconds))
    told = (html_code(result.reason) or "–") + links.log(result.job_url, page)
    told += f'<span class="message">{html_text(message)}</span>' if message else ""
    cells = (
        f'<td><span class="dot {group(result)}" aria-hidden="true"></span>{result.outcome}</td><td>{told}</td>'
        f'<td class="number">{pull_request}</td><td class="number">{files(result) or "–"}</td>'
        f'<td class="number">{result.usage.requests:,}</td>'
        f'<td class="number">{started}</td><td class="number">{took}</td>'
    )
    return f'<tr><th scope="row">{links.target(result.target, report, page)}</th>{cells}</tr>'


def _group_of(outcome: Outcome) -> str:
    return "failed" if outcome in FAILING else "changed" if outcome in CHANGED else outcome


def _message(result: TargetResult) -> str:
    message = visible(result.error.message if result.error else result.message)
    told = [clip(message, MESSAGE_CHARACTERS), visible(tier_of(result))]
    return " · ".join(filter(None, told))


def _seconds(result: TargetResult) -> int | None:
    # Whole, as every channel tells them: two programs need not agree on how to round.
    if result.started_at is None or result.finished_at is None:
        return None
    return max(0, round((result.finished_at - result.started_at).total_seconds()))
