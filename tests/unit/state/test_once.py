from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from action_patterns.actions.once import decide
from action_patterns.ports.ref_store import StoredRef
from action_patterns.state import once
from action_patterns.state.once import REASONS, Mode, OnceRecord, OnceRequest, is_begun, is_litter
from action_patterns.state.record import Holder
from action_patterns.state.transaction import Change, Stored
from support import sample

NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)
US = Holder(repository="acme/api", run_id=7, attempt=2, url="https://x/runs/7/attempts/2")
OURS_BEFORE = US.model_copy(update={"attempt": 1})
OTHER = US.model_copy(update={"run_id": 8, "attempt": 1})
ELSEWHERE = US.model_copy(update={"repository": "acme/web", "attempt": 1})
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def marker(state: str, holder: Holder, age: timedelta = timedelta(), **changes: Any) -> OnceRecord:
    given = {"claim": claim_of(holder)} | changes
    return OnceRecord(operation="announce", state=state, holder=holder, since=NOW - age, **given)  # type: ignore[arg-type]


def claim_of(holder: Holder) -> str:
    """What the run's `begin` gave it."""
    return f"claim of {holder.repository}#{holder.run_id}"


def stored(found: OnceRecord) -> Stored[OnceRecord]:
    """The marker, as it was written at its `since` and read now."""
    name = "refs/action-patterns/once/announce"
    ref = StoredRef(repository_id="R", name=name, oid="1" * 40, message="", written_at=found.since, read_at=NOW)
    return Stored(ref, found)


def desired_state(**changes: Any) -> OnceRequest:
    return OnceRequest(**({"operation": "announce", "us": US, "now": NOW, "claim": claim_of(US)} | changes))


@pytest.mark.parametrize(
    ("mode", "found", "changes", "outcome", "reason", "becomes"),
    [
        ("begin", None, {}, "created", "first", "pending"),
        ("begin", marker("failed", OTHER), {}, "updated", "failed-before", "pending"),
        ("begin", marker("failed", US), {}, "updated", "failed-before", "pending"),
        ("begin", marker("completed", OTHER, 999 * DAY), {}, "skipped", "already-done", None),
        ("begin", marker("completed", US), {}, "skipped", "already-done", None),
        ("begin", marker("completed", OTHER, 3 * DAY - HOUR), {"ttl_days": 3}, "skipped", "already-done", None),
        ("begin", marker("completed", OTHER, 3 * DAY), {"ttl_days": 3}, "updated", "expired", "pending"),
        ("begin", marker("completed", OTHER, 3 * DAY, ttl_days=3), {}, "updated", "expired", "pending"),
        ("begin", marker("completed", OTHER, 3 * DAY, ttl_days=2), {"ttl_days": 9}, "skipped", "already-done", None),
        ("begin", marker("completed", OTHER, -DAY), {"ttl_days": 1}, "skipped", "already-done", None),
        ("begin", marker("pending", OURS_BEFORE), {}, "updated", "resumed", "pending"),
        ("begin", marker("pending", US), {}, "skipped", "in-progress", None),
        ("begin", marker("pending", ELSEWHERE), {}, "skipped", "in-progress", None),
        ("begin", marker("pending", OTHER, 6 * HOUR - HOUR / 60), {}, "skipped", "in-progress", None),
        ("begin", marker("pending", OTHER, 6 * HOUR), {}, "updated", "taken-over", "pending"),
        ("begin", marker("pending", US, 6 * HOUR), {}, "updated", "taken-over", "pending"),
        ("begin", marker("pending", OTHER, 6 * HOUR), {"pending_timeout_hours": 7}, "skipped", "in-progress", None),
        (
            "begin",
            marker("pending", OTHER, 2 * DAY, ttl_days=1),
            {"pending_timeout_hours": 99},
            "skipped",
            "in-progress",
            None,
        ),
        ("run", None, {}, "created", "first", "pending"),
        ("run", marker("pending", OTHER), {}, "skipped", "in-progress", None),
        ("begin", marker("pending", OTHER), {"over": frozenset({claim_of(OTHER)})}, "updated", "taken-over", "pending"),
        ("begin", marker("pending", OTHER), {"over": frozenset({claim_of(US)})}, "skipped", "in-progress", None),
        ("begin", marker("completed", OTHER), {"over": frozenset({claim_of(OTHER)})}, "skipped", "already-done", None),
        ("begin", marker("pending", OTHER, 59 * SECOND, lease_seconds=60), {}, "skipped", "in-progress", None),
        ("begin", marker("pending", OTHER, 60 * SECOND, lease_seconds=60), {}, "updated", "taken-over", "pending"),
        (
            "begin",
            marker("pending", OTHER, DAY, lease_seconds=60, renewed_at=NOW - 59 * SECOND),
            {},
            "skipped",
            "in-progress",
            None,
        ),
        (
            "begin",
            marker("pending", OTHER, DAY, lease_seconds=60, renewed_at=NOW - 60 * SECOND),
            {"pending_timeout_hours": 99},
            "updated",
            "taken-over",
            "pending",
        ),
        ("begin", marker("pending", OTHER, 7 * HOUR, lease_seconds=9 * 3_600), {}, "skipped", "in-progress", None),
        ("complete", None, {}, "blocked", "not-begun", None),
        ("complete", marker("pending", US), {}, "updated", "completed", "completed"),
        ("complete", marker("pending", OURS_BEFORE, 99 * HOUR), {}, "updated", "completed", "completed"),
        ("complete", marker("failed", OURS_BEFORE), {}, "updated", "completed", "completed"),
        ("complete", marker("completed", US), {}, "unchanged", "already-done", None),
        ("complete", marker("pending", OTHER), {}, "blocked", "not-holder", None),
        ("complete", marker("pending", ELSEWHERE), {}, "blocked", "not-holder", None),
        ("complete", marker("completed", OTHER), {}, "blocked", "not-holder", None),
        ("complete", marker("pending", US), {"claim": ""}, "blocked", "not-holder", None),
        ("complete", marker("pending", US, claim="another leg's"), {}, "blocked", "not-holder", None),
        ("complete", marker("pending", US, claim=""), {"claim": ""}, "blocked", "not-holder", None),
        ("complete", marker("completed", US, claim="another leg's"), {}, "blocked", "not-holder", None),
        ("fail", None, {}, "blocked", "not-begun", None),
        ("fail", marker("pending", US, claim="another leg's"), {}, "blocked", "not-holder", None),
        ("fail", marker("completed", US, claim="another leg's"), {}, "blocked", "not-holder", None),
        ("fail", marker("pending", US), {}, "updated", "given-up", "failed"),
        ("fail", marker("failed", US), {}, "unchanged", "failed-before", None),
        ("fail", marker("completed", US), {}, "skipped", "already-done", None),
        ("fail", marker("pending", OTHER), {}, "blocked", "not-holder", None),
    ],
)
def test_what_a_run_may_do(
    mode: Mode, found: OnceRecord | None, changes: dict[str, Any], outcome: str, reason: str, becomes: str | None
) -> None:
    decision = decide(mode, found, desired_state(**changes))
    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert (decision.write.state if decision.write else None) == becomes
    assert is_begun(decision) == (mode in ("begin", "run") and becomes is not None)
    assert any((row.code, row.outcome) == (reason, outcome) for row in REASONS)
    if decision.write is not None:
        assert decision.write.holder == US
        assert decision.write.since == NOW


