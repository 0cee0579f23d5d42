"""Everything that ran in a step, and what of it counts. Pure."""

from __future__ import annotations

from typing import NamedTuple

from action_patterns.action.command_outputs import refusals
from action_patterns.actions.retry.decide import Decision
from action_patterns.actions.retry.interface import REASONS
from action_patterns.errors import EXIT_FAILED
from action_patterns.ports.processes import Ended
from action_patterns.resilience.failed_command import Failure

_DONE = frozenset(each.code for each in REASONS if each.outcome == "succeeded")
_BY_FORCE = frozenset({"timed-out", "killed"})


class Attempt(NamedTuple):
    """One attempt."""

    ended: Ended
    failure: Failure | None
    """None: it succeeded."""
    decision: Decision


class History(NamedTuple):
    """The attempts, the probe that ended them, and the reason."""

    reason: str = ""
    """Code of the reason why no further attempt begins. Empty: one does."""
    attempts: tuple[Attempt, ...] = ()
    probe: Ended | None = None
    """The probe that ended the work. None: no probe did."""
    seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether the work is done."""
        return self.reason in _DONE

    @property
    def failed(self) -> tuple[tuple[int, Ended, Failure], ...]:
        """Number, command and failure of each attempt that failed."""
        numbered = enumerate(self.attempts, 1)
        return tuple((number, each.ended, each.failure) for number, each in numbered if each.failure is not None)

    @property
    def failure(self) -> Failure | None:
        """The last failure. None: no attempt failed."""
        return self.failed[-1][2] if self.failed else None

    @property
    def last(self) -> Ended | None:
        """The command that counts: the probe that found the work done, or the last attempt. None: neither ran."""
        if self.reason == "probe-done":
            return self.probe
        return self.attempts[-1].ended if self.attempts else None

    @property
    def publishable(self) -> Ended | None:
        """The command whose files are passed on, as those of a step are, also where it failed. None: no command's.

        A command that time or a signal ended wrote half of what it meant to.
        """
        if self.last is None or self.last.survivors or refusals(self.last.files):
            return None
        cut_short = not self.is_done and self.failure is not None and self.failure.failure_class in _BY_FORCE
        return None if cut_short else self.last

    @property
    def exit_code(self) -> int:
        """The command's exit code; never 0 where the work is not done."""
        if self.is_done:
            return 0
        ended = self.last or self.probe
        return (ended.exit_code if ended else 0) or EXIT_FAILED
