"""The record of a circuit breaker, and the decisions of those that ask, report and stop. Pure.

Every row of the table is a reason. Each age is between two times of GitHub's clock: the `Date` of the answer before a
write, and the `Date` of the answer that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, assert_never

from pydantic import AwareDatetime, Field

from action_patterns.action.reason import Reason
from action_patterns.contracts.document import Record
from action_patterns.state.record import Holder, StateRecord
from action_patterns.state.transaction import Change, Stored

State = Literal["closed", "open", "half-open"]
Result = Literal["success", "failure", "cancelled", "skipped"]
"""How the work ended, in GitHub's words for a step and a job. The last two say nothing about what is protected."""

MAX_FAILURES = 100
"""Failures of one record at most: its bytes are limited."""
MAX_JOB_LENGTH = 100
MAX_MESSAGE_LENGTH = 500
"""Length of the text that a person gives for a stop."""

BREAKER_OPEN = "breaker-open"
STOPPED = "stopped"


class Failure(Record):
    """One failure since the last success."""

    claim: str
    """The claim of the step that reported it, by which a repeated report is recognised."""
    run: str
    """The run's repository and id."""
    attempt: int
    job: str


class Probe(Record):
    """The one job that works while the breaker is half-open."""

    claim: str
    run: Holder
    job: str
    runner: str = ""
    """Name of its runner. Empty: not known."""
    since: AwareDatetime
    """The time by GitHub's clock at which it began."""
    lease_seconds: float = Field(gt=0, allow_inf_nan=False)


class Stop(Record):
    """The stop flag."""

    message: str
    """Why, in the words of who set it."""
    by: str
    """Login of who started the run that set it. Empty: not known."""
    run: Holder
    since: AwareDatetime
    """The time by GitHub's clock at which it was set."""


class BreakerRecord(StateRecord):
    """A breaker. Base fields name the run that wrote it last."""

    kind: ClassVar[str] = "breaker"
    called: ClassVar[str] = "breaker"

    state: State
    failures: tuple[Failure, ...] = ()
    """Failures in a row. A success empties it."""
    opened_at: AwareDatetime | None = None
    """The time by GitHub's clock at which it opened last. None: it is closed."""
    probe: Probe | None = None
    """Only while it is half-open."""
    settled: str = ""
    """The claim of the probe that reported last, so that a repeated report is recognised."""
    stop: Stop | None = None
    """None: no person and no step stops the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRequest:
    """The request of a step to a breaker."""

    key: str
    us: Holder
    job: str
    runner: str = ""
    now: datetime
    """The time by GitHub's clock at which the record was read."""
    claim: str
    """For check a new one; for report the one that check gave."""
    threshold: int = 5
    """Failures in a row that open it."""
    open_seconds: float = 300.0
    """Time from opening until one job may probe."""
    probe_lease_seconds: float = 900.0
    """Time after which a prober that has not reported counts as dead."""
    over: frozenset[str] = frozenset()
    """Claims of probers whose job GitHub calls over."""
    message: str = ""
    """For stop: why."""
    by: str = ""
    """For stop: who."""


def check(found: BreakerRecord | None, request: BreakerRequest) -> Change[BreakerRecord]:
    """Return whether a job may work. Once the breaker was open for its time, one of those that ask probes."""
    if found is not None and found.stop is not None:
        return Change(outcome="skipped", reason=STOPPED)
    if found is None or found.state == "closed":
        return Change(outcome="unchanged", reason="closed")
    probe = found.probe
    if probe is not None and probe.claim == request.claim:
        return Change(outcome="unchanged", reason="probe")
    if may_probe_at(found, request.open_seconds) > request.now or (probe is not None and not _is_dead(probe, request)):
        return Change(outcome="skipped", reason=BREAKER_OPEN)
    ours = Probe(
        claim=request.claim,
        run=request.us,
        job=request.job[:MAX_JOB_LENGTH],
        runner=request.runner,
        since=request.now,
        lease_seconds=request.probe_lease_seconds,
    )
    return Change(outcome="updated", reason="probe", write=_written(found, request, state="half-open", probe=ours))