def test_each_begin_has_another_claim_and_the_end_keeps_it() -> None:
    later = NOW + timedelta(microseconds=1)
    for changes in ({"now": later}, {"us": OURS_BEFORE}, {"us": OTHER}, {"us": ELSEWHERE}):
        one, other = (decide("begin", None, desired_state(**each)).write for each in ({}, changes))
        assert one is not None and other is not None and one.claim != other.claim
    begun = decide("begin", None, desired_state()).write
    assert begun is not None
    for mode in ("complete", "fail"):
        ended = decide(mode, begun, desired_state(claim=begun.claim)).write
        assert ended is not None and ended.claim == begun.claim


def test_a_run_is_the_same_after_its_repository_was_renamed() -> None:
    before, after = (US.model_copy(update={"repository": name, "repository_id": "7"}) for name in ("acme/a", "acme/b"))
    assert before.is_same_run(after)
    assert not before.is_same_run(before.model_copy(update={"repository_id": "8"}))
    assert not US.is_same_run(after)


def test_what_was_noted_stays_until_something_else_is() -> None:
    noted = marker("pending", OURS_BEFORE, metadata="step 3", ttl_days=4)
    for mode in ("begin", "complete", "fail"):
        kept = decide(mode, noted, desired_state()).write
        assert kept is not None and kept.metadata == "step 3"
        given = decide(mode, noted, desired_state(metadata="step 4", ttl_days=5)).write
        assert given is not None and (given.metadata, given.ttl_days) == ("step 4", 5)
    done = decide("complete", noted, desired_state()).write
    assert done is not None and done.ttl_days == 4
    again = decide("begin", marker("completed", OTHER, DAY, metadata="old", ttl_days=1), desired_state()).write
    assert again is not None and again.metadata == ""


@pytest.mark.parametrize(
    ("found", "litter"),
    [
        (marker("completed", OTHER, 999 * DAY), False),
        (marker("completed", OTHER, 8 * DAY, ttl_days=9), False),
        (marker("completed", OTHER, 8 * DAY, ttl_days=8), True),
        (marker("completed", OTHER, 6 * DAY, ttl_days=1), False),
        (marker("failed", OTHER, 7 * DAY), True),
        (marker("failed", OTHER, 7 * DAY - HOUR), False),
        (marker("pending", OTHER, 7 * DAY), True),
        (marker("pending", OTHER, 5 * HOUR), False),
    ],
)
def test_only_what_stops_nobody_is_litter(found: OnceRecord, litter: bool) -> None:
    assert is_litter(stored(found), 7 * DAY, pending_timeout_hours=6) == litter


