"""The classes of failed commands. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

FailureClass = Literal["transient", "rate-limited", "permanent", "conflict", "timed-out", "killed", "unknown"]
"""`transient` passes without a change. `rate-limited` passes after a wait. `permanent` stays until a person changes
something. `conflict` stays until the command reads the new state. `timed-out` was ended for time, `killed` by a signal.
"""

NOT_FOUND, NOT_RUN, GIT_USAGE = 127, 126, 129
SIGNALS = range(129, 193)
"""128 and the number of a signal, of which Linux has 64."""


class Failure(NamedTuple):
    """The way a command failed."""

    failure_class: FailureClass
    status: int | None = None
    """HTTP status of 400 or more that the output names last. None: it names none."""
    evidence: str = ""
    """The line that decided, as it was printed, or a sentence about the exit code. Empty for `unknown`."""
    wait_until: float | None = None
    """Time, in seconds since 1970, before which the server wants no further request. None: it names none."""


def classes_of(exit_code: int) -> frozenset[FailureClass] | None:
    """Return the only classes that an exit code can have. None: the output decides."""
    if exit_code in SIGNALS and exit_code != GIT_USAGE:
        return frozenset({"killed"})
    return frozenset({"permanent"}) if exit_code in (NOT_FOUND, NOT_RUN) else None
