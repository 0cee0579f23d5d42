"""The marker that an operation is begun, done or given up, and the decision of a run that finds one. Pure.

Every row of the table is a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from action_patterns.action.reason import Reason
from action_patterns.state.record import Holder, StateRecord
from action_patterns.state.transaction import Change, Stored

Mode = Literal["begin", "complete", "fail", "run", "clean"]
State = Literal["pending", "completed", "failed"]

MAX_METADATA_LENGTH = 1_000


class OnceRecord(StateRecord):
    """The state of one operation on one content."""

    kind: ClassVar[str] = "once"
    called: ClassVar[str] = "marker"

    state: State
    ttl_days: int | None = None
    """Days for which `completed` holds. None: without end."""
    metadata: str = ""
    claim: str = ""
    """Proof of the step that began, by which it completes. Empty: a version without claims wrote it."""
    runner: str = ""
    """Name of the runner of the one step that does the work. Empty: not known, or the work is between steps."""
    lease_seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Time without a renewal after which its run is dead. None: it does not renew, and the reader's limit counts."""
    renewed_at: AwareDatetime | None = None
    """The time by GitHub's clock of the last renewal. None: there was none."""

    def is_expired(self, now: datetime, ttl_days: int | None = None) -> bool:
        """Return whether it is completed and no longer counts. `ttl_days`: the reader's limit. None: the marker's."""
        days = self.ttl_days if ttl_days is None else ttl_days
        return self.state == "completed" and days is not None and self.age(now) >= timedelta(days=days)

    def is_dead(self, now: datetime, timeout_hours: int) -> bool:
        """Return whether it is pending and its run must be over."""
        if self.lease_seconds is not None:
            since = self.renewed_at or self.since
            return self.state == "pending" and now - since >= timedelta(seconds=self.lease_seconds)
        return self.state == "pending" and self.age(now) >= timedelta(hours=timeout_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceRequest:
    """The request of a run to a marker."""

    operation: str
    us: Holder
    now: datetime
    """The time by GitHub's clock at which the marker was read; also the `since` of what is written."""
    asked_at: datetime | None = None
    """The time by the runner's clock, finer than GitHub's. It tells a claim from others of the run. None: `now`."""
    ttl_days: int | None = None
    """For begin how old `completed` may be, for complete how long it shall hold; None = as the marker says."""
    pending_timeout_hours: int = 6
    metadata: str = ""
    claim: str = ""
    """For complete, fail and renew: the claim that begin gave."""
    lease_seconds: float | None = None
    """For begin: the lease of a step that renews it. None: none does."""
    runner: str = ""
    """For begin: the runner of the one step that does the work. Empty: it is between steps."""
    over: frozenset[str] = frozenset()
    """For begin: claims whose run or job GitHub calls over."""


def begin(found: OnceRecord | None, request: OnceRequest) -> Change[OnceRecord]:
    """Return whether this run is the one to do the work."""
    if found is None:
        return _take(None, request, "first")
    if found.state == "failed":
        return _take(found, request, "failed-before")
    if found.state == "completed":
        if found.is_expired(request.now, request.ttl_days):
            return _take(found, request, "expired")
        return Change(outcome="skipped", reason="already-done")
    if found.holder.is_same_run(request.us) and found.holder.attempt < request.us.attempt:
        # A run is rerun only when it has ended: its earlier attempt is dead however young the marker is.
        return _take(found, request, "resumed")
    if found.claim in request.over or found.is_dead(request.now, request.pending_timeout_hours):
        return _take(found, request, "taken-over")
    return Change(outcome="skipped", reason="in-progress")


def complete(found: OnceRecord | None, request: OnceRequest) -> Change[OnceRecord]:
    """Return the change of a step that has done the work. Only the holder of the claim may mark it."""
    if found is None:
        return Change(outcome="blocked", reason="not-begun")
    if not _holds(found, request):
        return Change(outcome="blocked", reason="not-holder")
    if found.state == "completed":
        return Change(outcome="unchanged", reason="already-done")
    return Change(outcome="updated", reason="completed", write=_next(found, request, "completed"))


def fail(found: OnceRecord | None, request: OnceRequest) -> Change[OnceRecord]:
    """Return the change of a run that gives the work up, so that the next run need not wait."""
    if found is None:
        return Change(outcome="blocked", reason="not-begun")
    if not _holds(found, request):
        return Change(outcome="blocked", reason="not-holder")
    if found.state == "completed":
        return Change(outcome="skipped", reason="already-done")
    if found.state == "failed":
        return Change(outcome="unchanged", reason="failed-before")
    return Change(outcome="updated", reason="given-up", write=_next(found, request, "failed"))


def renew(found: OnceRecord | None, request: OnceRequest) -> Change[OnceRecord]:
    """Return the change that begins the lease of a step again."""
    if found is None or found.state != "pending" or not _holds(found, request):
        return Change(outcome="blocked", reason="not-holder")
    renewed = found.model_copy(update={"renewed_at": request.now})
    return Change(outcome="updated", reason="renewed", write=renewed)


def _holds(found: OnceRecord, request: OnceRequest) -> bool:
    # The run is no proof: another leg of its matrix has the same one, and did not begin.
    return bool(found.claim) and found.claim == request.claim


def _claim(request: OnceRequest) -> str:
    """Return a claim that no other begin has: one begins at a moment, and a later one has another time or run."""
    us, at = request.us, request.asked_at or request.now
    begun = f"{us.repository_id or us.repository}/{us.run_id}/{us.attempt}/{at.isoformat()}"
    return sha256(begun.encode()).hexdigest()[:16]


def is_begun(change: Change[OnceRecord]) -> bool:
    """Return whether the change of `begin` makes the work this run's."""
    return change.write is not None and change.write.state == "pending"


def is_litter(found: Stored[OnceRecord], older_than: timedelta, *, pending_timeout_hours: int) -> bool:
    """Return whether `clean` may delete a marker: failed, expired or abandoned, and no run wrote it for so long.

    A completed marker without a TTL is kept.
    """
    marker, now = found.record, found.ref.read_at
    if marker is None or now is None:
        return False
    stops_none = marker.state == "failed" or marker.is_expired(now) or marker.is_dead(now, pending_timeout_hours)
    return stops_none and found.ref.age() >= older_than


def _take(found: OnceRecord | None, request: OnceRequest, reason: str) -> Change[OnceRecord]:
    # The note of a run that died shows how far it came.
    noted = found.metadata if found is not None and found.state != "completed" else ""
    fresh = OnceRecord(
        operation=request.operation,
        state="pending",
        holder=request.us,
        since=request.now,
        ttl_days=request.ttl_days,
        metadata=request.metadata or noted,
        claim=_claim(request),
        lease_seconds=request.lease_seconds,
        runner=request.runner,
    )
    return Change(outcome="created" if found is None else "updated", reason=reason, write=fresh)


def _next(found: OnceRecord, request: OnceRequest, state: Literal["completed", "failed"]) -> OnceRecord:
    return found.model_copy(
        update={
            "state": state,
            "holder": request.us,
            "since": request.now,
            "ttl_days": found.ttl_days if request.ttl_days is None else request.ttl_days,
            "metadata": request.metadata or found.metadata,
        }
    )


REASONS = (
    Reason(
        code="first",
        outcome="created",
        meaning="No run has begun this work; it is yours now.",
        remedy="Do the work, then `complete`.",
    ),
    Reason(
        code="expired",
        outcome="updated",
        meaning="It was done, but longer ago than `ttl-days`.",
        remedy="Do the work, then `complete`.",
    ),
    Reason(
        code="failed-before",
        outcome="updated",
        meaning="An earlier run gave it up (`fail`).",
        remedy="Do the work, then `complete`.",
    ),
    Reason(
        code="resumed",
        outcome="updated",
        meaning="An earlier attempt of this run began it and died.",
        remedy="Do the work, then `complete`. Part of it may be done already: it must be safe to repeat.",
    ),
    Reason(
        code="taken-over",
        outcome="updated",
        meaning="Another run began it and is over, or wrote nothing for longer than its lease or than"
        " `pending-timeout-hours`.",
        remedy="Do the work, then `complete`. Part of it may be done already: it must be safe to repeat.",
    ),
    Reason(
        code="already-done",
        outcome="skipped",
        meaning="It is done for this content.",
        remedy="Nothing. `begun` is false: skip the work.",
    ),
    Reason(
        code="in-progress",
        outcome="skipped",
        meaning="Another run, or another job of this one, does the work; `holder` names it.",
        remedy="Nothing: if it dies, a later run takes over. Do not do the work here.",
    ),
    Reason(code="completed", outcome="updated", meaning="The work is marked as done.", remedy="Nothing."),
    Reason(
        code="given-up",
        outcome="updated",
        meaning="The work is marked as failed: the next `begin` gets it at once.",
        remedy="Run again.",
    ),
    Reason(
        code="already-done", outcome="unchanged", meaning="This run has marked it as done before.", remedy="Nothing."
    ),
    Reason(
        code="failed-before", outcome="unchanged", meaning="This run has marked it as failed before.", remedy="Nothing."
    ),
    Reason(
        code="not-begun",
        outcome="blocked",
        meaning="There is no marker to complete.",
        remedy="Run `begin` before the work, with the same `operation`, `values` and `files`, and before files are"
        " changed.",
    ),
    Reason(
        code="not-holder",
        outcome="blocked",
        meaning="The claim is not the marker's: another run, or another job of this one, began the work, or took it"
        " over because this one wrote nothing for too long.",
        remedy="Pass the output `claim` of the step that began, only if `begun` is true, and let"
        " `pending-timeout-hours` be longer than the work takes.",
    ),
)
