"""The history of an operation: read its last runs, and add the numbers of a report to them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from action_patterns.actions.ledger.ending import Ending, unrecorded
from action_patterns.actions.ledger.request import LedgerRequest
from action_patterns.actions.ledger.store import is_only_unkept
from action_patterns.content.identifier import identify
from action_patterns.contracts.history import Row, row_of
from action_patterns.errors import ActionPatternsError, ConflictError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.report.render import trend
from action_patterns.state import history
from action_patterns.state.history import HistoryRecord
from action_patterns.state.ledger.book import ROUNDS
from action_patterns.state.record import read
from action_patterns.state.transaction import transact


def show(request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Return the rows of the last runs. A history that cannot be read costs the trend, and no failure."""
    try:
        ref = github.refs.read(request.repository, history.ref_name(request.operation))
        record = read(HistoryRecord, ref.message, name=ref.name) if ref.oid else None
    except ActionPatternsError as error:
        if not is_only_unkept(error) and not isinstance(error, ConflictError):
            raise
        return _without(request, error, "not-read", "The report has no trend.")
    return _ending(request, ports, record.rows if record else (), reason="listed")


def keep(request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Add the row of a report, and return all rows. A history that is out of reach costs its row, and no failure.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: the ref holds no history that this version reads.
    """
    assert request.report is not None, "checked before"
    row = row_of(request.report)
    try:
        record, change = transact(
            github.refs,
            request.repository,
            history.ref_name(request.operation),
            HistoryRecord,
            lambda found: history.append(found, request.operation, row),
            rounds=ROUNDS,
        )
    except ActionPatternsError as error:
        if not is_only_unkept(error):
            raise
        return _without(request, error, "row-not-kept", "The row of this run is not in the history.")
    return _ending(request, ports, record.rows if record else (), reason=change.reason)


def _without(request: LedgerRequest, error: ActionPatternsError, reason: str, consequence: str) -> Ending:
    return Ending(
        operation=request.operation,
        outcome="unchanged",
        reason=reason,
        count=0,
        annotations=(unrecorded(error, consequence),),
    )


def _ending(request: LedgerRequest, ports: Ports, rows: Sequence[Row], *, reason: str) -> Ending:
    file = identify((request.repository, request.operation), (), prefix="history", length=16).name
    path = ports.files.write(
        f"action-patterns/ledger/{file}.json",
        json.dumps([each.model_dump(mode="json") for each in rows], indent=1) + "\n",
    )
    _, note = trend.newest(rows)
    lines = trend.table(rows, ports.context.server_url) if rows else []
    return Ending(
        operation=request.operation,
        outcome="updated" if reason == "appended" else "unchanged",
        reason=reason,
        count=len(rows),
        numbers=(("runs", len(rows)),),
        outputs={"path": path},
        further="\n".join(("", *lines, *(("", f"{note}; the output `path` has all.") if note else ()), "")),
    )
