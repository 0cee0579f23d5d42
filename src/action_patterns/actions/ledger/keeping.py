"""List, free and clean: the ledger's own upkeep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from action_patterns.actions.ledger import text
from action_patterns.actions.ledger.ending import Ending, annotation
from action_patterns.actions.ledger.interface import DEFAULT_LIMIT, DEFAULT_OLDER_THAN_DAYS, LedgerInputs
from action_patterns.actions.ledger.store import Store
from action_patterns.actions.ledger.validate import LedgerRequest
from action_patterns.content.identifier import identify
from action_patterns.errors import ConflictError, LostRaceError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.ref_store import StoredRef
from action_patterns.state.ledger import table as tables
from action_patterns.state.ledger.book import Book, operation_of, read_book, seconds, whole_book, write_book
from action_patterns.state.ledger.record import LedgerRecord
from action_patterns.state.ledger.table import Table

_DAY_SECONDS = 24 * 60 * 60


def show(inputs: LedgerInputs, request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Read the targets, and write a page of them into a file."""
    book = read_book(github.refs, request.repository, request.operation, targets=None)
    prefix = inputs.prefix or ""
    of_prefix = {name: entry for name, entry in book.table.items() if name.startswith(prefix)}
    every = sorted(name for name, entry in of_prefix.items() if not inputs.states or entry.state in inputs.states)
    rest = [name for name in every if inputs.after is None or name > inputs.after]
    page = rest[: inputs.limit or DEFAULT_LIMIT]
    rows = [text.row(name, of_prefix[name]) for name in page]
    # Each page has its file: a job may read more than one.
    parts = (request.repository, request.operation, prefix, *inputs.states, inputs.after or "", str(inputs.limit))
    page_id = identify(parts, (), prefix="", length=16).name
    path = ports.files.write(f"action-patterns/ledger/{page_id}.json", json.dumps(rows, indent=1) + "\n")
    states = tables.counts(of_prefix.values())
    return Ending(
        operation=request.operation,
        outcome="unchanged",
        reason="listed",
        count=len(page),
        numbers=(
            *((name, number) for name, number in states.items()),
            ("more on further pages", len(rest) - len(page)),
        ),
        table=of_prefix,
        outputs={
            "states": dict(states),
            "targets": list(page),
            "path": path,
            "next": page[-1] if len(rest) > len(page) else None,
        },
    )


def free(request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Let failed and parked targets be tried as at first."""
    names = [given.target for given in request.given]

    def decide(table: Table, _now: datetime | None) -> tuple[Table, tuple[str, ...]]:
        return tables.free(table, names)

    _, freed = Store(request, ports, github).change(decide, names)
    return Ending(
        operation=request.operation,
        outcome="updated" if freed else "unchanged",
        reason="freed" if freed else "nothing-to-free",
        count=len(freed),
        numbers=(("freed", len(freed)),),
        outputs={"targets": list(freed)},
    )


def clean(inputs: LedgerInputs, request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Remove old targets of one operation or of all."""
    days = DEFAULT_OLDER_THAN_DAYS if inputs.older_than_days is None else inputs.older_than_days
    is_dry = inputs.dry_run is not False
    removed: list[str] = []
    annotations: list[Annotation] = []
    for book in _books(request, github, annotations):
        table, litter = tables.clean(
            book.table,
            seconds(book.read_at, ports.clock),
            older_than_seconds=days * _DAY_SECONDS,
            prefix=inputs.prefix or "",
        )
        if not litter:
            continue
        if not is_dry:
            try:
                write_book(github.refs, request.repository, book, table)
            except LostRaceError:
                continue  # A run works on the operation now. The next cleaning looks at it again.
        removed.extend(litter)
        for name in litter:
            entry = book.table[name]
            done = "Would remove" if is_dry else "Removed"
            ports.log.info(f"{done} {name} of {book.operation}: {entry.state} since {text.since(entry)}.")
    outcome, reason = ("planned", "would-clean") if is_dry else ("updated", "cleaned")
    return Ending(
        operation=request.operation or "every operation",
        outcome=outcome if removed else "unchanged",
        reason=reason if removed else "nothing-to-clean",
        count=len(removed),
        numbers=(("old", len(removed)),),
        outputs={"targets": list(removed)},
        annotations=tuple(annotations),
    )


def _books(request: LedgerRequest, github: GitHub, annotations: list[Annotation]) -> Iterator[Book]:
    refs = sorted(github.refs.list(request.repository, LedgerRecord.namespace()), key=lambda ref: ref.name)
    for _, found in groupby(refs, key=_directory):
        documents = tuple(found)
        try:
            operation = operation_of(documents[0])
            if request.operation in ("", operation):
                yield whole_book(operation, documents)
        except ConflictError as error:
            annotations.append(annotation("warning", "A ledger was left", f"{error.message}\n{error.remediation}"))


def _directory(ref: StoredRef) -> str:
    return ref.name.rpartition("/")[0]
