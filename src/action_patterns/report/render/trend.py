"""The last runs as a table: one row a run, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.contracts.history import Row
from action_patterns.contracts.result import FAILING
from action_patterns.escape import link
from action_patterns.report.render.view import CHANGED, limited, number_of

SHOWN = 10
"""Runs of a table."""
HEADS = ("Run", "Finished", "Verdict", "Targets", "Changed", "Need attention", "Parked", "Deferred", "Requests")
WORDS = 3
"""Columns that are words; the others are numbers."""


def newest(rows: Sequence[Row]) -> tuple[Sequence[Row], str]:
    """Return the rows of a table, and a note on how many there are. Empty: it has all."""
    shown, _ = limited(rows[::-1], SHOWN)
    return shown, f"{len(shown)} of {len(rows)} runs" if len(shown) < len(rows) else ""


def name(row: Row) -> str:
    """Return a run's name, as people know it."""
    return f"#{row.run_number}" if row.run_number else f"id {row.run_id}"


def finished(row: Row) -> str:
    """Return when a run ended. Empty: not known."""
    return f"{row.finished_at:%Y-%m-%d %H:%M}" if row.finished_at else ""


def numbers(row: Row) -> tuple[int, ...]:
    """Return the numbers of a run, by column. A parked target needs attention too."""
    counts = row.counts
    return (
        counts.total,
        number_of(counts, CHANGED),
        number_of(counts, FAILING),
        row.parked,
        counts.deferred,
        row.requests,
    )


def table(rows: Sequence[Row], server_url: str) -> list[str]:
    """Return the lines of a table in Markdown."""
    shown, _ = newest(rows)
    lines = [f"| {' | '.join(HEADS)} |", f"|{' --- |' * WORDS}{' --: |' * (len(HEADS) - WORDS)}"]
    for row in shown:
        told = (f"{number:,}" for number in numbers(row))
        lines.append(f"| {' | '.join((link(name(row), row.url, server_url), finished(row), row.verdict, *told))} |")
    return lines


def section(rows: Sequence[Row], server_url: str) -> list[str]:
    """Return the block of a job summary. Empty: there is no run to compare with."""
    if len(rows) < 2:
        return []
    _, note = newest(rows)
    title = "### The last runs" + (f" ({note})" if note else "")
    return [title, "\n".join(table(rows, server_url))]
