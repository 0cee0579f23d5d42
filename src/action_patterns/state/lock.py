"""The record of a lock, and the decisions of those that want, hold and give it up. Pure.

A dead holder or waiter is recognised by sightings: its entry was not renewed for its whole lease, on the clock of the
job that watches it. No decision compares the clocks of two machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from action_patterns.contracts.document import Record
from action_patterns.state.record import MAX_MESSAGE_BYTES, Holder, StateRecord
from action_patterns.state.transaction import Change, Stored

MAX_QUEUE = 100
"""Tickets of one lock at most. GitHub's own `queue: max` holds as many pending runs (docs, "Workflow syntax")."""


POLL_SECONDS = (2.5, 7.5, 10.0, 15.0)
"""Time between two looks of a waiter, by its place in the queue. The last is that of all places further back.

n waiters look 0.5 + (n - 1) / 15 times a second at most. Who is nearly next looks more often than who is far back: it
learns by its next look only that the job before it has the lock.
"""
FRONT_POLL_SECONDS = POLL_SECONDS[0]
LITTER_SECONDS = 60.0
"""Age of a lock, beyond the leases in it, that `clean` may delete. GitHub's times have full seconds."""


class Entry(Record):
    """A job that holds the lock or waits for it."""

    claim: str
    """Proof of the step that made the entry. The run is none: each leg of a matrix has the same."""
    run: Holder
    job: str
    runner: str = ""
    """Name of its runner. Empty: not known."""
    since: AwareDatetime
    """The time of its runner's clock, for people only."""
    lease_seconds: float = Field(gt=0, allow_inf_nan=False)
    renewals: int = Field(default=0, ge=0)

    def is_earlier_attempt_of(self, run: Holder) -> bool:
        """Return whether it is of an earlier attempt of a run. A run is rerun only when it has ended."""
        return self.run.is_same_run(run) and self.run.attempt < run.attempt

    def renewed(self) -> Entry:
        """Return the entry with its lease begun again."""
        return self.model_copy(update={"renewals": self.renewals + 1})


class LockRecord(StateRecord):
    """A lock: its holder, and the queue of those that wait for it. Base fields name the run that wrote it last."""

    kind: ClassVar[str] = "lock"
    called: ClassVar[str] = "lock"

    state: Literal["free", "held"]
    generation: int = Field(ge=0)
    """The fencing number, which only grows: see `first_generation`."""
    held: Entry | None = None
    queue: tuple[Entry, ...] = ()
    """Tickets, first in, first out."""
    released: str = ""
    """Claim of the last holder that gave the lock back, so that a repeated release is recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An entry as one waiter saw it first."""

    claim: str
    renewals: int
    at: float
    """Seconds of the waiter's monotonic clock."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """Entries of a lock as one waiter saw them."""

    entries: tuple[Sighting, ...] = ()
    over: frozenset[str] = frozenset()
    """Claims of jobs that GitHub calls over."""

    def see(self, record: LockRecord | None, at: float) -> Sightings:
        """Return the sightings after a read whose answer came at `at`. A renewed entry is seen for the first time."""
        known = {(each.claim, each.renewals): each for each in self.entries}
        seen = (
            known.get((entry.claim, entry.renewals)) or Sighting(claim=entry.claim, renewals=entry.renewals, at=at)
            for entry in entries(record)
        )
        return Sightings(tuple(seen), self.over)

    def call_over(self, claim: str) -> Sightings:
        """Return the sightings with one claim whose job is over."""
        return Sightings(self.entries, self.over | {claim})

    def lease_ends(self, entry: Entry) -> float | None:
        """Return the time at which an entry's lease is over for this waiter. None: it has not seen the entry."""
        seen = next((e for e in self.entries if (e.claim, e.renewals) == (entry.claim, entry.renewals)), None)
        return None if seen is None else seen.at + entry.lease_seconds

    def gone(self, record: LockRecord | None, us: Entry, at: float) -> frozenset[str]:
        """Return the claims that hold up no job: their lease or job is over, or they are of our earlier attempt."""
        return frozenset(
            entry.claim
            for entry in entries(record)
            if entry.claim != us.claim
            and (
                entry.claim in self.over
                or entry.is_earlier_attempt_of(us.run)
                or ((ends := self.lease_ends(entry)) is not None and ends <= at)
            )
        )


