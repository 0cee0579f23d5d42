"""A ledger in the store: its targets are spread over documents, and a change of many of them is one swap. Pure.

The shard of a target follows from its name and the number of documents. Each document says that number, and a change of
it replaces all documents at once, so no two runs ever look for a target at two places.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from action_patterns.content.identifier import identify, normalise
from action_patterns.errors import ConflictError, LostRaceError
from action_patterns.ports.clock import Clock
from action_patterns.ports.ref_store import RefChange, RefStore, StoredRef
from action_patterns.state.ledger.record import Entry, LedgerRecord, record_of_entries
from action_patterns.state.ledger.table import Table
from action_patterns.state.record import MAX_MESSAGE_BYTES, read

MAX_SHARDS = 64
"""Documents of one operation at most: some 50,000 targets."""

ROUNDS = 40
"""Rounds of one write. Other legs write too, and each lost race means that one of them went on."""
PAUSE_SECONDS = 2.0
"""Longest pause after a lost race."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The documents of an operation that were read."""

    operation: str
    shards: int
    refs: Mapping[int, StoredRef]
    """The documents, by shard. All of them, or the ones that were asked for."""
    table: Table
    read_at: datetime | None

    @property
    def is_whole(self) -> bool:
        return len(self.refs) == self.shards


def directory(operation: str) -> str:
    """Return the prefix of an operation's refs."""
    return f"{LedgerRecord.namespace()}{identify((operation,), (), prefix=operation, length=16).name}/"


def ref_name(operation: str, shard: int) -> str:
    """Return the full name of a document's ref."""
    return f"{directory(operation)}{shard:02}"


def seconds(at: datetime | None, clock: Clock) -> int:
    """Return GitHub's time in seconds since 1970. The runner's clock counts only where GitHub says no time."""
    return int((at or clock.now()).timestamp())


def _place(operation: str, shard: int) -> str:
    """Return the end of a document's ref: a store may keep its refs below another prefix."""
    return ref_name(operation, shard).removeprefix(LedgerRecord.namespace())


def short_digest(digest: str) -> str:
    """Return the form in which a content's digest is kept: any text is as long."""
    return sha256(normalise(digest).encode(errors="surrogateescape")).hexdigest()[:16]


def shard_of(target: str, shards: int) -> int:
    """Return the shard of a target. A document that is divided in two leaves each target at its place, or moves it to
    one new place.
    """
    return int(sha256(target.encode(errors="surrogateescape")).hexdigest()[:8], 16) % shards


def transact_ledger(
    refs: RefStore,
    repository: str,
    operation: str,
    decide: Callable[[Table, datetime | None], tuple[Table, Answer]],
    *,
    targets: Collection[str] | None,
    shards: int = 1,
    pause: Callable[[], None],
    rounds: int = ROUNDS,
) -> tuple[Book, Answer]:
    """Read, decide and swap every document that changes, all or none; after a lost race decide again.

    Args:
        refs: the port to the refs.
        repository: `owner/name` that keeps the ledger.
        operation: name of the work.
        decide: a pure function of the table and GitHub's time, called once a round. It changes only `targets`.
        targets: the targets that the decision is about. None: all.
        shards: the number of documents, as far as the caller knows it. A wrong one costs a request.
        pause: called after a lost race.
        rounds: rounds at most.

    Returns:
        The documents as they are now, and the answer of the last round.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: a document is no ledger, or the operation has too many targets.
    """
    whole = targets is None
    for left in reversed(range(rounds + 1)):
        book = read_book(refs, repository, operation, targets=None if whole else targets, shards=shards)
        shards = book.shards
        table, answer = decide(book.table, book.read_at)
        if table == book.table:
            return book, answer
        try:
            now = write_book(refs, repository, book, table)
        except LostRaceError:
            if not left:
                raise
            pause()
            continue
        if now is not None:
            return now, answer
        whole = True
    raise AssertionError("the last round returns or raises")


def read_book(
    refs: RefStore, repository: str, operation: str, *, targets: Collection[str] | None, shards: int = 1
) -> Book:
    """Return the documents of an operation in which targets are, in one request where `shards` is right.

    Raises:
        ConflictError: a document is no ledger of this version, or one is missing.
    """
    wanted = None if targets is None else {shard_of(target, shards) for target in targets}
    if shards == 1 or (wanted is not None and len(wanted) == 1):
        (shard,) = wanted or {0}
        ref = refs.read(repository, ref_name(operation, shard))
        record = _record(ref)
        if record is None and shards == 1:
            return Book(operation=operation, shards=1, refs={0: ref}, table={}, read_at=ref.read_at)
        if record is not None and record.shards == shards:
            return Book(
                operation=operation, shards=shards, refs={shard: ref}, table=record.entries(), read_at=ref.read_at
            )
    found = refs.list(repository, directory(operation))
    if not found:
        return read_book(refs, repository, operation, targets=targets)
    return whole_book(operation, found)


