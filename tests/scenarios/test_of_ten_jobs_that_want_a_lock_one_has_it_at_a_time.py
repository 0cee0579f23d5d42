"""Ten jobs want one lock: one has it at a time, and those that wait get it in the order in which they came."""

from __future__ import annotations

from itertools import product

import pytest

from action_patterns.state.lock import POLL_SECONDS
from support import sample
from support.editions import WITH_LEASES, first_on, only_on
from support.lock_stage import CALL_SECONDS, FIRST, lock_stage, outputs

pytestmark = first_on(*WITH_LEASES, why="It takes long, and what differs is below the store.")

PLAYS = 12
"""How many of the interleavings of three jobs `make test` plays; the seed chooses them."""
CHOICES = 7
"""Turns at which the schedule decides between three jobs that could go on: the calls of the fastest until it waits."""


def test_ten_that_do_not_wait_have_one_winner() -> None:
    with lock_stage() as play:
        for _ in range(10):
            play.job(lambda job: job.lock("acquire", wait_seconds=0), call_seconds=0.0)
        play.play()
        ends = [outputs(job) for job in play.jobs]
        assert sorted(end.reason for end in ends) == ["acquired"] + ["held"] * 9
        assert [job.result.exit_code for job in play.jobs].count(1) == 9
        record = play.record()
        assert record.held is not None
        assert {end.holder for end in ends} == {record.held.run.url}
        assert (record.generation, record.queue) == (FIRST, ())


def test_ten_that_wait_all_get_it_one_after_the_other() -> None:
    with lock_stage(checked=False) as play:
        for number in range(10):
            play.job(lambda job: job.hold(20.0), at=3.0 * number)
        play.play()
        assert play.order() == list(range(10))
        assert [hold.generation for hold in play.holds] == list(range(FIRST, FIRST + 10))
        play.assert_exclusive()
        assert play.record().state == "free"


def test_the_front_of_the_queue_goes_on_within_one_look_and_its_calls() -> None:
    with lock_stage() as play:
        play.job(lambda job: job.hold(100.0))
        play.job(lambda job: job.hold(1.0), at=10.0)
        play.play()
        first, second = play.holds
        assert first.until is not None
        # Over REST a look takes two calls, and a change looks before and after it.
        calls = 3 if play.scene.has_leases else 11
        assert second.since - first.until < POLL_SECONDS[0] + calls * CALL_SECONDS


@pytest.mark.parametrize(
    "schedule", sample.some(PLAYS, list(product(range(3), repeat=CHOICES)), "lock", "three"), ids=str
)
def test_in_every_interleaving_of_three_the_queue_is_the_order(schedule: tuple[int, ...]) -> None:
    """Calls take no time, so the schedule alone says whose call is next."""
    with lock_stage(schedule, checked=False) as play:
        for _ in range(3):
            play.job(lambda job: job.hold(5.0), call_seconds=0.0)
        play.play()
        play.assert_exclusive()
        assert sorted(play.order()) == [0, 1, 2]
        assert play.order() == play.queued(), "first in, first out"


def test_a_lock_may_have_the_id_of_a_run_and_any_other_text() -> None:
    with lock_stage() as play:
        for name in ("70001", "ümläut / .. @{x}", "a\nb"):
            play.job(lambda job, name=name: job.lock("acquire", name=name))  # type: ignore[misc]
        play.play()
        assert [outputs(job).reason for job in play.jobs] == ["acquired"] * 3


@only_on(*WITH_LEASES, why="Looks cost the same, and changes more.")
def test_a_look_at_a_lock_that_has_not_changed_costs_nothing() -> None:
    """One holder for half an hour, and one waiter: 900 looks, and GitHub counts a few."""
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.hold(1_800.0))
        waiter = play.job(lambda job: job.hold(1.0, wait_seconds=3_600), at=10.0)
        play.play()
        assert outputs(waiter).reason == "released"
        looks = play.scene.sent("git/get-ref")
        counted = [
            each for each in play.scene.sandbox.requests if each.operation == "git/get-ref" and each.status != 304
        ]
        assert looks > 600
        renewals = 1_800 / 25
        assert len(counted) <= renewals + 2, "its own renewals change the record, and nothing else does"


@only_on(*WITH_LEASES, why="Looks cost the same, and changes more.")
def test_a_look_that_finds_no_change_is_understood_over_http_too() -> None:
    with lock_stage(served=True) as play:
        play.job(lambda job: job.hold(20.0))
        play.job(lambda job: job.hold(1.0), at=5.0)
        play.play()
        assert play.order() == [0, 1]
        looks = [each.status for each in play.scene.sandbox.requests if each.operation == "git/get-ref"]
        assert set(looks) == {200, 304}