def entries(record: LockRecord | None) -> tuple[Entry, ...]:
    """Return the holder and the tickets, in the order in which they hold the lock."""
    if record is None:
        return ()
    return (record.held, *record.queue) if record.held else record.queue


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRequest:
    """The request of a step to a lock."""

    name: str
    us: Entry
    """The entry that the step makes: its claim, and the lease of its hold. Its renewals are more than those of any
    ticket of this claim that was in the queue before: another job may still count the lease of that one."""
    ticket_lease_seconds: float
    read_at: datetime
    """The time by the store's clock at which the lock was read."""
    gone: frozenset[str] = frozenset()
    """Claims that hold up no job."""
    refusal: Literal["", "held", "wait-exhausted"] = ""
    """The reason to give up where the lock is not free. Empty: the step waits."""
    renews_ticket: bool = False
    """Whether the lease of our ticket is due for renewal."""


def first_generation(read_at: datetime) -> int:
    """Return the generation of a lock's first holder: the milliseconds since 1970, by the store's clock.

    A lock that was deleted and made again never gives a number that a holder had before. Each acquisition adds one and
    takes a millisecond at least, so a lock's generation is never later than its clock. `clean` deletes a lock a minute
    after its last write at the earliest.
    """
    return int(read_at.timestamp() * 1_000)


def acquire(found: LockRecord | None, request: LockRequest) -> Change[LockRecord]:
    """Return whether the lock is ours now, and otherwise our place in the queue."""
    us = request.us
    held, queue = (found.held, found.queue) if found else (None, ())
    if held is not None and held.claim == us.claim:
        return Change(outcome="unchanged", reason="acquired")
    living = tuple(ticket for ticket in queue if ticket.claim not in request.gone)
    ticket = next((each for each in living if each.claim == us.claim), None)
    if not _blockers(found, request):
        if ticket is not None:
            # Who watched our ticket must see the hold for the first time.
            us = us.model_copy(update={"renewals": ticket.renewals + 1})
        return Change(outcome="updated", reason=_taking(held, us), write=_held(found, request, us, living))
    if request.refusal:
        without = tuple(each for each in queue if each.claim != us.claim)
        write = _written(found, us, queue=without) if found and without != queue else None
        return Change(outcome="blocked", reason=request.refusal, write=write)
    assert found is not None, "an absent lock blocks no step"
    if ticket is None:
        if len(living) >= MAX_QUEUE:
            return Change(outcome="blocked", reason="queue-full")
        ours = us.model_copy(update={"lease_seconds": request.ticket_lease_seconds})
        longer = _written(found, us, queue=(*living, ours))
        if len(longer.message()) > MAX_MESSAGE_BYTES:
            return Change(outcome="blocked", reason="queue-full")
        return Change(outcome="deferred", reason="waiting", write=longer)
    if request.renews_ticket:
        renewed = tuple(each.renewed() if each.claim == us.claim else each for each in living)
        return Change(outcome="deferred", reason="waiting", write=_written(found, us, queue=renewed))
    return Change(outcome="deferred", reason="waiting")


def renew(found: LockRecord | None, us: Entry) -> Change[LockRecord]:
    """Return the change that begins the holder's lease again."""
    if found is None or found.held is None or found.held.claim != us.claim:
        return Change(outcome="blocked", reason="lock-lost")
    return Change(outcome="updated", reason="renewed", write=_written(found, us, held=found.held.renewed()))


