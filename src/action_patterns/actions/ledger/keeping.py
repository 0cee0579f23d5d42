"""List and free: a look at the targets of a ledger, and a fresh try for those that failed."""

from __future__ import annotations

import json
from datetime import datetime

from action_patterns.actions.ledger import text
from action_patterns.actions.ledger.ending import Ending
from action_patterns.actions.ledger.interface import DEFAULT_LIMIT, LedgerInputs
from action_patterns.actions.ledger.request import LedgerRequest
from action_patterns.actions.ledger.store import Store
from action_patterns.content.identifier import identify
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.state.ledger import table as tables
from action_patterns.state.ledger.book import read_book
from action_patterns.state.ledger.table import Table


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
