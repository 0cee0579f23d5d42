"""The documents of a ledger. One holds many targets in few bytes, as a commit's message is short."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, NamedTuple, Self, TypeVar

from pydantic import Field, model_validator

from action_patterns.contracts.wording import counted
from action_patterns.state.record import Envelope, Holder

State = Literal["pending", "done", "failed", "parked", "released"]
"""`released`: the work ended without a result, and any claim takes the target at once."""

T = TypeVar("T")


class Claim(NamedTuple):
    """A step that took targets, and how long they are its own."""

    claim: str
    """Its proof. The run is none: each leg of a matrix has the same."""
    run: Holder
    job: str
    lease_seconds: int


class Entry(NamedTuple):
    """A target, as far as it came with one content."""

    state: State
    digest: str
    """Short hash of the content's digest."""
    at: int
    """When it came to this state: GitHub's clock, in seconds since 1970."""
    by: Claim | None = None
    """The step that has it or had it. None: it is done."""
    failures: int = 0
    """Failures in a row with this content."""
    reason: str = ""
    """Cause of the last failure."""


class _ClaimRow(NamedTuple):
    claim: str
    run: int
    """Its place in `runs`."""
    lease_seconds: int
    job: str = ""


class _TargetRow(NamedTuple):
    state: State
    digest: str
    at: int
    claim: int = 0
    """Its place in `claims`, from 1. 0: none."""
    failures: int = 0
    reason: str = ""


class LedgerRecord(Envelope):
    """One document of an operation: all targets of one shard."""

    kind: ClassVar[str] = "ledger"
    called: ClassVar[str] = "ledger"

    operation: str
    shard: int = Field(ge=0)
    shards: int = Field(ge=1)
    """Documents of the operation. The shard of a target follows from it, so all of them say the same number."""
    runs: tuple[Holder, ...] = ()
    claims: tuple[_ClaimRow, ...] = ()
    targets: dict[str, _TargetRow] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _refers_to_what_it_holds(self) -> Self:
        if not all(0 <= row.run < len(self.runs) for row in self.claims):
            raise ValueError("a claim is of no run")
        for row in self.targets.values():
            if not 0 <= row.claim <= len(self.claims) or (row.state == "pending" and not row.claim):
                raise ValueError("a target is of no claim")
        return self

    def subject(self) -> str:
        of = f", {self.shard + 1} of {self.shards}" if self.shards > 1 else ""
        return f"{self.operation}: {counted(len(self.targets), 'target')}{of}"

    def message(self) -> str:
        """Return a commit message as every kind has it, with rows as short as they may be."""
        text = self.model_dump(mode="json")
        text["claims"] = [_trimmed(row, _ClaimRow) for row in self.claims]
        text["targets"] = {name: _trimmed(row, _TargetRow) for name, row in self.targets.items()}
        return f"{self.kind}: {' '.join(self.subject().split())}\n\n{json.dumps(text, separators=(',', ':'))}\n"

    def entries(self) -> dict[str, Entry]:
        """Return its targets."""
        claims = [Claim(row.claim, self.runs[row.run], row.job, row.lease_seconds) for row in self.claims]
        return {
            name: Entry(
                row.state, row.digest, row.at, claims[row.claim - 1] if row.claim else None, row.failures, row.reason
            )
            for name, row in self.targets.items()
        }


def record_of_entries(operation: str, shard: int, shards: int, entries: Mapping[str, Entry]) -> LedgerRecord:
    """Return the document of these targets. Equal targets make an equal document."""
    claims = _places(entry.by for _, entry in sorted(entries.items()) if entry.by)
    runs = _places(claim.run for claim in claims)
    return LedgerRecord(
        operation=operation,
        shard=shard,
        shards=shards,
        runs=tuple(runs),
        claims=tuple(_ClaimRow(each.claim, runs[each.run], each.lease_seconds, each.job) for each in claims),
        targets={
            name: _TargetRow(
                entry.state,
                entry.digest,
                entry.at,
                claims[entry.by] + 1 if entry.by else 0,
                entry.failures,
                entry.reason,
            )
            for name, entry in sorted(entries.items())
        },
    )


def _places(items: Iterable[T]) -> dict[T, int]:
    """Return each item with its place among those that differ."""
    return {item: place for place, item in enumerate(dict.fromkeys(items))}


def _trimmed(row: tuple[object, ...], kind: type[_ClaimRow | _TargetRow]) -> list[object]:
    """Return a row without the defaults at its end."""
    kept = list(row)
    defaults = kind._field_defaults
    for name in reversed(kind._fields):
        if name not in defaults or kept[-1] != defaults[name]:
            break
        kept.pop()
    return kept
