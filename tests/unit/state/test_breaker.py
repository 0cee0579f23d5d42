"""The tables of a breaker, and a model of jobs that use it: in a row they open it, and one at a time finds out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from action_patterns.state import breaker
from action_patterns.state.breaker import (
    MAX_FAILURES,
    REASONS,
    BreakerRecord,
    BreakerRequest,
    Failure,
    Probe,
    Result,
    Stop,
)
from action_patterns.state.record import MAX_MESSAGE_BYTES, Holder
from action_patterns.state.transaction import Change
from support import sample

START = datetime(2026, 7, 1, tzinfo=UTC)
OPEN, LEASE = 300.0, 900.0


def run(run_id: int = 1, attempt: int = 1) -> Holder:
    return Holder(repository="acme/api", run_id=run_id, attempt=attempt, url="u")


def request(claim: str = "m", *, at: float = 0.0, **changes: Any) -> BreakerRequest:
    asked = BreakerRequest(
        key="registry", us=run(), job="j", now=START + timedelta(seconds=at), claim=claim, open_seconds=OPEN
    )
    return replace(asked, **changes)


def failure(claim: str = "f", *, run_id: int = 9, attempt: int = 1, job: str = "j") -> Failure:
    return Failure(claim=claim, run=f"acme/api/{run_id}", attempt=attempt, job=job)


def probe(claim: str = "p", *, at: float = 0.0, **of: int) -> Probe:
    return Probe(claim=claim, run=run(**of), job="j", since=START + timedelta(seconds=at), lease_seconds=LEASE)


def record(**changes: Any) -> BreakerRecord:
    made = BreakerRecord(operation="registry", state="closed", holder=run(9), since=START)
    return made.model_copy(update=changes)


def opened(**changes: Any) -> BreakerRecord:
    return record(state="open", opened_at=START, failures=(failure(),)).model_copy(update=changes)


def half_open(prober: Probe) -> BreakerRecord:
    return opened(state="half-open", opened_at=START - timedelta(seconds=OPEN), probe=prober)


FLAG = Stop(message="why", by="ann", run=run(), since=START)


@pytest.mark.parametrize(
    ("found", "asked", "outcome", "reason"),
    [
        (None, request(), "unchanged", "closed"),
        (record(), request(), "unchanged", "closed"),
        (record(failures=(failure(),) * 99), request(), "unchanged", "closed"),
        (record(stop=FLAG), request(), "skipped", "stopped"),
        (opened(stop=FLAG), request(at=OPEN), "skipped", "stopped"),
        (opened(), request(at=OPEN - 1), "skipped", "breaker-open"),
        (opened(), request(at=OPEN), "updated", "probe"),
        (opened(opened_at=None), request(at=OPEN), "updated", "probe"),
        (half_open(probe()), request(at=LEASE - 1), "skipped", "breaker-open"),
        (half_open(probe()), request(at=LEASE), "updated", "probe"),
        (half_open(probe("m")), request(at=1), "unchanged", "probe"),
        (half_open(probe()), request(over=frozenset({"p"})), "updated", "probe"),
        (half_open(probe()), request(over=frozenset({"o"})), "skipped", "breaker-open"),
        (half_open(probe()), request(us=run(attempt=2)), "updated", "probe"),
        (half_open(probe(run_id=2)), request(us=run(attempt=2)), "skipped", "breaker-open"),
        (half_open(probe(attempt=2)), request(us=run(attempt=1)), "skipped", "breaker-open"),
    ],
)
def test_check(found: BreakerRecord | None, asked: BreakerRequest, outcome: str, reason: str) -> None:
    change = breaker.check(found, asked)
    assert (change.outcome, change.reason) == (outcome, reason)
    assert (change.write is None) == (outcome != "updated")
    if change.write is not None:
        assert change.write.probe is not None
        assert (change.write.state, change.write.probe.claim, change.write.probe.since) == ("half-open", "m", asked.now)
        assert found is not None
        assert (change.write.failures, change.write.opened_at) == (found.failures, found.opened_at)


@pytest.mark.parametrize(
    ("found", "result", "outcome", "reason", "after"),
    [
        (None, "success", "unchanged", "closed", None),
        (None, "failure", "updated", "counted", ("closed", 1)),
        (record(), "success", "unchanged", "closed", None),
        (record(failures=(failure(),)), "success", "updated", "reset", ("closed", 0)),
        (record(failures=(failure("a"), failure("b"))), "failure", "updated", "opened", ("open", 3)),
        (record(failures=(failure("a"), failure("m"))), "failure", "unchanged", "reported-before", None),
        (record(failures=(failure("a"), failure(run_id=1))), "failure", "updated", "opened", ("open", 3)),
        (record(failures=(failure(),)), "cancelled", "unchanged", "not-counted", None),
        (record(failures=(failure(),)), "skipped", "unchanged", "not-counted", None),
        (record(failures=(failure(),), stop=FLAG), "failure", "updated", "counted", ("closed", 2)),
        (opened(), "success", "unchanged", "late-report", None),
        (opened(), "failure", "unchanged", "late-report", None),
        (opened(settled="m"), "failure", "unchanged", "reported-before", None),
        (record(settled="m"), "success", "unchanged", "reported-before", None),
        (half_open(probe()), "success", "unchanged", "late-report", None),
        (half_open(probe("m")), "success", "updated", "recovered", ("closed", 0)),
        (half_open(probe("m")), "failure", "updated", "reopened", ("open", 1)),
        (half_open(probe("m")), "cancelled", "updated", "given-back", ("open", 1)),
        (half_open(probe("m")), "skipped", "updated", "given-back", ("open", 1)),
    ],
)
def test_report(
    found: BreakerRecord | None, result: Result, outcome: str, reason: str, after: tuple[str, int] | None
) -> None:
    asked = request(at=OPEN, threshold=3)
    change = breaker.report(found, asked, result)
    assert (change.outcome, change.reason) == (outcome, reason)
    write = change.write
    assert (write and (write.state, len(write.failures))) == after
    if write is not None:
        assert write.probe is None
        assert write.stop == (found.stop if found else None)
        again = breaker.report(write, asked, result)
        assert again.write is None, "a report that is repeated writes nothing"
        assert again.reason == ("closed" if reason == "reset" else "reported-before")
    if reason in ("opened", "reopened"):
        assert write is not None and write.opened_at == asked.now
    if reason == "given-back":
        assert write is not None
        assert breaker.check(write, request("o", at=OPEN)).reason == "probe", "the next one probes at once"


def test_a_later_attempt_takes_the_place_of_what_its_job_reported_before() -> None:
    found = record(failures=(failure("a", run_id=1), failure("b", run_id=1, job="other"), failure("c", run_id=2)))
    write = breaker.report(found, request(us=run(1, attempt=2), threshold=9), "failure").write
    assert write is not None
    assert [each.claim for each in write.failures] == ["b", "c", "m"]


def test_a_record_has_an_end() -> None:
    found: BreakerRecord | None = None
    us = Holder(repository="o" * 39 + "/" + "r" * 100, run_id=10**12, attempt=1, url="u" * 300)
    for number in range(MAX_FAILURES + 5):
        asked = request(f"{number:016x}", us=us, job="j" * 500, threshold=MAX_FAILURES + 99)
        found = breaker.report(found, asked, "failure").write
        assert found is not None
    stopped = breaker.stop(found, request(message="ü" * 500, by="a" * 39)).write
    assert stopped is not None
    assert len(stopped.failures) == MAX_FAILURES
    assert len(stopped.message()) < MAX_MESSAGE_BYTES


@pytest.mark.parametrize("found", [None, record(), opened(), half_open(probe())])
def test_a_stop_and_a_resume_leave_the_rest_as_it_is(found: BreakerRecord | None) -> None:
    stopped = breaker.stop(found, request(message="why", by="ann"))
    assert (stopped.outcome, stopped.reason) == ("updated", "stopped")
    assert stopped.write is not None and stopped.write.stop is not None
    assert (stopped.write.stop.message, stopped.write.stop.by) == ("why", "ann")
    assert breaker.stop(stopped.write, request(message="me too")).write is None
    resumed = breaker.resume(stopped.write, request())
    assert (resumed.outcome, resumed.reason) == ("updated", "resumed")
    assert resumed.write is not None
    kept = ("state", "failures", "opened_at", "probe", "settled", "stop")
    assert all(getattr(resumed.write, name) == getattr(found or record(), name) for name in kept)
    assert breaker.resume(resumed.write, request()).reason == "not-stopped"


def test_github_is_asked_about_a_prober_only_where_it_is_in_the_way() -> None:
    assert breaker.suspect(None) is None
    assert breaker.suspect(opened()) is None
    assert breaker.suspect(half_open(probe()).model_copy(update={"stop": FLAG})) is None
    assert breaker.suspect(half_open(probe())) == probe()


def test_each_reason_is_one_row_and_every_one_is_used() -> None:
    assert len({(row.code, row.outcome) for row in REASONS}) == len(REASONS)


JOBS = st.integers(0, 4)
THRESHOLD = 3


class Breakers(RuleBasedStateMachine):
    """Five jobs that check, work, report, die and are rerun, against the few numbers that a breaker is."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.found: BreakerRecord | None = None
        self.claims = 0
        self.working: dict[int, str] = {}
        self.row = 0
        self.opened_at: float | None = None
        self.probing: tuple[str, float] | None = None
        self.stopped = False

    def write(self, change: Change[BreakerRecord]) -> str:
        if change.write is not None:
            self.found = BreakerRecord.model_validate_json(change.write.message().splitlines()[2])
        return change.reason

    def asked(self, job: int, claim: str, **changes: Any) -> BreakerRequest:
        return request(claim, at=self.now, us=run(job), threshold=THRESHOLD, **changes)

    @rule(seconds=st.sampled_from([1.0, 100.0, OPEN, LEASE]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(job=JOBS)
    def check(self, job: int) -> None:
        if job in self.working:
            return
        self.claims += 1
        claim = f"c{self.claims}"
        reason = self.write(breaker.check(self.found, self.asked(job, claim)))
        if self.stopped:
            assert reason == "stopped"
        elif self.opened_at is None:
            assert reason == "closed"
        elif self.now - self.opened_at < OPEN or (self.probing and self.now - self.probing[1] < LEASE):
            assert reason == "breaker-open"
        else:
            assert reason == "probe"
            self.probing = (claim, self.now)
        if reason in ("closed", "probe"):
            self.working[job] = claim

    @rule(job=JOBS, result=st.sampled_from(["success", "failure", "cancelled"]), twice=st.booleans())
    def report(self, job: int, result: Result, twice: bool) -> None:
        if job not in self.working:
            return
        claim = self.working.pop(job)
        reason = self.write(breaker.report(self.found, self.asked(job, claim), result))
        if self.probing and self.probing[0] == claim:
            self.probing = None
            assert reason == {"success": "recovered", "failure": "reopened", "cancelled": "given-back"}[result]
            if result == "success":
                self.row, self.opened_at = 0, None
            elif result == "failure":
                self.opened_at = self.now
        elif self.opened_at is not None:
            assert reason == "late-report"
        elif result == "success":
            assert reason == ("reset" if self.row else "closed")
            self.row = 0
        elif result == "failure":
            self.row += 1
            assert reason == ("opened" if self.row == THRESHOLD else "counted")
            if self.row == THRESHOLD:
                self.opened_at = self.now
        else:
            assert reason == "not-counted"
        if twice:
            before = self.found
            self.write(breaker.report(self.found, self.asked(job, claim), result))
            assert self.found == before

    @rule(job=JOBS)
    def die(self, job: int) -> None:
        self.working.pop(job, None)

    @rule()
    def stop(self) -> None:
        self.write(breaker.stop(self.found, self.asked(0, "", message="why")))
        self.stopped = True

    @rule()
    def resume(self) -> None:
        self.write(breaker.resume(self.found, self.asked(0, "")))
        self.stopped = False

    def teardown(self) -> None:
        if self.found is not None:
            assert len(self.found.failures) == self.row or self.opened_at is not None


TestBreakers = Breakers.TestCase
TestBreakers.settings = settings(max_examples=sample.examples(240), stateful_step_count=40, deadline=None)
