"""One transaction on one record: read it, decide, and replace exactly what was read. Pure; the refs are a port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from action_patterns.contracts.result import Outcome
from action_patterns.errors import LostRaceError
from action_patterns.ports.ref_store import RefStore, StoredRef
from action_patterns.state.record import AnyRecord, read

MAX_ROUNDS = 5
"""Rounds of one transaction. Each lost race means that another run went on."""


@dataclass(frozen=True, kw_only=True)
class Change(Generic[AnyRecord]):
    """The decision about a record, and its reason."""

    outcome: Outcome
    reason: str
    write: AnyRecord | None = None
    """The record that replaces the one that was read. None: keep that one."""


def transact(
    refs: RefStore,
    repository: str,
    name: str,
    kind: type[AnyRecord],
    decide: Callable[[AnyRecord | None], Change[AnyRecord]],
    *,
    rounds: int = MAX_ROUNDS,
) -> tuple[AnyRecord | None, Change[AnyRecord]]:
    """Read, decide and compare-and-swap; after a lost race decide again from what the other run wrote.

    Args:
        refs: the port to the refs.
        repository: `owner/name` that keeps the record.
        name: full name of its ref.
        kind: model of the record.
        decide: a pure function of the record, called once a round. None: there is no record.
        rounds: rounds at most.

    Returns:
        The record as it is now, and the change of the last round.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: the ref holds no record of this kind.
    """
    for left in reversed(range(rounds)):
        stored = refs.read(repository, name)
        found = record_of(stored, kind)
        change = decide(found)
        if change.write is None:
            return found, change
        try:
            refs.update(repository, stored, change.write.message())
        except LostRaceError:
            if not left:
                raise
            continue
        return change.write, change
    raise AssertionError("the last round returns or raises")


def record_of(stored: StoredRef, kind: type[AnyRecord]) -> AnyRecord | None:
    """Return the record at a ref. None: there is no such ref.

    Raises:
        ConflictError: the ref holds no record of this kind.
    """
    return None if stored.oid is None else read(kind, stored.message, name=stored.name)