def release(found: LockRecord | None, us: Entry) -> Change[LockRecord]:
    """Return the change of a holder that gives the lock back. Only its claim proves that it is the holder."""
    if found is not None and found.held is not None and found.held.claim == us.claim:
        write = _written(found, us, state="free", held=None, released=us.claim)
        return Change(outcome="updated", reason="released", write=write)
    if found is not None and found.released == us.claim:
        return Change(outcome="unchanged", reason="released")
    return Change(outcome="blocked", reason="lock-lost")


def force_unlock(found: LockRecord | None, us: Entry) -> Change[LockRecord]:
    """Return the change of a person that takes the lock from its holder. `us` has the holder's claim."""
    if found is None or found.held is None:
        return Change(outcome="unchanged", reason="not-held")
    if found.held.claim != us.claim:
        return Change(outcome="blocked", reason="not-holder")
    # `released` stays: for the holder the lock is lost, and its release shall say so.
    return Change(outcome="updated", reason="force-unlocked", write=_written(found, us, state="free", held=None))


def is_litter(found: Stored[LockRecord], older_than: timedelta) -> bool:
    """Return whether `clean` may delete a lock: no job holds it or waits for it, and none wrote it for so long.

    Each renewal writes the record. So a lease that is shorter than the record's age is over, whoever has it.
    """
    leases = (entry.lease_seconds for entry in entries(found.record))
    return found.ref.age().total_seconds() >= max(older_than.total_seconds(), LITTER_SECONDS + max(leases, default=0.0))


def ahead(found: LockRecord | None, request: LockRequest) -> tuple[Entry, ...]:
    """Return the living tickets before ours; all where we have none."""
    found_ahead = []
    for ticket in found.queue if found else ():
        if ticket.claim == request.us.claim:
            break
        if ticket.claim not in request.gone:
            found_ahead.append(ticket)
    return tuple(found_ahead)


def suspect(found: LockRecord | None, request: LockRequest) -> Entry | None:
    """Return the entry whose job this waiter asks GitHub about. None: another waiter asks, or no entry is in the way.

    The front of the queue asks about the holder. If the lock is free, all ask about the ticket whose turn it is.
    """
    blockers = _blockers(found, request)
    if not blockers:
        return None
    first = blockers[0]
    is_holder = found is not None and first == found.held
    return None if is_holder and len(blockers) > 1 else first


def pause_seconds(found: LockRecord | None, request: LockRequest, sightings: Sightings, at: float) -> float:
    """Return the time until a waiter looks again. A wait in the queue ends early where a lease before it is over."""
    before = ahead(found, request)
    longest = POLL_SECONDS[min(len(before), len(POLL_SECONDS) - 1)]
    ends = (sightings.lease_ends(entry) for entry in before)
    left = min((end - at for end in ends if end is not None), default=longest)
    return min(longest, max(FRONT_POLL_SECONDS, left))


def _blockers(found: LockRecord | None, request: LockRequest) -> tuple[Entry, ...]:
    """Return the living entries that come before ours: the holder, then tickets."""
    held = found.held if found else None
    holder = (held,) if held is not None and held.claim not in request.gone else ()
    return (*holder, *ahead(found, request))


def _taking(held: Entry | None, us: Entry) -> str:
    if held is None:
        return "acquired"
    return "resumed" if held.is_earlier_attempt_of(us.run) else "taken-over"


def _held(found: LockRecord | None, request: LockRequest, us: Entry, living: Iterable[Entry]) -> LockRecord:
    return LockRecord(
        operation=request.name,
        state="held",
        holder=us.run,
        since=us.since,
        generation=first_generation(request.read_at) if found is None else found.generation + 1,
        held=us,
        queue=tuple(ticket for ticket in living if ticket.claim != us.claim),
        released=found.released if found else "",
    )


def _written(found: LockRecord, us: Entry, **changes: object) -> LockRecord:
    return found.model_copy(update={"holder": us.run, "since": us.since, **changes})
