"""Differences from the previous run: one block in the job summary, one line in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from action_patterns.contracts import Changes, PreviousRun, RunReport
from action_patterns.escape import code_span, inline, link, terminal
from action_patterns.report.render.view import Detail, Page, limited, moment

NAMES = 10


def section(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """The block of the summary; one quiet line where there was nothing to compare with."""
    if report.changes is None:
        return _quiet(page)
    told = _told(report, report.changes, detail) or "The same as then"
    return [f"### {_title(report.changes.previous, page)}", told]


def paragraph(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Return the same in one line, for the short summary."""
    if report.changes is None:
        return _quiet(page)
    told = _told(report, report.changes, detail) or "the same as then"
    return [f"{_title(report.changes.previous, page)}: {told}"]


def _quiet(page: Page) -> list[str]:
    return [f"<sub>{inline(page.nothing_to_compare)}</sub>"] if page.nothing_to_compare else []


def _title(before: PreviousRun, page: Page) -> str:
    title = f"{'#' if before.run_number else 'run id '}{before.run_number or before.run_id}"
    when = f" ({moment(before.finished_at)})" if before.finished_at else ""
    # The number alone would be taken for an issue's: the link keeps it one run's.
    return f"Since run {link(title, before.run_url, page.server_url)}{when}"


def _told(report: RunReport, changes: Changes, detail: Detail) -> str:
    most = NAMES if detail.messages else 0
    return " · ".join(_parts(report, changes, most, code_span, bold="**"))


def line(report: RunReport, page: Page) -> str:
    """The same for a log; "" where nothing is to be said."""
    if report.changes is None:
        return page.nothing_to_compare
    before = report.changes.previous
    told = "; ".join(_parts(report, report.changes, NAMES, terminal)) or "the same as then"
    return f"Since run {before.run_number or before.run_id}: {told}"


def _parts(
    report: RunReport, changes: Changes, most: int, name: Callable[[str], str], *, bold: str = ""
) -> Iterator[str]:
    for word, targets, alarming in groups(changes):
        shown, note = limited(targets, most)
        runs = report.failing_runs if word == "still failing" else {}
        listed = ", ".join(f"{name(target)}{nth(runs.get(target))}" for target in shown)
        strong = bold if alarming else ""
        yield f"{strong}{word} {len(targets):,}{strong}{note}{': ' if listed else ''}{listed}"
    if changes.requests_delta:
        yield f"requests {report.usage.requests:,} ({changes.requests_delta:+,})"


def groups(changes: Changes) -> list[tuple[str, Sequence[str], bool]]:
    """Return the lists that are not empty: their name, the targets, and whether a person must look at them."""
    listed: tuple[tuple[str, Sequence[str], bool], ...] = (
        ("newly failing", changes.newly_failing, True),
        ("still failing", changes.still_failing, True),
        ("recovered", changes.recovered, False),
        ("new", changes.new, False),
        ("gone", changes.gone, False),
    )
    return [group for group in listed if group[1]]


def nth(runs: int | None) -> str:
    """For how many runs in a row, in brackets; nothing for None."""
    return "" if runs is None else f" ({ordinal(runs)} run)"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
