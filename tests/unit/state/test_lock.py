"""The tables of a lock, and a model of jobs that use it: one holder, a growing number, and no ticket that starves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from action_patterns.state import lock
from action_patterns.state.lock import (
    FRONT_POLL_SECONDS,
    MAX_QUEUE,
    POLL_SECONDS,
    Entry,
    LockRecord,
    LockRequest,
    Sightings,
)
from action_patterns.state.record import Holder
from support import sample

SINCE = datetime(2026, 7, 1, tzinfo=UTC)
LEASE, TICKET = 100.0, 60.0


def entry(claim: str, *, run_id: int | None = None, attempt: int = 1, lease: float = LEASE) -> Entry:
    run = Holder(
        repository="acme/api", run_id=hash(claim) % 10**6 if run_id is None else run_id, attempt=attempt, url="u"
    )
    return Entry(claim=claim, run=run, job="j", since=SINCE, lease_seconds=lease)


def request(claim: str, **changes: object) -> LockRequest:
    asked = LockRequest(name="deploy", us=entry(claim), ticket_lease_seconds=TICKET, read_at=SINCE)
    return replace(asked, **changes)  # type: ignore[arg-type]


def record(held: str = "", queue: str = "", **changes: object) -> LockRecord:
    us = entry("x")
    made = LockRecord(
        operation="deploy",
        state="held" if held else "free",
        holder=us.run,
        since=SINCE,
        generation=4,
        held=entry(held) if held else None,
        queue=tuple(entry(claim, lease=TICKET) for claim in queue),
    )
    return made.model_copy(update=changes)


def claims(found: LockRecord | None) -> str:
    """Holder and queue as `holder|tickets`."""
    assert found is not None
    return f"{found.held.claim if found.held else ''}|{''.join(each.claim for each in found.queue)}"


@pytest.mark.parametrize(
    ("held", "queue", "gone", "refusal", "reason", "after"),
    [
        ("", "", "", "", "acquired", "m|"),
        ("m", "a", "", "", "acquired", None),
        ("h", "", "", "", "waiting", "h|m"),
        ("h", "a", "", "", "waiting", "h|am"),
        ("h", "am", "", "", "waiting", None),
        ("h", "", "h", "", "taken-over", "m|"),
        ("h", "a", "h", "", "waiting", "h|am"),
        ("h", "ab", "ha", "", "waiting", "h|bm"),
        ("h", "am", "ha", "", "taken-over", "m|"),
        ("h", "mb", "h", "", "taken-over", "m|b"),
        ("h", "mb", "hb", "", "taken-over", "m|"),
        ("", "am", "", "", "waiting", None),
        ("", "am", "a", "", "acquired", "m|"),
        ("", "ma", "", "", "acquired", "m|a"),
        ("h", "", "", "held", "held", None),
        ("h", "am", "", "wait-exhausted", "wait-exhausted", "h|a"),
        ("", "a", "", "held", "held", None),
        ("h", "", "h", "held", "taken-over", "m|"),
    ],
)
def test_acquire(held: str, queue: str, gone: str, refusal: str, reason: str, after: str | None) -> None:
    """`m` is this step, `h` a holder, `a` and `b` wait."""
    found = record(held, queue)
    change = lock.acquire(found, request("m", gone=frozenset(gone), refusal=refusal))
    assert change.reason == reason
    assert (change.write and claims(change.write)) == after
    if change.write is not None:
        taken = change.write.held is not None and change.write.held.claim == "m"
        assert change.write.generation == found.generation + taken
        assert (change.write.state == "held") == (change.write.held is not None)


def test_the_first_of_all_acquires_and_has_a_number_of_its_time() -> None:
    change = lock.acquire(None, request("m", refusal="held"))
    assert change.write is not None
    assert (claims(change.write), change.write.generation) == ("m|", int(SINCE.timestamp()) * 1_000)


def test_a_ticket_that_is_due_is_renewed_in_its_place() -> None:
    change = lock.acquire(record("h", "amb"), request("m", renews_ticket=True))
    assert change.write is not None
    assert [(each.claim, each.renewals) for each in change.write.queue] == [("a", 0), ("m", 1), ("b", 0)]


def test_a_hold_is_seen_for_the_first_time_by_who_watched_its_ticket() -> None:
    found = record("", "m").model_copy(update={"queue": (entry("m", lease=TICKET).renewed(),)})
    seen = Sightings().see(found, 0.0)
    write = lock.acquire(found, request("m")).write
    assert write is not None
    later = seen.see(write, TICKET)
    assert later.gone(write, entry("o"), LEASE) == frozenset()
    assert later.gone(write, entry("o"), TICKET + LEASE) == {"m"}


def test_a_queue_has_an_end() -> None:
    found = record("h", queue="").model_copy(update={"queue": tuple(entry(f"t{n}") for n in range(MAX_QUEUE))})
    assert lock.acquire(found, request("m")).reason == "queue-full"
    assert lock.acquire(found, request("m", gone=frozenset({"t7"}))).reason == "waiting"


def test_a_record_has_an_end_too_and_takes_a_whole_queue_of_ordinary_jobs() -> None:
    def waiting(length: int, letter: str = "x") -> LockRecord:
        run = Holder(
            repository="an-organization/a-repository",
            repository_id="123456789",
            run_id=16_123_456_789,
            attempt=1,
            url="https://github.com/an-organization/a-repository/actions/runs/16123456789/attempts/1",
        )
        jobs = (
            entry(f"{n:016x}").model_copy(update={"run": run, "job": letter * length}) for n in range(MAX_QUEUE - 1)
        )
        return record("h").model_copy(update={"queue": tuple(jobs)})

    assert lock.acquire(waiting(50), request("m")).reason == "waiting"
    assert lock.acquire(waiting(100, "ü"), request("m")).reason == "queue-full"


@pytest.mark.parametrize(
    ("held", "released", "claim", "outcome", "reason"),
    [
        ("m", "", "m", "updated", "released"),
        ("m", "", "o", "blocked", "lock-lost"),
        ("", "m", "m", "unchanged", "released"),
        ("h", "m", "m", "unchanged", "released"),
        ("h", "o", "m", "blocked", "lock-lost"),
        ("", "", "m", "blocked", "lock-lost"),
    ],
)
def test_release(held: str, released: str, claim: str, outcome: str, reason: str) -> None:
    change = lock.release(record(held, "ab", released=released), entry(claim))
    assert (change.outcome, change.reason) == (outcome, reason)
    assert (change.write and claims(change.write)) == ("|ab" if outcome == "updated" else None)


@pytest.mark.parametrize(
    ("held", "claim", "outcome", "reason"),
    [
        ("h", "h", "updated", "force-unlocked"),
        ("h", "o", "blocked", "not-holder"),
        ("", "h", "unchanged", "not-held"),
    ],
)
def test_force_unlock(held: str, claim: str, outcome: str, reason: str) -> None:
    change = lock.force_unlock(record(held, "a"), entry(claim))
    assert (change.outcome, change.reason) == (outcome, reason)
    if change.write is not None:
        assert lock.release(change.write, entry("h")).reason == "lock-lost", "its holder sees it"


def test_nothing_is_released_renewed_or_forced_where_there_is_no_lock() -> None:
    assert lock.release(None, entry("m")).reason == "lock-lost"
    assert lock.renew(None, entry("m")).outcome == "blocked"
    assert lock.force_unlock(None, entry("m")).reason == "not-held"


@pytest.mark.parametrize(("held", "renewals"), [("m", 1), ("h", None), ("", None)])
def test_renew(held: str, renewals: int | None) -> None:
    write = lock.renew(record(held, "a"), entry("m")).write
    assert (write.held.renewals if write and write.held else None) == renewals


def test_a_lease_begins_with_the_first_look_and_again_with_each_renewal() -> None:
    found, us = record("h", "a"), entry("m")
    seen = Sightings().see(found, 1_000.0)
    assert seen.gone(found, us, 1_000.0 + TICKET - 0.1) == frozenset()
    assert seen.gone(found, us, 1_000.0 + TICKET) == {"a"}
    again = lock.renew(found, entry("h")).write
    assert again is not None
    later = seen.see(again, 1_050.0)
    assert later.gone(again, us, 1_000.0 + LEASE) == {"a"}, "the write of another is no renewal of the ticket"
    assert later.gone(again, us, 1_050.0 + LEASE) == {"a", "h"}


def test_our_own_entry_is_never_gone_and_our_earlier_attempt_is_at_once() -> None:
    us = entry("m", run_id=7, attempt=2)
    old = entry("h", run_id=7, attempt=1)
    leg = entry("l", run_id=7, attempt=2)
    found = record().model_copy(update={"held": old, "queue": (us, leg)})
    assert Sightings().see(found, 0.0).gone(found, us, 0.0) == {"h"}
    assert Sightings().see(found, 0.0).gone(found, us, 10**6) == {"h", "l"}


@pytest.mark.parametrize(
    ("held", "queue", "suspect", "pause"),
    [
        ("h", "m", "h", FRONT_POLL_SECONDS),
        ("h", "am", None, POLL_SECONDS[1]),
        ("h", "abm", None, POLL_SECONDS[2]),
        ("h", "abcdem", None, POLL_SECONDS[-1]),
        ("", "am", "a", POLL_SECONDS[1]),
        ("", "m", None, FRONT_POLL_SECONDS),
    ],
)
def test_who_is_asked_about_and_how_often(held: str, queue: str, suspect: str | None, pause: float) -> None:
    found = record(held, queue)
    asked = lock.suspect(found, request("m"))
    assert (asked.claim if asked else None) == suspect
    seen = Sightings().see(found, 0.0)
    assert lock.pause_seconds(found, request("m"), seen, 10.0) == pause
    if pause != FRONT_POLL_SECONDS:
        assert lock.pause_seconds(found, request("m"), seen, TICKET - 5.0) == 5.0, "until a ticket's lease is over"


def test_many_waiters_look_no_oftener_than_published() -> None:
    looks = 0.0
    for number in range(MAX_QUEUE):
        looks += 1 / POLL_SECONDS[min(number, len(POLL_SECONDS) - 1)]
        assert looks <= 0.5 + number / 15 + 1e-9


JOBS = st.sampled_from("abcde")


class Locks(RuleBasedStateMachine):
    """Five jobs that look, wait, renew, die and give back, each with a monotonic clock that begins elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.record: LockRecord | None = None
        self.at = 0.0
        self.round = dict.fromkeys("abcde", 0)
        self.sightings: dict[str, Sightings] = {}
        self.renewed: dict[str, float] = {}
        self.writes: dict[str, int] = {}
        self.generation = 0
        self.holder = ""
        self.had: set[str] = set()
        """Claims that held the lock: a step that has acquired does not look again."""

    def claim(self, job: str) -> str:
        return f"{job}{self.round[job]}"

    def clock(self, job: str) -> float:
        return self.at + 1_000.0 * ord(job)

    def put(self, write: LockRecord | None) -> None:
        if write is not None:
            self.record = write

    @rule(seconds=st.sampled_from([0.5, 7.0, 31.0, 61.0, 101.0]))
    def time_passes(self, seconds: float) -> None:
        """Each length passes another lease, or none."""
        self.at += seconds

    @rule(job=JOBS, refuses=st.booleans())
    def look(self, job: str, refuses: bool) -> None:
        holder = self.record.held.claim if self.record and self.record.held else ""
        if self.claim(job) in self.had and self.claim(job) != holder:
            self.round[job] += 1
        claim = self.claim(job)
        seen = self.sightings.get(job, Sightings()).see(self.record, self.clock(job))
        self.sightings[job] = seen
        us = entry(claim).model_copy(update={"renewals": self.writes.get(claim, 0)})
        asked = LockRequest(
            name="deploy",
            us=us,
            ticket_lease_seconds=TICKET,
            read_at=SINCE + timedelta(seconds=self.at),
            gone=seen.gone(self.record, us, self.clock(job)),
            refusal="wait-exhausted" if refuses else "",
            renews_ticket=True,
        )
        held_before = self.record.held.claim if self.record and self.record.held else ""
        order = [each.claim for each in self.record.queue] if self.record else []
        change = lock.acquire(self.record, asked)
        self.put(change.write)
        if change.write is not None:
            self.renewed[claim] = self.at
            self.writes[claim] = self.writes.get(claim, 0) + 1
        if change.reason in ("acquired", "taken-over") and change.write is not None:
            self.had.add(claim)
            before = order[: order.index(claim)] if claim in order else order
            # Whoever is passed was not renewed for a whole lease of true time.
            for other in [*before, *([held_before] if held_before else [])]:
                lease = LEASE if other == held_before else TICKET
                assert self.at - self.renewed[other] >= lease, f"{other} lives and was passed by {claim}"
        if change.outcome == "blocked":
            self.round[job] += 1

    @rule(job=JOBS)
    def renew_hold(self, job: str) -> None:
        change = lock.renew(self.record, entry(self.claim(job)))
        if change.write is not None:
            self.renewed[self.claim(job)] = self.at
        self.put(change.write)

    @rule(job=JOBS)
    def give_back(self, job: str) -> None:
        held = self.record.held.claim if self.record and self.record.held else ""
        change = lock.release(self.record, entry(self.claim(job)))
        assert (change.outcome == "updated") == (held == self.claim(job))
        self.put(change.write)
        if change.outcome == "updated":
            self.round[job] += 1

    @precondition(lambda self: self.record is not None and self.record.held is not None)
    @rule()
    def force(self) -> None:
        assert self.record is not None
        assert self.record.held is not None
        self.put(lock.force_unlock(self.record, self.record.held).write)

    @rule(job=JOBS)
    def die(self, job: str) -> None:
        """The job never looks or renews with this claim again. Another step of its runner may."""
        self.round[job] += 1
        self.sightings.pop(job, None)

    @invariant()
    def the_number_grows_with_each_holder(self) -> None:
        if self.record is None:
            return
        holder = self.record.held.claim if self.record.held else ""
        if holder and holder != self.holder:
            assert self.record.generation > self.generation
        else:
            assert self.record.generation == self.generation
        self.holder, self.generation = holder or self.holder, self.record.generation

    @invariant()
    def each_claim_is_there_once(self) -> None:
        found = [each.claim for each in lock.entries(self.record)]
        assert len(found) == len(set(found))
        assert self.record is None or (self.record.state == "held") == (self.record.held is not None)

    @invariant()
    def the_lock_is_free_for_a_waiter_that_outlives_every_lease(self) -> None:
        """No ticket starves: the first that still looks has the lock when the leases before it are over."""
        if self.record is None or not self.record.queue:
            return
        last = self.record.queue[-1]
        seen = Sightings().see(self.record, 0.0)
        gone = seen.gone(self.record, last, LEASE)
        asked = LockRequest(name="deploy", us=last, ticket_lease_seconds=TICKET, read_at=SINCE, gone=gone)
        assert lock.acquire(self.record, asked).reason in ("acquired", "taken-over")


TestLocks = Locks.TestCase
TestLocks.settings = settings(max_examples=sample.examples(240), stateful_step_count=40, deadline=None)
