"""The tables of the job summary: failures by cause, failures one by one, what changed, what would be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from action_patterns.contracts import CauseCount, RunReport, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.escape import (
    CODE_CHARACTERS,
    MESSAGE_CHARACTERS,
    cell,
    cell_code,
    cell_prose,
    clip,
    link_url,
    repository_link,
)
from action_patterns.report.render.tiers import tier_of
from action_patterns.report.render.view import (
    CHANGED,
    ORDER,
    Detail,
    Page,
    column,
    files,
    limited,
    links_to,
    moment,
    of_outcomes,
    pull_request_state,
    span,
    wrong,
)

OPEN_ROWS = 20
"""A longer table is folded: the causes and the counts are what a reader wants first."""

REQUESTS_PER_ROW = 20


def causes(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """By cause: what, whom, whether a rerun helps, what to do."""
    if not report.causes:
        return []
    shown, note = limited(report.causes, detail.cause_rows)
    title = f"### Targets that {wrong(report)}, by cause ({len(report.causes):,}{note})"
    logs = {result.target: log(result.job_url, page) for result in report.results if result.job_url}
    rows = [_cause_row(cause, page, detail, logs, report) for cause in shown]
    return [title, _table(("Cause", "Targets", "Retry?", "What to do"), rows)] if rows else [title]


def _target(name: str, report: RunReport, page: Page) -> str:
    return repository_link(name, page.server_url) if links_to(name, report) else cell(name)


def _cause_row(
    cause: CauseCount, page: Page, detail: Detail, logs: Mapping[str, str], report: RunReport
) -> tuple[str, ...]:
    names, note = limited(cause.targets, detail.cause_names)
    listed = ", ".join(f"{_target(name, report, page)}{logs.get(name, '')}" for name in names)
    message = f" {cell_prose(clip(cause.message, MESSAGE_CHARACTERS))}" if detail.messages and cause.message else ""
    after = f", after {moment(cause.resumes_at)}" if cause.resumes_at else ""
    return (
        f"{_code(cause.reason)}{message}",
        f"{len(cause.targets):,}{note}: {listed}",
        f"yes{after}" if cause.retryable else "no",
        _remedy(cause, page, detail),
    )


def _remedy(cause: CauseCount, page: Page, detail: Detail) -> str:
    told = cell_prose(clip(cause.remediation, MESSAGE_CHARACTERS)) if detail.messages else "see run-report.json"
    guide = link_url(cause.guide or "", page.server_url)
    return f"{told} · [guide]({guide})" if guide else told


def failures(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Every target with a cause, one a row, where that adds anything to the table of causes."""
    held_back = [result for result in report.results if result.is_held_back]
    results = [*of_outcomes(report.results, FAILING | {"deferred"}), *held_back]
    told = {cause.message for cause in report.causes}
    if (
        all(len(cause.targets) <= detail.cause_names for cause in report.causes)
        and len(report.causes) <= detail.cause_rows
        and all(result.pull_request_number is None and _message(result) in told for result in results)
    ):
        return []
    header = (column(report), "Outcome", "Cause", "Pull request") + (("Message",) if detail.messages else ())
    shown, note = limited(results, detail.rows)
    rows = [
        (
            # In a long list the rows come first: the logs of all are in run-report.json and report.html.
            _target(result.target, report, page) + (log(result.job_url, page) if detail.messages else ""),
            result.outcome,
            _code(result.reason),
            pull_request(result, page),
        )
        + ((cell_prose(clip(_message(result), MESSAGE_CHARACTERS)),) if detail.messages else ())
        for result in shown
    ]
    return _fold(
        f"Targets that {wrong(report)}, one by one ({len(results):,}{note})",
        header,
        rows,
        len(results),
        opened=False,
    )


def changed(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Return created, updated and closed targets, with their pull requests."""
    results = of_outcomes(report.results, CHANGED)
    shown, note = limited(results, detail.rows)
    rows = [
        (
            _target(result.target, report, page),
            result.outcome,
            pull_request(result, page),
            _what(result) if detail.messages else f"{len(result.files):,}",
            _time(result),
        )
        for result in shown
    ]
    header = (column(report), "Outcome", "Pull request", "Files and fields", "Time")
    return _fold(f"Changed ({len(results):,}{note})", header, rows, len(results), opened=len(results) <= OPEN_ROWS)


def degraded(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Return the targets that hold by a tier below their first, each with its tier."""
    results = of_outcomes([result for result in report.results if result.is_degraded], frozenset(ORDER))
    shown, note = limited(results, detail.rows)
    rows = [
        (
            repository_link(result.target, page.server_url) + (log(result.job_url, page) if detail.messages else ""),
            cell(tier_of(result)),
            result.outcome,
        )
        + ((cell_prose(clip(_message(result), MESSAGE_CHARACTERS)),) if detail.messages else ())
        for result in shown
    ]
    header = ("Repository", "Tier", "Outcome") + (("Message",) if detail.messages else ())
    return _fold(f"Degraded ({len(results):,}{note})", header, rows, len(results), opened=False)


def planned(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Dry run: the exact writes that would be sent, by target."""
    results = of_outcomes(report.results, frozenset({"planned"}))
    shown, note = limited(results, detail.rows)
    rows = [(_target(result.target, report, page), _code(result.reason), _requests(result, detail)) for result in shown]
    title = f"Would be sent ({len(results):,}{note})"
    return _fold(title, (column(report), "Why", "Writes"), rows, len(results), opened=len(results) <= OPEN_ROWS)


def pull_request(result: TargetResult, page: Page) -> str:
    """`#41 open`, linked; unlinked when its URL is not one of this server's, as `#41` alone would lead elsewhere."""
    if result.pull_request_number is None:
        return cell("")
    safe = link_url(result.pull_request_url or "", page.server_url)
    named = f"[#{result.pull_request_number}]({safe})" if safe else cell(f"#{result.pull_request_number}")
    return " ".join(filter(None, (named, pull_request_state(result))))


def log(url: str | None, page: Page) -> str:
    """` ([log](...))` to set behind a name; nothing where no job is known, or none of this server."""
    safe = link_url(url or "", page.server_url)
    return f" ([log]({safe}))" if safe else ""


def _requests(result: TargetResult, detail: Detail) -> str:
    if not detail.messages:
        return f"{len(result.planned_requests):,}"
    shown, note = limited(result.planned_requests, REQUESTS_PER_ROW)
    lines = [cell_code(clip(request, MESSAGE_CHARACTERS)) for request in shown]
    return "<br>".join([*lines, *([note.removeprefix(", ")] if note else [])]) or cell("")


def _what(result: TargetResult) -> str:
    fields = ", ".join(cell(field) for field in result.changed_fields)
    refused = ", ".join(cell(field) for field in result.refused_fields)
    told = (files(result), fields, f"refused by GitHub: {refused}" if refused else "")
    return " · ".join(filter(None, told)) or cell("")


def _time(result: TargetResult) -> str:
    if result.started_at is None or result.finished_at is None:
        return cell("")
    return span(result.finished_at - result.started_at)


def _message(result: TargetResult) -> str:
    return result.error.message if result.error else result.message


def _code(reason: str) -> str:
    return cell_code(clip(reason, CODE_CHARACTERS)) or cell("")


def _fold(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], total: int, *, opened: bool) -> list[str]:
    if not total:
        return []
    if not rows:
        return [f"{title}: the rows are in run-report.json."]
    return [f"<details{' open' if opened else ''}><summary>{title}</summary>", _table(header, rows), "</details>"]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, [":--"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
