"""The cause that a tier does not hold for, and the tier that comes next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from action_patterns.action.command_outputs import are_too_long
from action_patterns.errors import EXIT_FAILED, EXIT_TIMED_OUT
from action_patterns.ports.processes import Ended
from action_patterns.resilience.ended import how_it_ended, signal_of

Cause = Literal[
    "failed", "killed", "timed-out", "validation-failed", "files-refused", "survivors", "no-time", "not-run"
]
"""Why a tier does not hold."""
Stage = Literal["precondition", "run", "validate"]


class Failure(NamedTuple):
    """The cause that a tier does not hold for."""

    cause: Cause
    stage: Stage
    how: str
    """End of a sentence whose subject is the command."""
    exit_code: int
    """Never 0."""
    printed: str = ""
    """The end of what the command printed."""

    @property
    def sentence(self) -> str:
        return f"`{self.stage}` {self.how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A tier that was tried."""

    tier: int
    """Its place, from 0."""
    failure: Failure | None
    """None: it holds."""
    seconds: float


class Next(NamedTuple):
    """The next step: `try` the tier, or the end."""

    step: Literal["try", "holds", "fails"]
    tier: int = 0
    """The tier to try, or the one that holds. From 0."""
    reason: str = ""
    """Code of the end. Empty: it is not the end."""


def judge(stage: Stage, ended: Ended, limit_seconds: float) -> Failure | None:
    """Return why this command lets its tier fail. None: it does not."""
    how = how_it_ended(ended.exit_code, timed_out=ended.timed_out, limit_seconds=limit_seconds)
    if ended.survivors:
        cause: Cause = "survivors"
        how += f", and {len(ended.survivors)} of its processes could not be ended: {', '.join(ended.survivors)}"
    elif ended.timed_out:
        cause = "timed-out"
    elif signal_of(ended.exit_code) is not None:
        cause = "killed"
    elif ended.exit_code != 0:
        cause = "validation-failed" if stage == "validate" else "failed"
    elif ended.files.problems:
        cause = "files-refused"
        how = f"wrote files that the runner refuses. {' '.join(ended.files.problems)}".removesuffix(".")
    elif are_too_long(ended.files.outputs):
        cause, how = "files-refused", "wrote outputs that are longer than GitHub keeps"
    else:
        return None
    code = ended.exit_code or (EXIT_TIMED_OUT if ended.timed_out else EXIT_FAILED)
    return Failure(cause, stage, how, code, ended.output)


def no_time(stage: Stage) -> Failure:
    """Return the failure of a command for which no time is left."""
    return Failure("no-time", stage, "was not started: no time is left for it", EXIT_TIMED_OUT)


def decide(number: int, forced: int | None, precondition: Failure | None, tried: Sequence[Tried]) -> Next:
    """Return the next step, for `number` tiers of which some were tried. `forced`: the one to begin with, from 0."""
    if precondition is not None:
        return Next("fails", reason="precondition-failed")
    if not tried:
        return Next("try", forced or 0)
    last = tried[-1]
    if last.failure is None:
        held = "forced" if forced is not None else "degraded" if last.tier else "first-tier-holds"
        return Next("holds", last.tier, held)
    if last.failure.cause == "survivors":
        return Next("fails", last.tier, "survivors")
    if forced is not None:
        return Next("fails", last.tier, "forced-tier-failed")
    if last.tier + 1 < number:
        return Next("try", last.tier + 1)
    return Next("fails", last.tier, "all-tiers-failed")
