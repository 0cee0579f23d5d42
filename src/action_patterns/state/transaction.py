"""One transaction on one record: read it, decide, and replace exactly what was read. Pure; the refs are a port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from action_patterns.contracts.result import Outcome
from action_patterns.errors import LostRaceError, UnavailableError
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
    delete: bool = False
    """Delete the one that was read. Only without `write`."""


@dataclass(frozen=True, slots=True)
class Stored(Generic[AnyRecord]):
    """A record and the ref it was read from."""

    ref: StoredRef
    record: AnyRecord | None


def transact(
    refs: RefStore,
    repository: str,
    name: str,
    kind: type[AnyRecord],
    decide: Callable[[AnyRecord | None], Change[AnyRecord]],
    *,
    rounds: int = MAX_ROUNDS,
) -> tuple[AnyRecord | None, Change[AnyRecord]]:
    """Run `transact_stored` for a decision that needs the record only.

    Returns:
        The record as it is now, and the change of the last round.
    """
    stored, change = transact_stored(refs, repository, name, kind, lambda found: decide(found.record), rounds=rounds)
    return stored.record, change


def transact_stored(
    refs: RefStore,
    repository: str,
    name: str,
    kind: type[AnyRecord],
    decide: Callable[[Stored[AnyRecord]], Change[AnyRecord]],
    *,
    rounds: int = MAX_ROUNDS,
) -> tuple[Stored[AnyRecord], Change[AnyRecord]]:
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
        ref = refs.read(repository, name)
        found = Stored(ref, record_of(ref, kind))
        change = decide(found)
        if change.write is None and not change.delete:
            return found, change
        try:
            now = refs.update(repository, ref, change.write.message() if change.write else None)
        except LostRaceError:
            if not left:
                raise
            continue
        return Stored(now, change.write), change
    raise AssertionError("the last round returns or raises")


def record_of(stored: StoredRef, kind: type[AnyRecord]) -> AnyRecord | None:
    """Return the record at a ref. None: there is no such ref.

    Raises:
        ConflictError: the ref holds no record of this kind.
    """
    return None if stored.oid is None else read(kind, stored.message, name=stored.name)


def time_of(ref: StoredRef) -> datetime:
    """Return the time by the store's clock at which a ref was read. No runner's clock takes its place.

    Raises:
        UnavailableError: the store names none.
    """
    if ref.read_at is None:
        raise UnavailableError("The store names no time.", remediation="Use a store on GitHub.")
    return ref.read_at
