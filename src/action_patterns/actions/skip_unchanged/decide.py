"""The decision whether work can be skipped. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from action_patterns.state.proof import Proof

CheckReason = Literal["proved", "restored", "not-proved", "not-restored", "expired", "invalid", "forced", "unknown"]
SKIPS: frozenset[CheckReason] = frozenset({"proved", "restored"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The answers about the work."""

    forced: bool = False
    unreadable: bool = False
    """The inputs or the proofs could not be read."""
    restored: bool | None = None
    """Whether a cache under exactly this digest was restored. None: a proof counts instead."""
    proof: Proof | None = None
    read_at: datetime | None = None
    """The time at which the proof was read, by GitHub's clock. None: not known."""
    max_age: timedelta | None = None
    valid: bool | None = None
    """Whether `validate` succeeded. None: it did not run, or is not given."""


def decide(facts: Facts) -> CheckReason:
    """Return the reason to skip the work, or to do it. If something is not known, the work is done."""
    if facts.unreadable:
        return "unknown"
    if facts.forced:
        return "forced"
    if facts.restored is None:
        if facts.proof is None:
            return "not-proved"
        if facts.max_age is not None:
            if facts.read_at is None:
                return "unknown"
            if facts.read_at - facts.proof.proved_at >= facts.max_age:
                return "expired"
    elif not facts.restored:
        return "not-restored"
    if facts.valid is False:
        return "invalid"
    return "proved" if facts.restored is None else "restored"
