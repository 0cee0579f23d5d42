"""Records of the targets of a plan that a claim leaves out, so that the report of the run counts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue

from action_patterns.contracts.result import Outcome, TargetResult, record_file
from action_patterns.contracts.wording import counted
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.state.ledger.table import Claimed, Table

if TYPE_CHECKING:
    from action_patterns.contracts import Plan

DIRECTORY = "action-patterns/ledger-records"


def records(plan: Plan, answer: Claimed, table: Table, context: Context) -> Iterator[TargetResult]:
    """Yield the record of each target that is not worked on."""
    left: dict[str, tuple[Outcome, str, str]] = {}
    left |= dict.fromkeys(
        answer.done, ("skipped", "already-done", "The ledger says that it is done with this content.")
    )
    for name in answer.parked:
        entry = table[name]
        said = f"It failed {counted(entry.failures, 'time')} with this content: {entry.reason or 'no cause was given'}"
        left[name] = ("skipped", "parked", said)
    left |= dict.fromkeys(answer.held, ("deferred", "in-progress", "Another step works on it."))
    for each in plan.found:
        if each.target.address in left:
            outcome, reason, message = left[each.target.address]
            yield TargetResult(
                plan_id=plan.plan_id,
                index=each.index,
                target=each.target.address,
                attempt=context.run_attempt,
                job=context.job,
                name=plan.name,
                outcome=outcome,
                reason=reason,
                message=message,
            )


def write(plan: Plan, results: Iterator[TargetResult], ports: Ports) -> dict[str, JsonValue]:
    """Write records, and return the outputs that say where. None are written: both are empty."""
    paths = []
    for result in results:
        finished = result.model_copy(update={"finished_at": ports.clock.now()})
        paths.append(ports.files.write(f"{DIRECTORY}/{record_file(result)}", finished.encode()))
    if not paths:
        return {}
    # It is no leg's artifact, whose name says an index.
    name = f"{plan.name}-records-left-out-a{ports.context.run_attempt}"
    return {"records": paths[0].rpartition("/")[0], "artifact_name": name}
