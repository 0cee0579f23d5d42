"""The history of an operation: the numbers of its last runs, one row a run, and the decision to add one. Pure.

A rerun replaces the row of its run. No run changes the row of another one.
"""

from __future__ import annotations

from typing import ClassVar

from action_patterns.content.identifier import identify
from action_patterns.contracts.history import Row
from action_patterns.contracts.wording import counted
from action_patterns.state.record import MAX_MESSAGE_BYTES, Envelope
from action_patterns.state.transaction import Change

MAX_ROWS = 100
"""Runs of one history at most; the oldest go."""


class HistoryRecord(Envelope):
    """The rows of one operation, the oldest first."""

    kind: ClassVar[str] = "history"
    called: ClassVar[str] = "history"

    operation: str
    rows: tuple[Row, ...] = ()

    def subject(self) -> str:
        return f"{self.operation}: {counted(len(self.rows), 'run')}"


def ref_name(operation: str) -> str:
    """Return the full name of a history's ref."""
    return HistoryRecord.namespace() + identify((operation,), (), prefix=operation, length=16).name


def append(found: HistoryRecord | None, operation: str, row: Row) -> Change[HistoryRecord]:
    """Return the history with the row of a run. A rerun replaces the row of its earlier attempt, and no other."""
    rows = found.rows if found else ()
    same = next((each for each in rows if each.run_id == row.run_id), None)
    if same is not None and same.attempt >= row.attempt:
        return Change(outcome="unchanged", reason="known-run")
    kept = sorted((*(each for each in rows if each is not same), row), key=lambda each: each.place)[-MAX_ROWS:]
    record = HistoryRecord(operation=operation, rows=tuple(kept))
    while len(record.message()) > MAX_MESSAGE_BYTES and len(record.rows) > 1:
        record = HistoryRecord(operation=operation, rows=record.rows[1:])
    if row not in record.rows:
        return Change(outcome="unchanged", reason="known-run")
    return Change(outcome="created" if found is None else "updated", reason="appended", write=record)