def report(found: BreakerRecord | None, request: BreakerRequest, result: Result) -> Change[BreakerRecord]:
    """Return the change of a job that has worked."""
    if found is not None and found.probe is not None and found.probe.claim == request.claim:
        return _settle(found, request, result)
    if found is not None and (found.settled == request.claim or any(f.claim == request.claim for f in found.failures)):
        return Change(outcome="unchanged", reason="reported-before")
    if found is not None and found.state != "closed":
        # It began before the breaker opened, or its probe was passed: it says nothing about now.
        return Change(outcome="unchanged", reason="late-report")
    if result in ("cancelled", "skipped"):
        return Change(outcome="unchanged", reason="not-counted")
    if result == "success":
        if found is None or not found.failures:
            return Change(outcome="unchanged", reason="closed")
        return Change(outcome="updated", reason="reset", write=_written(found, request, failures=()))
    ours = Failure(
        claim=request.claim, run=_run(request.us), attempt=request.us.attempt, job=request.job[:MAX_JOB_LENGTH]
    )
    failures = (*(f for f in (found.failures if found else ()) if not _is_repeated(f, ours)), ours)[-MAX_FAILURES:]
    if len(failures) < request.threshold:
        return Change(outcome="updated", reason="counted", write=_written(found, request, failures=failures))
    opened = _written(found, request, state="open", failures=failures, opened_at=request.now)
    return Change(outcome="updated", reason="opened", write=opened)


def stop(found: BreakerRecord | None, request: BreakerRequest) -> Change[BreakerRecord]:
    """Return the change that stops all who ask. The first stop counts: its message and name stay."""
    if found is not None and found.stop is not None:
        return Change(outcome="unchanged", reason=STOPPED)
    flag = Stop(message=request.message, by=request.by, run=request.us, since=request.now)
    return Change(outcome="updated", reason=STOPPED, write=_written(found, request, stop=flag))


def resume(found: BreakerRecord | None, request: BreakerRequest) -> Change[BreakerRecord]:
    """Return the change that takes the stop flag away. The breaker stays as it is."""
    if found is None or found.stop is None:
        return Change(outcome="unchanged", reason="not-stopped")
    return Change(outcome="updated", reason="resumed", write=_written(found, request, stop=None))


def read(_found: BreakerRecord | None) -> Change[BreakerRecord]:
    """Return the answer to who only looks."""
    return Change(outcome="unchanged", reason="read")


def is_litter(found: Stored[BreakerRecord], older_than: timedelta) -> bool:
    """Return whether `clean` may delete a breaker: it is closed, not stopped, and no job wrote it for so long.

    One that is open or half-open goes on to protect, until a probe closes it.
    """
    record = found.record
    return record is not None and record.state == "closed" and record.stop is None and found.ref.age() >= older_than


def suspect(found: BreakerRecord | None) -> Probe | None:
    """Return the prober whose job GitHub is asked about. None: no prober keeps other jobs from working."""
    return None if found is None or found.stop is not None else found.probe


def may_probe_at(found: BreakerRecord, open_seconds: float) -> datetime:
    """Return the time by GitHub's clock from which one job may probe."""
    return (found.opened_at or found.since) + timedelta(seconds=open_seconds)


def _settle(found: BreakerRecord, request: BreakerRequest, result: Result) -> Change[BreakerRecord]:
    """Return the change of the prober's report."""
    changes: dict[str, Any]
    match result:
        case "success":
            reason, changes = "recovered", {"state": "closed", "failures": (), "opened_at": None}
        case "failure":
            reason, changes = "reopened", {"state": "open", "opened_at": request.now}
        case "cancelled" | "skipped":
            # The time at which it opened stays, so that the next job that asks may probe.
            reason, changes = "given-back", {"state": "open"}
        case _:
            assert_never(result)
    write = _written(found, request, probe=None, settled=request.claim, **changes)
    return Change(outcome="updated", reason=reason, write=write)


