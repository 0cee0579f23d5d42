"""A history has one row a run, in the order of the runs, and is bounded."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.contracts.report import Counts
from action_patterns.state.history import MAX_ROWS, HistoryRecord, Row, append, ref_name
from action_patterns.state.record import MAX_MESSAGE_BYTES, read


def row(number: int, *, attempt: int = 1, **changes: Any) -> Row:
    values: dict[str, Any] = {
        "run_id": 1_000 + number,
        "run_number": number,
        "attempt": attempt,
        "url": f"https://github.com/acme/api/actions/runs/{1_000 + number}",
        "finished_at": None,
        "verdict": "passed",
        "counts": Counts(unchanged=3),
        "requests": 7,
    }
    return Row(**(values | changes))


def history(*rows: Row) -> HistoryRecord | None:
    """Return what a sequence of runs leaves."""
    found = None
    for each in rows:
        found = append(found, "op", each).write or found
    return found


def kept(*rows: Row) -> list[tuple[int, int]]:
    found = history(*rows)
    assert found is not None
    return [(each.run_id - 1_000, each.attempt) for each in found.rows]


def test_rows_are_in_the_order_of_their_runs_whoever_comes_first() -> None:
    assert kept(row(1), row(3), row(2)) == [(1, 1), (2, 1), (3, 1)]


def test_a_rerun_replaces_its_row_and_an_older_attempt_changes_nothing() -> None:
    assert kept(row(1), row(2), row(1, attempt=2)) == [(1, 2), (2, 1)]
    assert kept(row(1, attempt=2), row(1)) == [(1, 2)]
    assert append(history(row(1)), "op", row(1, requests=9)).reason == "known-run"


def test_the_oldest_rows_go_and_a_run_older_than_all_is_not_kept() -> None:
    every = [row(number) for number in range(1, MAX_ROWS + 6)]
    assert kept(*every) == [(number, 1) for number in range(6, MAX_ROWS + 6)]
    late = append(history(*every), "op", row(0))
    assert (late.reason, late.write) == ("known-run", None)


def test_rows_that_are_too_long_leave_room_for_the_newest() -> None:
    long = [row(number, url="x" * 5_000) for number in range(1, 30)]
    found = history(*long)
    assert found is not None
    assert len(found.message()) <= MAX_MESSAGE_BYTES
    assert found.rows[-1] == long[-1]
    assert len(found.rows) > 5


@pytest.mark.parametrize(("before", "outcome"), [((), "created"), ((1,), "updated")])
def test_the_first_row_makes_the_history(before: tuple[int, ...], outcome: str) -> None:
    assert append(history(*map(row, before)), "op", row(2)).outcome == outcome


def test_it_is_read_as_it_was_written() -> None:
    found = history(row(1), row(2))
    assert found is not None
    assert read(HistoryRecord, found.message(), name="x") == found
    assert found.message().startswith("history: op: 2 runs\n")
    assert ref_name("op").startswith("refs/action-patterns/history/op-")