def whole_book(operation: str, found: Collection[StoredRef]) -> Book:
    """Return an operation from all its refs.

    Raises:
        ConflictError: a document is no ledger of this version, or one is missing.
    """
    table: dict[str, Entry] = {}
    by_shard: dict[int, StoredRef] = {}
    numbers = set[int]()
    for ref in found:
        record = _record(ref)
        if record is None or not ref.name.endswith(_place(operation, record.shard)):
            raise _torn(operation)
        by_shard[record.shard] = ref
        numbers.add(record.shards)
        table |= record.entries()
    if numbers != {len(by_shard)} or set(by_shard) != set(range(len(by_shard))):
        raise _torn(operation)
    read_at = min((ref.read_at for ref in found if ref.read_at), default=None)
    return Book(operation=operation, shards=len(by_shard), refs=by_shard, table=table, read_at=read_at)


def operation_of(ref: StoredRef) -> str:
    """Return the operation whose document is at a ref.

    Raises:
        ConflictError: it is no ledger of this version.
    """
    return read(LedgerRecord, ref.message, name=ref.name).operation


def changes_of(book: Book, table: Table) -> tuple[RefChange, ...]:
    """Return the changes of a whole operation whose table is another one. All are made, or none.

    Raises:
        ConflictError: the operation has too many targets.
    """
    documents = _documents(book, table)
    assert documents is not None, "each document was read"
    return _changes(book, documents)


def write_book(refs: RefStore, repository: str, book: Book, table: Table) -> Book | None:
    """Replace every document that another table changes, all or none. None: more of them must be read first.

    Raises:
        LostRaceError: another run was first.
        ConflictError: the operation has too many targets.
    """
    documents = _documents(book, table)
    if documents is None:
        return None
    now = _swap(refs, repository, book, documents)
    return replace(book, shards=max(book.shards, len(now)), refs=now, table=table)


def _record(ref: StoredRef) -> LedgerRecord | None:
    return None if ref.oid is None else read(LedgerRecord, ref.message, name=ref.name)


def _torn(operation: str) -> ConflictError:
    return ConflictError(
        f"The documents of the ledger {operation!r} below {directory(operation)} do not belong together.",
        remediation="Another program wrote or deleted some of them. If no run works on the operation, delete all of"
        " them: each target is then worked on once more. Do not delete one alone.",
    )


def _documents(book: Book, table: Table) -> dict[int, LedgerRecord | None] | None:
    """Return the documents that a table changes; None for one that goes. None: more of them must be read first."""
    if not table and book.is_whole:
        return dict.fromkeys(shard for shard, ref in book.refs.items() if ref.oid)
    shards = book.shards
    while True:
        if shards == book.shards:
            before, after = (_divided(each, book.refs, shards) for each in (book.table, table))
            parts = {shard: part for shard, part in after.items() if part != before[shard]}
        else:
            parts = _divided(table, range(shards), shards)
        documents = {shard: record_of_entries(book.operation, shard, shards, part) for shard, part in parts.items()}
        if all(len(document.message()) <= MAX_MESSAGE_BYTES for document in documents.values()):
            return dict(documents)
        if not book.is_whole:
            return None
        shards *= 2
        if shards > MAX_SHARDS:
            raise ConflictError(
                f"The ledger {book.operation!r} would have more than {MAX_SHARDS} documents of"
                f" {MAX_MESSAGE_BYTES:,} bytes with {len(table):,} targets; no more are kept.",
                remediation="Divide the targets over several operations, or shorten their names.",
            )


def _divided(table: Table, shards: Iterable[int], number: int) -> dict[int, dict[str, Entry]]:
    """Return the targets of these shards, of a number of shards."""
    parts: dict[int, dict[str, Entry]] = {shard: {} for shard in shards}
    for target, entry in table.items():
        parts[shard_of(target, number)][target] = entry
    return parts


def _swap(
    refs: RefStore, repository: str, book: Book, documents: Mapping[int, LedgerRecord | None]
) -> Mapping[int, StoredRef]:
    """Write documents, all or none, and return the refs of all that are known then."""
    written = refs.update_all(repository, _changes(book, documents))
    return dict(book.refs) | dict(zip(documents, written, strict=True))


def _changes(book: Book, documents: Mapping[int, LedgerRecord | None]) -> tuple[RefChange, ...]:
    some = next(iter(book.refs.values()))
    changes = []
    for shard, document in documents.items():
        before = book.refs.get(shard) or replace(
            some, name=ref_name(book.operation, shard), oid=None, message="", written_at=None, tombstone_oid=None
        )
        changes.append(RefChange(before, document.message() if document else None))
    return tuple(changes)
