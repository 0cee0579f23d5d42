"""Records that are of no use to any run, and their removal by compare-and-swap. Pure; the refs are a port.

Each kind says in one function which of its records that are: never one that a run holds, waits for or relies on. An
age is between two times of the store's clock: that of the record's last write, and that of the answer which lists it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple

from action_patterns.errors import ConflictError, LostRaceError, RefusedError
from action_patterns.ports.ref_store import RefChange, RefStore
from action_patterns.state.record import AnyRecord
from action_patterns.state.transaction import Stored, record_of

BATCH = 20
"""Removals in one request at most. GitHub documents no limit; a write that is lost costs a look at each ref."""

Left = Callable[[ConflictError], object]
"""Takes the error of a record that stays because this version cannot judge it."""


class Litter(NamedTuple):
    """Records that go together or not: one, or the old targets of a ledger."""

    names: tuple[str, ...]
    """The names that callers gave."""
    description: str
    """Its place and time, for the log."""
    changes: tuple[RefChange, ...]


class Rule(NamedTuple, Generic[AnyRecord]):
    """The part of `clean` that each kind has for its own."""

    kind: type[AnyRecord]
    name: Callable[[AnyRecord], str]
    is_litter: Callable[[Stored[AnyRecord]], bool]


def litter_of(rule: Rule[AnyRecord], refs: RefStore, repository: str, prefix: str, left: Left) -> Iterator[Litter]:
    """Yield the records of a kind that may go, of those whose name begins with the prefix."""
    for ref in sorted(refs.list(repository, rule.kind.namespace()), key=lambda each: each.name):
        try:
            record = record_of(ref, rule.kind)
        except ConflictError as error:
            left(error)
            continue
        if record is None or not begins_with(name := rule.name(record), prefix):
            continue
        if ref.written_at is None or ref.read_at is None:
            left(without_time(ref.name))
        elif rule.is_litter(Stored(ref, record)):
            yield Litter((name,), f"{ref.name}, written {ref.written_at:%Y-%m-%d}", (RefChange(ref, None),))


def begins_with(name: str, prefix: str) -> bool:
    """Return whether a name begins with a text, however both are composed: some kinds keep names in NFC."""
    return unicodedata.normalize("NFC", name).startswith(unicodedata.normalize("NFC", prefix))


def without_time(name: str) -> ConflictError:
    """Return the error of a record whose age is not known."""
    return ConflictError(
        f"The store names no time for {name}, so its age is not known.",
        remediation="Run again. If no run needs the record, delete it by hand.",
    )


def remove(refs: RefStore, repository: str, every: Iterable[Litter]) -> Iterator[Litter]:
    """Remove what may go, and yield each that is gone. One that a run has written meanwhile is in use, and stays."""
    rest = tuple(every)
    while rest:
        batch, rest = rest[:BATCH], rest[BATCH:]
        if len(batch) > 1 and _swap(refs, repository, batch):
            yield from batch
            continue
        for each in batch:
            try:
                refs.update_all(repository, each.changes)
            except LostRaceError:
                continue
            yield each


def _swap(refs: RefStore, repository: str, batch: Sequence[Litter]) -> bool:
    """Remove all of these in one request, or none: a run wrote one of them, or the server changes one at a time."""
    try:
        refs.update_all(repository, [change for each in batch for change in each.changes])
    except (LostRaceError, RefusedError):
        return False
    return True
