"""The parts of the page that are words, top to bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from action_patterns.contracts import CauseCount, RunReport
from action_patterns.contracts.history import Row
from action_patterns.contracts.result import FAILING
from action_patterns.contracts.wording import counted
from action_patterns.escape import clip, html_code, html_prose, html_text, link_url
from action_patterns.report.render import changes, headline, trend
from action_patterns.report.render import run_again as again
from action_patterns.report.render.html.links import link, log, repository, target
from action_patterns.report.render.html.table import Rows
from action_patterns.report.render.view import (
    CHANGED,
    ORDER,
    Page,
    limited,
    moment,
    number_of,
    of_outcomes,
    run_name,
    span,
    wrong,
)

NAMES = 12
ATTENTION = "Need attention"
FAILING_IN_ORDER = [outcome for outcome in ORDER if outcome in FAILING]
CAUSES = 50
PLANNED = 100
EXCLUDED_NAMES = 500
TEXT_CHARACTERS = 2_000
CODE_CHARACTERS = 200

SIGNS = {
    "passed": "M5 12.5l4.5 4.5L19 7.5",
    "partial": "M12 6v7M12 17v.5",
    "failed": "M7 7l10 10M17 7L7 17",
    "nothing-to-do": "M6 12h12",
    "inconclusive": "M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .9-1 1.7M12 17v.5",
}
"""Drawn beside the word that says the same."""


def header(report: RunReport, page: Page) -> str:
    """Verdict, and which run of what it is."""
    word, _, rest = headline.verdict_line(report).partition(": ")
    facts = [("Run", link(f"{run_name(report, '#')}, attempt {report.attempt}", report.run_url, page))]
    if report.source_oid:
        facts.append(("Commit", f"{html_code(report.source_oid[:7])} of {repository(report.source_repository, page)}"))
    if report.started_at and report.finished_at:
        facts.append(("Started", moment(report.started_at)))
        facts.append(("Took", span(report.finished_at - report.started_at)))
    if report.counts.planned:
        facts.append(("Dry run", "yes, nothing was written"))
    listed = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in facts)
    campaign = html_text(clip(report.name, TEXT_CHARACTERS)) or "Run report"
    return f"""<header>
<div class="top"><p class="campaign">{campaign}</p><button type="button" id="theme" hidden>Dark</button></div>
<div class="verdict {report.verdict}">
<svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="12"/>
<path d="{SIGNS[report.verdict]}"/></svg>
<h1><strong>{word}</strong> {html_text(rest)}</h1></div>
<dl class="run">{listed}</dl>
</header>
<main>
"""


def numbers(report: RunReport) -> str:
    """Return the numbers that a reader compares from run to run."""
    if not report.counts.total:
        return ""
    counts, usage = report.counts, report.usage
    tiles = [
        ("Targets", counts.total, f"of {report.visible:,} visible"),
        (ATTENTION, number_of(counts, FAILING), _parts(*((word, getattr(counts, word)) for word in FAILING_IN_ORDER))),
        ("Deferred", counts.deferred, "to a later run" if counts.deferred else ""),
        ("Changed", number_of(counts, CHANGED), _parts(("created", counts.created), ("closed", counts.closed))),
        ("Left as is", counts.unchanged + counts.skipped, _parts(("skipped", counts.skipped))),
        ("Requests", usage.requests, _parts(("writes", usage.writes))),
    ]
    waited = f", waited {span(timedelta(seconds=usage.seconds_waited))}" if usage.seconds_waited else ""
    tiles[-1] = (tiles[-1][0], tiles[-1][1], tiles[-1][2] + waited)
    drawn = "".join(
        f'<div class="tile{" alarm" if title == ATTENTION and number else ""}"><dt>{title}</dt>'
        f"<dd><b>{number:,}</b><span>{note}</span></dd></div>"
        for title, number, note in tiles
    )
    return f'<dl class="tiles">{drawn}</dl>\n'


def _parts(*parts: tuple[str, int]) -> str:
    return ", ".join(f"{number:,} {word}" for word, number in parts if number)


def next_steps(report: RunReport, page: Page) -> str:
    """Return the next steps and the notes for the reader."""
    steps = headline.next_steps(report, html_code, "<b>{}</b>".format)
    told = "".join(f"<li>{step[:1].upper()}{step[1:]}</li>" for step in steps)
    notes = headline.all_notes(report, page)
    noted = "".join(f"<p>{html_prose(clip(note, TEXT_CHARACTERS))}</p>" for note in notes)
    if not told and not noted:
        return ""
    listed = f"<h2>What to do next</h2><ul>{told}</ul>" if told else "<h2>Note</h2>"
    return f'<section class="callout">{listed}{noted}</section>\n'


def causes(report: RunReport, page: Page, rows: Rows) -> str:
    """Targets that need attention or are deferred, by cause, each with its one remedy."""
    if not report.causes:
        return ""
    shown, note = limited(report.causes, CAUSES)
    logs = {result.target: log(result.job_url, page) for result in report.results if result.job_url}
    cards = "".join(_cause(cause, report, page, rows, logs) for cause in shown)
    title = f"Targets that {wrong(report)}, by cause"
    number = f"{len(report.causes):,}{note}"
    return f"""<section aria-labelledby="causes-title">
