"""The mode `clean`: old targets, and histories that no run adds to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import groupby

from action_patterns.action.cleaning import clean, older_than
from action_patterns.action.contract import Finish
from action_patterns.actions.ledger import text
from action_patterns.actions.ledger.interface import LedgerInputs, LedgerOutputs
from action_patterns.actions.ledger.request import LedgerRequest
from action_patterns.errors import ConflictError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.ref_store import RefStore, StoredRef
from action_patterns.state.cleaning import Left, Litter, Rule, litter_of, without_time
from action_patterns.state.history import HistoryRecord
from action_patterns.state.ledger import table as tables
from action_patterns.state.ledger.book import Book, changes_of, operation_of, whole_book
from action_patterns.state.ledger.record import LedgerRecord
from action_patterns.state.transaction import Stored


def clean_targets(inputs: LedgerInputs, request: LedgerRequest, ports: Ports) -> Finish[LedgerOutputs]:
    """Remove old targets of one operation or of all, or list them. An operation that a run works on meanwhile stays."""
    cleaned = clean(inputs, ports, request.repository, "targets", partial(_find, inputs, request))
    values = dict.fromkeys(LedgerOutputs.model_fields) | {"count": 0, "has_targets": False} | cleaned.outputs()
    return Finish(outputs=LedgerOutputs(**values), summary=cleaned.summary, annotations=cleaned.annotations)


def _find(inputs: LedgerInputs, request: LedgerRequest, refs: RefStore, left: Left) -> Iterator[Litter]:
    age = older_than(inputs)
    for book in _books(request, refs, left):
        if book.read_at is None:
            left(without_time(book.operation))
            continue
        table, old = tables.clean(
            book.table,
            int(book.read_at.timestamp()),
            older_than_seconds=int(age.total_seconds()),
            prefix=inputs.prefix or "",
        )
        if old:
            yield Litter(old, f"{book.operation}, in these states since {_since(book, old)}", changes_of(book, table))
    if not inputs.prefix:  # A history has no targets that could begin with it.
        yield from litter_of(_histories(request, age), refs, request.repository, "", left)


def _since(book: Book, old: tuple[str, ...]) -> str:
    return text.since(max((book.table[name] for name in old), key=lambda entry: entry.at))


def _histories(request: LedgerRequest, age: timedelta) -> Rule[HistoryRecord]:
    def is_litter(found: Stored[HistoryRecord]) -> bool:
        is_asked_for = found.record is not None and request.operation in ("", found.record.operation)
        return is_asked_for and found.ref.age() >= age

    return Rule(HistoryRecord, lambda record: f"history of {record.operation}", is_litter)


def _books(request: LedgerRequest, refs: RefStore, left: Left) -> Iterator[Book]:
    listed = sorted(refs.list(request.repository, LedgerRecord.namespace()), key=lambda ref: ref.name)
    for _, found in groupby(listed, key=_directory):
        documents = tuple(found)
        try:
            operation = operation_of(documents[0])
            if request.operation in ("", operation):
                yield whole_book(operation, documents)
        except ConflictError as error:
            left(error)


def _directory(ref: StoredRef) -> str:
    return ref.name.rpartition("/")[0]