def _is_dead(probe: Probe, request: BreakerRequest) -> bool:
    """Return whether a prober will not report: its lease or job is over, or it is of our run's earlier attempt."""
    if probe.claim in request.over:
        return True
    if probe.run.is_same_run(request.us) and probe.run.attempt < request.us.attempt:
        return True
    return request.now - probe.since >= timedelta(seconds=probe.lease_seconds)


def _is_repeated(failure: Failure, ours: Failure) -> bool:
    """Return whether a failure is of an earlier attempt of our job: a rerun repeats the work, and is no further one."""
    return (failure.run, failure.job) == (ours.run, ours.job) and failure.attempt < ours.attempt


def _run(run: Holder) -> str:
    return f"{run.repository_id or run.repository.lower()}/{run.run_id}"


def _written(found: BreakerRecord | None, request: BreakerRequest, **changes: object) -> BreakerRecord:
    base = found or BreakerRecord(operation=request.key, state="closed", holder=request.us, since=request.now)
    return base.model_copy(update={"holder": request.us, "since": request.now, **changes})


REASONS = (
    Reason("closed", "unchanged", "The breaker is closed.", "Do the work, then `report`."),
    Reason(
        "probe",
        "updated",
        "The breaker was open for `open-seconds`, and this job is the one that probes.",
        "Do the work, then `report` with the output `claim`. Until then the others do not work.",
    ),
    Reason("probe", "unchanged", "This claim probes already.", "Do the work, then `report` with the claim."),
    Reason(
        BREAKER_OPEN,
        "skipped",
        "The breaker is open after failures in a row, or another job probes.",
        "Skip the work. Run again after the time that the message names. Do not work past the breaker: correct what"
        " made the work fail.",
    ),
    Reason(
        STOPPED,
        "skipped",
        "A person or a step has set the stop flag.",
        "Skip the work. When the cause is gone, use `mode: resume`, and run again.",
    ),
    Reason("counted", "updated", "The failure was counted, and the breaker stays closed.", "Nothing."),
    Reason(
        "opened",
        "updated",
        "This failure opened the breaker.",
        "Correct what makes the work fail. After `open-seconds` one job probes.",
    ),
    Reason("reopened", "updated", "The probe failed, so the breaker is open again.", "Correct what makes it fail."),
    Reason("recovered", "updated", "The probe succeeded and closed the breaker.", "Nothing."),
    Reason("reset", "updated", "The success ended the row of failures.", "Nothing."),
    Reason("not-counted", "unchanged", "Work that was cancelled or skipped counts neither way.", "Nothing."),
    Reason(
        "given-back",
        "updated",
        "The probe was cancelled or skipped, so the next job that asks may probe.",
        "Nothing.",
    ),
    Reason("reported-before", "unchanged", "A report of this claim was counted before.", "Nothing."),
    Reason(
        "late-report",
        "unchanged",
        "The breaker is open, and this job is not the one that probes, so its report does not count.",
        "Nothing. A prober must pass the `claim` of its check.",
    ),
    Reason(STOPPED, "updated", "The stop flag is set: all who check are refused.", "Use `mode: resume` to go on."),
    Reason(STOPPED, "unchanged", "The stop flag was set before, and stays as it is.", "Use `mode: resume` to go on."),
    Reason("resumed", "updated", "The stop flag is gone. The breaker is as it was.", "Nothing."),
    Reason("not-stopped", "unchanged", "There is no stop flag.", "Nothing."),
    Reason("read", "unchanged", "The breaker was read.", "Nothing."),
    Reason(
        "store-unreadable",
        "unchanged",
        "The breaker could not be read or written, and the work goes on without it: it only protects.",
        "Look at the cause that the message names. Use `on-unreadable: stop` where work without it does harm.",
    ),
    Reason(
        "store-unreadable",
        "skipped",
        "The breaker could not be read or written, and `on-unreadable: stop` is set.",
        "Skip the work. Look at the cause that the message names, and run again.",
    ),
)
