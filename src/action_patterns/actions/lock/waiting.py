"""Wait for a lock: one place in a queue, looks that are paced, and holders and waiters that died are passed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from action_patterns.action.liveness import Liveness
from action_patterns.action.place import Place
from action_patterns.actions.lock import text
from action_patterns.errors import LostRaceError
from action_patterns.ports.github import GitHub
from action_patterns.state import lock
from action_patterns.state.lock import Entry, LockRecord, LockRequest, Sightings
from action_patterns.state.transaction import Change, Stored, time_of

TICKET_LEASE_SECONDS = 60.0
TICKET_RENEWAL_SECONDS = 25.0
"""Age of a ticket's lease at which its next look renews it: the second one of a waiter that looks each 15 seconds."""
LIVENESS_SECONDS = 7.0
"""Time between two questions about the run that is in the way. GitHub counts none of them while the run is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """The end of a wait."""

    record: LockRecord | None
    change: Change[LockRecord]
    seconds: float
    held_from: float
    """Time of our monotonic clock before the lock was written: its lease begins no earlier."""

    @property
    def acquired(self) -> bool:
        """Whether the lock is ours."""
        return self.change.outcome != "blocked"


class Waiter:
    """One step that waits."""

    def __init__(self, place: Place[LockRecord], name: str, github: GitHub, us: Entry, wait_seconds: float) -> None:
        self._place = place
        ports = self._ports = place.ports
        self._github = github
        self._began = ports.clock.monotonic()
        self._wait_seconds = wait_seconds
        self._request = LockRequest(
            name=name, us=us, ticket_lease_seconds=TICKET_LEASE_SECONDS, read_at=ports.clock.now()
        )
        self._sightings = Sightings()
        self._decided_at = self._ticket_at = self._began
        self._record: LockRecord | None = None
        self._has_looked = False
        self._etag = ""
        self._asked_at = -inf
        self._in_the_way: tuple[str, int] | None = None
        self._liveness = Liveness(ports, github)

    def wait(self) -> Waited:
        """Return when the lock is ours, or when the time is over.

        Raises:
            ConflictError: the ref holds no lock that this version reads.
            ActionPatternsError: GitHub could not be asked.
        """
        while True:
            try:
                record, change = self._look()
            except LostRaceError:
                self._ports.clock.sleep(lock.FRONT_POLL_SECONDS * self._ports.random())
                continue
            if change.outcome in ("updated", "unchanged"):
                return self._waited(record, change)
            if self._learns_of_an_end(record):
                continue
            if change.outcome == "blocked":
                return self._waited(record, change)
            if change.write is not None:
                self._ticket_at = self._decided_at
                # Another job may drop our ticket: a further one must not look like that one.
                self._request = replace(self._request, us=self._request.us.renewed())
            self._tell(record)
            self._pause(record)

    def _look(self) -> tuple[LockRecord | None, Change[LockRecord]]:
        """Return the lock and our decision. GitHub does not count the request where the lock is unchanged."""
        if self._has_looked:
            etag = self._github.refs.poll(self._place.repository, self._place.ref, self._etag)
            self._etag = self._etag if etag is None else etag
            if etag is None:
                change = self._decide(self._record)
                if change.write is None:
                    return self._record, change
        stored, change = self._place.change(self._github, self._decide_by_the_store_s_clock)
        self._record = stored.record
        self._has_looked = True
        return self._record, change

    def _decide_by_the_store_s_clock(self, found: Stored[LockRecord]) -> Change[LockRecord]:
        self._request = replace(self._request, read_at=time_of(found.ref))
        return self._decide(found.record)

    def _decide(self, found: LockRecord | None) -> Change[LockRecord]:
        at = self._decided_at = self._ports.clock.monotonic()
        self._sightings = self._sightings.see(found, at)
        self._request = replace(
            self._request,
            gone=self._sightings.gone(found, self._request.us, at),
            refusal="" if at < self._ends else "wait-exhausted" if self._wait_seconds else "held",
            renews_ticket=at - self._ticket_at >= TICKET_RENEWAL_SECONDS,
        )
        return lock.acquire(found, self._request)

    @property
    def _ends(self) -> float:
        return self._began + self._wait_seconds

    def _pause(self, record: LockRecord | None) -> None:
        now = self._ports.clock.monotonic()
        seconds = lock.pause_seconds(record, self._request, self._sightings, now)
        self._ports.clock.sleep(max(0.0, min(seconds, self._ends - now)))

    def _learns_of_an_end(self, record: LockRecord | None) -> bool:
        """Return whether GitHub calls the job over that is in the way. It is asked about each 7 seconds at most."""
        suspect = lock.suspect(record, self._request)
        now = self._ports.clock.monotonic()
        if suspect is None or self._liveness.is_hidden(suspect.run) or now - self._asked_at < LIVENESS_SECONDS:
            return False
        self._asked_at = now
        if not self._liveness.is_over(suspect.claim, suspect.run, suspect.runner):
            return False
        self._ports.log.info(f"GitHub calls the job over: {text.who(suspect)}")
        self._sightings = self._sightings.call_over(suspect.claim)
        self._asked_at = -inf
        return True

    def _tell(self, record: LockRecord | None) -> None:
        """Log the place in the queue where it changed."""
        if record is None:
            return
        place = len(lock.ahead(record, self._request))
        holder = record.held.claim if record.held else ""
        if (holder, place) != self._in_the_way:
            self._in_the_way = (holder, place)
            self._ports.log.info(text.waiting(self._request.name, record, place))

    def _waited(self, record: LockRecord | None, change: Change[LockRecord]) -> Waited:
        return Waited(
            record=record,
            change=change,
            seconds=self._ports.clock.monotonic() - self._began,
            held_from=self._decided_at,
        )