<h2 id="causes-title">{title} <span class="quiet">{number}</span></h2>
<div class="cards">{cards}</div>
</section>
"""


def _cause(cause: CauseCount, report: RunReport, page: Page, rows: Rows, logs: Mapping[str, str]) -> str:
    if cause.resumes_at:
        again, kind = f"Safe after {moment(cause.resumes_at)}", "later"
    elif cause.retryable:
        again, kind = "Safe to run again now", "now"
    else:
        again, kind = "Fix first", "fix"
    names, note = limited(cause.targets, NAMES)
    listed = "".join(f"<li>{target(name, report, page)}{logs.get(name, '')}</li>" for name in names)
    more = f'<p class="quiet">{note.removeprefix(", ").capitalize()}</p>' if note else ""
    number = counted(len(cause.targets), report.kind)
    url = link_url(cause.guide or "", page.server_url)
    reason = clip(cause.reason, CODE_CHARACTERS)
    guide = f' <a href="{url}" aria-label="Guide to {html_text(reason)}">Guide</a>' if url else ""
    return f"""<article class="card">
<h3>{html_code(reason) or "no reason"} <span class="quiet">{number}</span></h3>
<p class="pill {kind}">{again}</p>
<p>{html_prose(clip(cause.message, TEXT_CHARACTERS))}</p>
<p><b>What to do:</b> {html_prose(clip(cause.remediation, TEXT_CHARACTERS))}{guide}</p>
<ul class="names">{listed}</ul>{more}
<button type="button" class="show" data-reason="{rows.reason(cause.reason)}" hidden>Show in the table</button>
</article>
"""


def since_previous(report: RunReport, page: Page) -> str:
    """Return the differences from the previous run, or one quiet line if there is no report to compare with."""
    if report.changes is None:
        return f'<p class="quiet">{html_text(page.nothing_to_compare)}</p>\n' if page.nothing_to_compare else ""
    before = report.changes.previous
    title = link(f"run {'#' if before.run_number else 'id '}{before.run_number or before.run_id}", before.run_url, page)
    when = f' <span class="quiet">{moment(before.finished_at)}</span>' if before.finished_at else ""
    told = []
    for word, targets, alarming in changes.groups(report.changes):
        shown, note = limited(targets, NAMES)
        runs = report.failing_runs if word == "still failing" else {}
        names = "".join(f"<li>{target(name, report, page)}{changes.nth(runs.get(name))}</li>" for name in shown)
        told.append(
            f"<div><dt{' class=alarm' if alarming else ''}>{word.capitalize()} <b>{len(targets):,}</b>"
            f'<span class="quiet">{note}</span></dt><dd><ul class="names">{names}</ul></dd></div>'
        )
    delta = report.changes.requests_delta
    if delta:
        told.append(f"<div><dt>Requests</dt><dd>{report.usage.requests:,} ({delta:+,})</dd></div>")
    listed = f'<dl class="since">{"".join(told)}</dl>' if told else "<p>The same as then.</p>"
    return f"<section><h2>Since {title}{when}</h2>{listed}</section>\n"


def last_runs(page: Page) -> str:
    """Return a table of the last runs, this one first."""
    if len(page.trend) < 2:
        return ""
    shown, note = trend.newest(page.trend)
    heads = "".join(
        f"<th scope=col{' class=number' if at >= trend.WORDS else ''}>{head}</th>"
        for at, head in enumerate(trend.HEADS)
    )
    return f"""<section aria-labelledby="runs-title">
