"""The words of a ledger's step for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pydantic import JsonValue

from action_patterns.escape import cell_code, inline
from action_patterns.state.ledger.record import Entry
from action_patterns.state.ledger.table import Table

MOST_SHOWN = 20


def row(target: str, entry: Entry) -> dict[str, JsonValue]:
    """Return a target as files and outputs have it."""
    return {
        "target": target,
        "state": entry.state,
        "digest": entry.digest,
        "since": since(entry),
        "failures": entry.failures,
        "reason": entry.reason,
        "run": entry.by.run.url if entry.by else "",
    }


def since(entry: Entry) -> str:
    """Return when a target came to its state."""
    return datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="seconds")


def parked(table: Table, targets: Iterable[str]) -> list[dict[str, JsonValue]]:
    """Return parked targets with their causes."""
    return [_some(row(target, table[target]), "target", "reason", "failures", "run") for target in targets]


def held(table: Table, targets: Iterable[str]) -> list[dict[str, JsonValue]]:
    """Return targets that other steps work on, with those steps."""
    return [_some(row(target, table[target]), "target", "run", "since") for target in targets]


def _some(of: dict[str, JsonValue], *names: str) -> dict[str, JsonValue]:
    return {name: of[name] for name in names}


def summary(operation: str, reason: str, meaning: str, numbers: Iterable[tuple[str, int]], table: Table) -> str:
    """Return the step's summary: numbers, and each target that failed or is parked."""
    told = ", ".join(f"{number:,} {name}" for name, number in numbers if number)
    lines = [f"### Ledger of {cell_code(operation)}: {reason}", "", inline(meaning), *(("", told) if told else ())]
    return "\n".join((*lines, *_failures(table))) + "\n"


def _failures(table: Table) -> Iterator[str]:
    failed = [(target, entry) for target, entry in sorted(table.items()) if entry.state in ("failed", "parked")]
    if not failed:
        return
    yield ""
    yield "| Target | State | Failures | Cause |"
    yield "| --- | --- | --- | --- |"
    for target, entry in failed[:MOST_SHOWN]:
        yield f"| {cell_code(target)} | {entry.state} | {entry.failures} | {inline(entry.reason)} |"
    if len(failed) > MOST_SHOWN:
        yield f"| {len(failed) - MOST_SHOWN:,} more of {len(failed):,} | | | |"
