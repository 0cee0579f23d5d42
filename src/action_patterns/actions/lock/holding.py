"""Run a command while its lock is held: the lease is renewed, and the command ends before a lease that is not."""

from __future__ import annotations

from dataclasses import dataclass

from action_patterns.actions.lock.place import Place
from action_patterns.errors import ActionPatternsError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.processes import GRACE_SECONDS, Command, Ended, Lease
from action_patterns.state import lock
from action_patterns.state.lock import Entry

END_SECONDS = GRACE_SECONDS + 5.0
"""Time that a tree of processes takes to be gone: its grace, killing it, and a rest for a slow machine."""
RENEWALS = 3
"""Renewals in the time of one lease."""
_LEAST_SECONDS = 1.0
"""Time that a renewal needs at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A command that ran under the lock."""

    ended: Ended
    lost: str = ""
    """A sentence about how the lock was lost. Empty: it was held until the command's tree was gone."""


class Keeper:
    """The renewals of one hold."""

    def __init__(self, place: Place, ports: Ports, us: Entry, held_from: float) -> None:
        self._place = place
        self._ports = ports
        self._us = us
        self._ends = held_from + us.lease_seconds
        self._lost = ""

    def run(self, script: str, working_directory: str) -> Held:
        """Run lines of bash until they and all they started are gone.

        Raises:
            InputError: the working directory is not there.
        """
        lease = Lease(self._left(), self._us.lease_seconds / RENEWALS, self._extend)
        ended = self._ports.processes.run(
            Command(script=script, working_directory=working_directory, lease=lease, grace_seconds=GRACE_SECONDS)
        )
        if ended.timed_out and not self._lost:
            self._lost = "The lease was not renewed in time."
        return Held(ended=ended, lost=self._lost)

    def _left(self) -> float:
        """Return the time until the command must be ended, so that its tree is gone before the lease is over."""
        return self._ends - END_SECONDS - self._ports.clock.monotonic()

    def _extend(self) -> float:
        if self._left() >= _LEAST_SECONDS and not self._lost:
            self._renew(self._left())
        return 0.0 if self._lost else max(0.0, self._left())

    def _renew(self, seconds: float) -> None:
        """Renew the lease, in at most these seconds. A failure is logged: the next renewal may succeed."""
        began = self._ports.clock.monotonic()
        try:
            with self._place.open(seconds) as github:
                record, change = self._place.change(github, lambda found: lock.renew(found, self._us))
        except ActionPatternsError as error:
            self._ports.log.info(
                f"The lease was not renewed: {error.message} The command is ended in {max(0.0, self._left()):.0f} s"
                " unless a renewal succeeds."
            )
            return
        if change.outcome == "blocked":
            taken = record.held if record else None
            self._lost = f"The lock was taken by {taken.run.url}." if taken else "The lock was taken away."
            return
        self._ends = began + self._us.lease_seconds
