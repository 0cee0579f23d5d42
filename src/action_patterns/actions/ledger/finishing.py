"""Keep how targets ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from action_patterns.actions.ledger import text
from action_patterns.actions.ledger.ending import Ending, annotation, named, unrecorded
from action_patterns.actions.ledger.request import LedgerRequest
from action_patterns.actions.ledger.store import Store, is_only_unkept
from action_patterns.errors import ActionPatternsError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.state.ledger import table as tables
from action_patterns.state.ledger.book import seconds
from action_patterns.state.ledger.table import Finished, FinishRequest, Table


def finish(request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Keep the ends of targets. A ledger that cannot be written costs a repetition, and no failure.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: the ledger is one that this version cannot read.
    """

    def decide(table: Table, now: datetime | None) -> tuple[Table, Finished]:
        asked = FinishRequest(
            us=request.us, ends=request.ends, now=seconds(now, ports.clock), park_after=request.park_after
        )
        return tables.finish(table, asked)

    try:
        book, answer = Store(request, ports, github).change(decide, list(request.ends))
    except ActionPatternsError as error:
        if not is_only_unkept(error):
            raise
        warning = unrecorded(
            error, f"Targets whose ends are not kept: {len(request.ends):,}. A later run works on them once more."
        )
        return Ending(
            operation=request.operation, outcome="unchanged", reason="not-kept", count=0, annotations=(warning,)
        )
    return _ending(request, book.table, answer)


def _ending(request: LedgerRequest, table: Table, answer: Finished) -> Ending:
    kept = len(answer.done) + len(answer.failed) + len(answer.parked) + len(answer.released)
    if answer.lost:
        outcome, reason = "blocked", "not-holder"
    elif answer.unknown:
        outcome, reason = "unchanged", "not-kept"
    else:
        outcome, reason = ("updated", "finished") if kept else ("unchanged", "already-finished")
    return Ending(
        operation=request.operation,
        outcome=outcome,
        reason=reason,
        count=kept,
        numbers=(
            ("done", len(answer.done)),
            ("failed", len(answer.failed)),
            ("parked", len(answer.parked)),
            ("given back", len(answer.released)),
            ("known before", len(answer.unchanged)),
            ("lost to other steps", len(answer.lost)),
            ("never claimed", len(answer.unknown)),
        ),
        table={target: table[target] for target in (*answer.failed, *answer.parked)},
        outputs={
            "done": list(answer.done),
            "failed": list(answer.failed),
            "parked": list(text.parked(table, answer.parked)),
            "lost": list(answer.lost),
        },
        annotations=tuple(_annotations(answer, table)),
    )


def _annotations(answer: Finished, table: Table) -> Iterator[Annotation]:
    if answer.parked:
        causes = named(f"{target} ({table[target].reason or 'no cause'})" for target in answer.parked)
        yield annotation(
            "warning",
            f"Parked: {len(answer.parked):,}",
            f"These targets failed too often with one content, and later claims leave them out: {causes}.\nMend the"
            " cause, then use `mode: free` or give another digest.",
        )
    if answer.lost:
        yield annotation("error", "Taken over", f"Other steps have taken {named(answer.lost)}, or have ended them.")
    if answer.unknown:
        yield annotation(
            "warning",
            "Never claimed",
            f"The ledger has no claim to {named(answer.unknown)}, so nothing is kept about them. It could not be"
            " written when they were claimed, or the names, `operation` or `repository` are not those of the claim.",
        )