<h2 id="runs-title">The last runs <span class="quiet">{note}</span></h2>
<div class="scroll" role="region" aria-labelledby="runs-title" tabindex="0">
<table><thead><tr>{heads}</tr></thead>
<tbody>{"".join(_run_row(row, page) for row in shown)}</tbody></table>
</div>
</section>
"""


def _run_row(row: Row, page: Page) -> str:
    words = f'<th scope="row">{link(trend.name(row), row.url, page)}</th>'
    words += f"<td>{trend.finished(row)}</td><td>{row.verdict}</td>"
    return f"<tr>{words}{''.join(f'<td class=number>{number:,}</td>' for number in trend.numbers(row))}</tr>"


def planned(report: RunReport) -> str:
    """Dry run: the exact writes that would be sent, by target."""
    results = of_outcomes(report.results, frozenset({"planned"}))
    if not results:
        return ""
    shown, note = limited(results, PLANNED)
    listed = "".join(
        f"<div><dt>{html_text(result.target)}</dt><dd>{_lines(result.planned_requests)}</dd></div>" for result in shown
    )
    return (
        f'<details><summary>Would be sent <span class="quiet">{len(results):,}{note}</span></summary>'
        f'<dl class="sent">{listed}</dl></details>\n'
    )


def _lines(requests: Sequence[str]) -> str:
    shown, note = limited(requests, 20)
    lines = "<br>".join(html_code(clip(request, 500)) for request in shown)
    return lines + (f'<br><span class="quiet">{note.removeprefix(", ")}</span>' if note else "")


def excluded(report: RunReport) -> str:
    """Repositories that discovery saw and left out, by reason."""
    if not report.excluded:
        return ""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for exclusion in report.excluded:
        groups[exclusion.reason].append(exclusion.repository)
    listed = []
    for reason, names in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        shown, note = limited(names, EXCLUDED_NAMES)
        items = "".join(f"<li>{html_text(name)}</li>" for name in shown)
        listed.append(
            f'<div><dt>{html_code(reason)} <b>{len(names):,}</b><span class="quiet">{note}</span></dt>'
            f'<dd><ul class="names">{items}</ul></dd></div>'
        )
    return (
        f'<details><summary>Excluded by discovery <span class="quiet">{len(report.excluded):,}</span></summary>'
        f'<dl class="since">{"".join(listed)}</dl></details>\n'
    )


def run_again(report: RunReport, page: Page) -> str:
    """Return how to run only the failures again; and the end of the page."""
    told = ""
    for way in again.ways(report, page):
        told += f"<p><b>{way.title}</b>{html_prose(way.text)}</p>"
        told += f"<pre tabindex=0>{html_text(way.verbatim)}</pre>" if way.verbatim else ""
        told += f"<p>{html_prose(way.after)}</p>" if way.after else ""
    fold = f"<details><summary>{again.title(report)}</summary>{told}</details>\n" if told else ""
    return f"""{fold}</main>
<footer>
<p class="quiet">action-patterns · all times are UTC · the same as data: run-report.json beside this file</p>
</footer>
"""