def test_a_pending_marker_is_no_litter_while_its_run_may_live() -> None:
    old = marker("pending", OTHER, 8 * DAY)
    assert not is_litter(stored(old), 7 * DAY, pending_timeout_hours=9 * 24)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "not-holder"),
        (marker("pending", US, DAY, lease_seconds=60), "renewed"),
        (marker("pending", OTHER, lease_seconds=60), "not-holder"),
        (marker("completed", US, lease_seconds=60), "not-holder"),
        (marker("failed", US, lease_seconds=60), "not-holder"),
        (marker("pending", US, claim="", lease_seconds=60), "not-holder"),
    ],
)
def test_renew(found: OnceRecord | None, reason: str) -> None:
    change = once.renew(found, desired_state())
    assert change.reason == reason
    if change.write is not None:
        assert found is not None
        assert change.write == found.model_copy(update={"renewed_at": NOW})


def test_a_new_holder_has_its_own_lease_and_runner() -> None:
    found = marker("pending", OTHER, DAY, lease_seconds=60, renewed_at=NOW - HOUR, runner="old")
    change = once.begin(found, desired_state())
    assert change.write is not None
    assert (change.write.lease_seconds, change.write.renewed_at, change.write.runner) == (None, None, "")
    change = once.begin(found, desired_state(lease_seconds=90.0, runner="ours"))
    assert change.write is not None
    assert (change.write.lease_seconds, change.write.renewed_at, change.write.runner) == (90.0, None, "ours")


RUNS = st.integers(0, 3)
LEASE = 60.0


class Works(RuleBasedStateMachine):
    """Four runs that begin, renew, end, die and are rerun, against the one holder that a work may have."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.found: OnceRecord | None = None
        self.attempts = [1, 1, 1, 1]
        self.claims: dict[int, str] = {}
        self.holder: int | None = None
        self.renewed = NOW
        self.leased = False
        self.state = "absent"
        self.began_at = 0
        self.over: set[str] = set()

    def asked(self, run: int, **changes: Any) -> OnceRequest:
        us = Holder(repository="acme/api", run_id=run, attempt=self.attempts[run], url="u")
        return desired_state(us=us, now=self.now, claim=self.claims.get(run, ""), **changes)

    def write(self, change: Change[OnceRecord]) -> str:
        if change.write is not None:
            self.found = OnceRecord.model_validate_json(change.write.message().splitlines()[2])
        return change.reason

    @rule(seconds=st.sampled_from([1.0, 20.0, 61.0, 6 * 3_600.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(run=RUNS, leased=st.booleans(), knows=st.booleans())
    def begin(self, run: int, leased: bool, knows: bool) -> None:
        over = frozenset(self.over) if knows else frozenset()
        lease = LEASE if leased else None
        reason = self.write(once.begin(self.found, self.asked(run, lease_seconds=lease, over=over)))
        limit = timedelta(seconds=LEASE) if self.leased else 6 * HOUR
        expected = {"absent": "first", "failed": "failed-before", "completed": "already-done"}.get(self.state)
        if expected is None:
            assert self.found is not None and self.holder is not None
            mine = self.holder == run and self.began_at < self.attempts[run]
            dead = self.now - self.renewed >= limit or (knows and self.claims.get(self.holder) in self.over)
            expected = "resumed" if mine else "taken-over" if dead else "in-progress"
        assert reason == expected
        if reason not in ("already-done", "in-progress"):
            assert self.found is not None
            assert self.found.claim not in self.claims.values(), "each begin has a claim that no other has"
            self.claims[run] = self.found.claim
            self.holder, self.began_at, self.renewed, self.leased = run, self.attempts[run], self.now, leased
            self.state = "pending"
            self.now += timedelta(milliseconds=1)

    @rule(run=RUNS)
    def renew(self, run: int) -> None:
        reason = self.write(once.renew(self.found, self.asked(run)))
        assert (reason == "renewed") == (self.state == "pending" and self.holds(run))
        if reason == "renewed" and self.leased:
            self.renewed = self.now

    @rule(run=RUNS, how=st.sampled_from(["complete", "fail"]))
    def end(self, run: int, how: str) -> None:
        change = (once.complete if how == "complete" else once.fail)(self.found, self.asked(run))
        reason = self.write(change)
        assert (change.outcome == "blocked") == (not self.holds(run))
        if reason in ("completed", "given-up"):
            self.state = "completed" if how == "complete" else "failed"

    @rule(run=RUNS)
    def ends(self, run: int) -> None:
        """GitHub calls the run over."""
        if run in self.claims:
            self.over.add(self.claims[run])

    @rule(run=RUNS)
    def rerun(self, run: int) -> None:
        self.attempts[run] += 1

    def holds(self, run: int) -> bool:
        return self.holder == run and self.state != "absent"


TestWorks = Works.TestCase
TestWorks.settings = settings(max_examples=sample.examples(240), stateful_step_count=40, deadline=None)
