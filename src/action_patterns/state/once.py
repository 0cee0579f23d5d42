"""What a run may do, given the marker it finds. Pure; every row of the table is a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from action_patterns.action import Reason
from action_patterns.contracts.result import Outcome
from action_patterns.state.marker import Holder, Marker

Mode = Literal["begin", "complete", "fail", "clean"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run asks of a marker."""

    operation: str
    us: Holder
    now: datetime
    ttl_days: int | None = None
    """For begin how old `completed` may be, for complete how long it shall hold; None = as the marker says."""
    pending_timeout_hours: int = 6
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the marker, and why."""

    outcome: Outcome
    reason: str
    write: Marker | None = None
    """The marker to put in the place of the one that was found; None = leave it."""
    begun: bool = False
    """The caller shall do the work."""


def begin(found: Marker | None, wish: Wish) -> Decision:
    """Whether this run is the one to do the work."""
    if found is None:
        return _take(None, wish, "first")
    if found.state == "failed":
        return _take(found, wish, "failed-before")
    if found.state == "completed":
        if found.is_expired(wish.now, wish.ttl_days):
            return _take(found, wish, "expired")
        return Decision("skipped", "already-done")
    if found.holder.is_same_run(wish.us) and found.holder.attempt < wish.us.attempt:
        # A run is rerun only when it has ended: its earlier attempt is dead however young the marker is.
        return _take(found, wish, "resumed")
    if found.is_dead(wish.now, wish.pending_timeout_hours):
        return _take(found, wish, "taken-over")
    return Decision("skipped", "in-progress")


def complete(found: Marker | None, wish: Wish) -> Decision:
    """The work is done: say so, if it is ours to say."""
    if found is None:
        return Decision("blocked", "not-begun")
    if not found.holder.is_same_run(wish.us):
        return Decision("blocked", "not-holder")
    if found.state == "completed":
        return Decision("unchanged", "already-done")
    return Decision("updated", "completed", _next(found, wish, "completed"))


def fail(found: Marker | None, wish: Wish) -> Decision:
    """The work was given up: the next run shall not wait for us."""
    if found is None:
        return Decision("blocked", "not-begun")
    if not found.holder.is_same_run(wish.us):
        return Decision("blocked", "not-holder")
    if found.state == "completed":
        return Decision("skipped", "already-done")
    if found.state == "failed":
        return Decision("unchanged", "failed-before")
    return Decision("updated", "given-up", _next(found, wish, "failed"))


def is_litter(marker: Marker, now: datetime, *, pending_timeout_hours: int, older_than_days: int) -> bool:
    """Whether a marker stops nobody any more, and has not for a while. `completed` without a ttl always stops."""
    holds = not (marker.state == "failed" or marker.is_expired(now) or marker.is_dead(now, pending_timeout_hours))
    return not holds and marker.age(now).days >= older_than_days


def _take(found: Marker | None, wish: Wish, reason: str) -> Decision:
    # What a run that died had noted tells how far it came.
    noted = found.metadata if found is not None and found.state != "completed" else ""
    fresh = Marker(
        operation=wish.operation,
        state="pending",
        holder=wish.us,
        since=wish.now,
        ttl_days=wish.ttl_days,
        metadata=wish.metadata or noted,
    )
    return Decision("created" if found is None else "updated", reason, fresh, begun=True)


def _next(found: Marker, wish: Wish, state: Literal["completed", "failed"]) -> Marker:
    return found.model_copy(
        update={
            "state": state,
            "holder": wish.us,
            "since": wish.now,
            "ttl_days": found.ttl_days if wish.ttl_days is None else wish.ttl_days,
            "metadata": wish.metadata or found.metadata,
        }
    )


REASONS = (
    Reason("first", "created", "Nobody has begun this; it is yours now.", "Do the work, then `complete`."),
    Reason("expired", "updated", "It was done, but longer ago than `ttl-days`.", "Do the work, then `complete`."),
    Reason("failed-before", "updated", "An earlier run gave it up (`fail`).", "Do the work, then `complete`."),
    Reason(
        "resumed",
        "updated",
        "An earlier attempt of this run began it and died.",
        "Do the work, then `complete`. Part of it may be done already: it must be safe to repeat.",
    ),
    Reason(
        "taken-over",
        "updated",
        "Another run began it, and has been silent for longer than `pending-timeout-hours`.",
        "Do the work, then `complete`. Part of it may be done already: it must be safe to repeat.",
    ),
    Reason("already-done", "skipped", "It is done for this content.", "Nothing. `begun` is false: skip the work."),
    Reason(
        "in-progress",
        "skipped",
        "Another run, or another job of this one, is at it; `holder` says who.",
        "Nothing: if it dies, a later run takes over. Do not do the work all the same.",
    ),
    Reason("completed", "updated", "The work is marked as done.", "Nothing."),
    Reason("given-up", "updated", "The work is marked as failed: the next `begin` gets it at once.", "Run again."),
    Reason("already-done", "unchanged", "This run has marked it as done before.", "Nothing."),
    Reason("failed-before", "unchanged", "This run has marked it as failed before.", "Nothing."),
    Reason(
        "not-begun",
        "blocked",
        "There is no marker to complete.",
        "Run `begin` before the work, with the same `operation`, `values` and `files`, and before files are changed.",
    ),
    Reason(
        "not-holder",
        "blocked",
        "Another run holds the marker: it took over because this one was silent for too long, or never was its holder.",
        "Complete only where `begun` is true, and let `pending-timeout-hours` be longer than the work takes.",
    ),
    Reason("cleaned", "updated", "Markers that stopped nobody any more were removed.", "Nothing."),
    Reason("nothing-to-clean", "unchanged", "There is no such marker.", "Nothing."),
)
