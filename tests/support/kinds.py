"""One decision of each kind of record, for tests that hold for the one transaction whatever it decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from action_patterns.ports.ref_store import RefStore, StoredRef
from action_patterns.state import lock, once, values
from action_patterns.state.cleaning import Rule
from action_patterns.state.lock import Entry, LockRecord, LockRequest
from action_patterns.state.once import OnceRecord, OnceRequest
from action_patterns.state.record import Envelope, Holder
from action_patterns.state.transaction import Change, Stored, record_of, transact_stored
from action_patterns.state.values import PutRequest, ValueRecord
from support.stage import TARGET

HOUR = timedelta(hours=1)
TIMEOUT_HOURS = 6
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def holder(run: int, attempt: int = 1) -> Holder:
    return Holder(repository=TARGET, run_id=run, attempt=attempt, url=f"https://github.invalid/runs/{run}")


def entry(run: int) -> Entry:
    return Entry(claim=f"{run:016}", run=holder(run), job="job", since=NOW, lease_seconds=60.0)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of record, and what a run does to it."""

    record: type[Envelope]
    decide: Callable[[Stored[Any], int], Change[Any]]
    """The decision of the run of this number."""
    is_done: Callable[[Any, int], bool]
    """Whether the record shows what that run did."""
    once: bool
    """Whether only one run does it, and the others find it done."""
    is_litter: Callable[[Stored[Any]], bool]
    """Whether `clean` removes what no run wrote for an hour."""

    @property
    def ref(self) -> str:
        return f"{self.record.namespace()}cursor"

    @property
    def rule(self) -> Rule[Any]:
        return Rule(self.record, lambda record: record.subject(), self.is_litter)

    def stored(self, ref: StoredRef) -> Stored[Any]:
        """The record at a ref."""
        return Stored(ref, record_of(ref, self.record))

    def release(self, refs: RefStore, number: int) -> None:
        """Give a lock back."""
        transact_stored(refs, TARGET, self.ref, LockRecord, lambda found: lock.release(found.record, entry(number)))

    def run(self, refs: RefStore, number: int) -> tuple[Stored[Any], Change[Any]]:
        return transact_stored(refs, TARGET, self.ref, self.record, lambda found: self.decide(found, number))


def _append(found: Stored[ValueRecord], run: int) -> Change[ValueRecord]:
    return values.put(found, PutRequest(key="cursor", us=holder(run), value=[run], merge="append"))


def _begin(found: Stored[OnceRecord], run: int) -> Change[OnceRecord]:
    return once.begin(found.record, OnceRequest(operation="announce", us=holder(run), now=found.ref.read_at or NOW))


def _acquire(found: Stored[LockRecord], run: int) -> Change[LockRecord]:
    return lock.acquire(
        found.record,
        LockRequest(
            name="cursor",
            us=entry(run),
            ticket_lease_seconds=60.0,
            read_at=found.ref.read_at or NOW,
            refusal="held",
        ),
    )


KINDS = {
    "state": Kind(
        record=ValueRecord,
        decide=_append,
        is_done=lambda record, run: run in (record.value if record else ()),
        once=False,
        is_litter=lambda found: values.is_litter(found, HOUR),
    ),
    "once": Kind(
        record=OnceRecord,
        decide=_begin,
        is_done=lambda record, run: record is not None and record.holder.run_id == run,
        once=True,
        is_litter=lambda found: once.is_litter(found, HOUR, pending_timeout_hours=TIMEOUT_HOURS),
    ),
    "lock": Kind(
        record=LockRecord,
        decide=_acquire,
        is_done=lambda record, run: record is not None and record.held.run.run_id == run,
        once=True,
        is_litter=lambda found: lock.is_litter(found, HOUR),
    ),
}
