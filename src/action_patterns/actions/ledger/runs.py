"""Add a run's report to the history of its operation, and show how the last runs went."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from action_patterns.actions.ledger.ending import Ending, unrecorded
from action_patterns.actions.ledger.request import LedgerRequest
from action_patterns.actions.ledger.store import ROUNDS, is_only_unkept
from action_patterns.content.identifier import identify
from action_patterns.contracts.report import RunReport
from action_patterns.errors import ActionPatternsError
from action_patterns.escape import link
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.state import history
from action_patterns.state.history import HistoryRecord, Row
from action_patterns.state.transaction import transact

SHOWN = 10
"""Runs of the summary."""


def keep(request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Add the row of a report, and return all rows. A history that is out of reach costs its row, and no failure.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: the ref holds no history that this version reads.
    """
    assert request.report is not None, "checked before"
    row = row_of(request.report)
    name = history.ref_name(request.operation)
    try:
        record, change = transact(
            github.refs,
            request.repository,
            name,
            HistoryRecord,
            lambda found: history.append(found, request.operation, row),
            rounds=ROUNDS,
        )
    except ActionPatternsError as error:
        if not is_only_unkept(error):
            raise
        warning = unrecorded(error, "The row of this run is not in the history.")
        return Ending(
            operation=request.operation, outcome="unchanged", reason="row-not-kept", count=0, annotations=(warning,)
        )
    rows = record.rows if record else ()
    file = identify((request.repository, request.operation), (), prefix="history", length=16).name
    path = ports.files.write(
        f"action-patterns/ledger/{file}.json",
        json.dumps([each.model_dump(mode="json") for each in rows], indent=1) + "\n",
    )
    return Ending(
        operation=request.operation,
        outcome="unchanged" if change.reason == "known-run" else "updated",
        reason=change.reason,
        count=len(rows),
        numbers=(("runs", len(rows)),),
        outputs={"path": path},
        further="\n".join(trend(rows, ports.context.server_url)),
    )


def row_of(report: RunReport) -> Row:
    """Return the numbers of a report."""
    began = [result.started_at for result in report.results if result.started_at]
    ended = [result.finished_at for result in report.results if result.finished_at]
    return Row(
        run_id=report.run_id,
        run_number=report.run_number,
        attempt=report.attempt,
        url=report.run_url,
        finished_at=report.finished_at,
        verdict=report.verdict,
        counts=report.counts,
        requests=report.usage.requests,
        seconds=max(0.0, (max(ended) - min(began)).total_seconds()) if began and ended else None,
    )


def trend(rows: Sequence[Row], server_url: str) -> Iterator[str]:
    """Yield a table of the last runs, the newest first."""
    yield ""
    yield "| Run | Finished | Verdict | Targets | Changed | Need attention | Deferred | Requests |"
    yield "| --- | --- | --- | --: | --: | --: | --: | --: |"
    for row in list(reversed(rows))[:SHOWN]:
        counts = row.counts
        numbers = (
            counts.total,
            counts.created + counts.updated + counts.closed,
            counts.failed + counts.blocked + counts.missing,
            counts.deferred,
            row.requests,
        )
        named = link(f"#{row.run_number or row.run_id}", row.url, server_url)
        shown = " | ".join(f"{number:,}" for number in numbers)
        finished = f"{row.finished_at:%Y-%m-%d %H:%M}" if row.finished_at else ""
        yield f"| {named} | {finished} | {row.verdict} | {shown} |"
    if len(rows) > SHOWN:
        yield ""
        yield f"{SHOWN} of {len(rows)} runs; the output `path` has all."
    yield ""
