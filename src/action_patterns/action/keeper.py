"""Run a command while its lease is renewed. The command ends before a lease that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from action_patterns.errors import ActionPatternsError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.processes import GRACE_SECONDS, Command, Ended, Lease

END_SECONDS = GRACE_SECONDS + 5.0
"""Time that a tree of processes takes to be gone: its grace, killing it, and a rest for a slow machine."""
RENEWALS = 3
"""Renewals in the time of one lease."""
MIN_LEASE_SECONDS = 30
"""The shortest lease that leaves time for a renewal and for the end of the tree."""
_LEAST_SECONDS = 1.0
"""Time that a renewal needs at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A command that ran under a lease."""

    ended: Ended
    lost: str = ""
    """A sentence about how the lease was lost. Empty: it was held until the command's tree was gone."""


class Keeper:
    """The renewals of one hold.

    Args:
        ports: the step's ports.
        lease_seconds: length of the lease.
        held_from: time of our monotonic clock before the hold was written: its lease begins no earlier.
        renew: renews the lease in at most the seconds it is given. Returns a sentence if another job has taken the
            hold, and nothing where the lease began again. An error means that neither is known.
    """

    def __init__(self, ports: Ports, lease_seconds: float, held_from: float, renew: Callable[[float], str]) -> None:
        self._ports = ports
        self._lease_seconds = lease_seconds
        self._renew = renew
        self._ends = held_from + lease_seconds
        self._lost = ""
        self._failure = ""
        """A sentence about the last renewal, if that failed."""

    def run(self, script: str, working_directory: str) -> Held:
        """Run lines of bash until they and all they started are gone.

        Raises:
            InputError: the working directory is not there.
        """
        lease = Lease(self._left(), self._lease_seconds / RENEWALS, self._extend)
        ended = self._ports.processes.run(
            Command(script=script, working_directory=working_directory, lease=lease, grace_seconds=GRACE_SECONDS)
        )
        if ended.timed_out and not self._lost:
            self._lost = f"The lease was not renewed in time. {self._failure}".rstrip()
        return Held(ended=ended, lost=self._lost)

    def _left(self) -> float:
        """Return the time until the command must be ended, so that its tree is gone before the lease is over."""
        return self._ends - END_SECONDS - self._ports.clock.monotonic()

    def _extend(self) -> float:
        if self._left() >= _LEAST_SECONDS and not self._lost:
            self._try(self._left())
        return 0.0 if self._lost else max(0.0, self._left())

    def _try(self, seconds: float) -> None:
        """Renew the lease. A failure is logged: the next renewal may succeed."""
        began = self._ports.clock.monotonic()
        try:
            self._lost = self._renew(seconds)
        except ActionPatternsError as error:
            self._ports.log.info(
                f"The lease was not renewed: {error.message} The command is ended in {max(0.0, self._left()):.0f} s"
                " unless a renewal succeeds."
            )
            self._failure = f"{error.message} {error.remediation}"
            return
        self._failure = ""
        if not self._lost:
            self._ends = began + self._lease_seconds
