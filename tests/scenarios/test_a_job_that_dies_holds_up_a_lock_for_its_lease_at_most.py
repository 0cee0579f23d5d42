"""A holder or a waiter that was killed: the others pass it when its lease is over, or at once where its job is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from action_patterns.actions.lock.waiting import LIVENESS_SECONDS, TICKET_LEASE_SECONDS
from action_patterns.state.lock import FRONT_POLL_SECONDS, POLL_SECONDS
from github_sandbox import Fault
from support.editions import WITH_LEASES, first_on
from support.lock_stage import FIRST, Job, LockStage, lock_stage, outputs

pytestmark = first_on(*WITH_LEASES, why="It takes long, and what differs is below the store.")

LEASE = 300
SLACK = 3.0
"""Time of the calls of a look, and of taking the lock."""
SKEWS = (timedelta(), timedelta(minutes=10), timedelta(minutes=-10))


def holder(play: LockStage, *, dies_at: float = 10.0, **given: object) -> Job:
    """A job that acquires and is killed while it works."""
    return play.job(lambda job: job.hold(1_000.0, lease_seconds=LEASE), dies_at=dies_at, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize("of", ["holder", "waiter"])
def test_its_lease_is_over_on_the_clock_of_who_waits(skew: timedelta, of: str) -> None:
    """Clocks that are ten minutes off change nothing: no two of them are compared."""
    with lock_stage() as play:
        holder(play, skew=skew if of == "holder" else timedelta())
        waiter = play.job(lambda job: job.hold(5.0), at=50.0, skew=skew if of == "waiter" else timedelta())
        play.play()
        assert outputs(waiter).reason == "released"
        passed = play.holds[1].since
        assert 50.0 + LEASE <= passed <= 50.0 + LEASE + FRONT_POLL_SECONDS + SLACK
        assert play.holds[1].generation == play.holds[0].generation + 1


def test_a_holder_whose_run_is_over_is_passed_at_once() -> None:
    with lock_stage() as play:
        run = play.has_run(70_001)
        holder(play)
        waiter = play.job(lambda job: job.hold(5.0), at=20.0)

        def cancel(job: Job) -> None:
            run.status, run.conclusion = "completed", "cancelled"

        play.job(cancel, at=60.0)
        play.play()
        assert 60.0 < play.holds[1].since <= 60.0 + LIVENESS_SECONDS + FRONT_POLL_SECONDS + SLACK <= 60.0 + 15.0
        assert any("GitHub calls the job over" in line for line in waiter.log.lines)


@pytest.mark.parametrize("arrives", [4.0, 6.2, 13.0])
def test_so_is_one_whose_run_ends_when_it_has_just_taken_the_lock(arrives: float) -> None:
    """The waiter behind it does not know yet that it is the first."""
    with lock_stage(checked=False) as play:
        play.has_run(70_001)
        run = play.has_run(70_002)
        play.job(lambda job: job.hold(20.0))
        play.job(lambda job: job.hold(1_000.0), at=0.5, dies_at=26.0)
        play.job(lambda job: job.hold(5.0), at=arrives)

        def cancel(job: Job) -> None:
            assert len(play.holds) == 2
            run.status, run.conclusion = "completed", "cancelled"

        play.job(cancel, at=24.0)
        play.play()
        assert 24.0 < play.holds[2].since <= 34.0


def test_a_holder_whose_repository_was_renamed_is_passed_by_its_lease() -> None:
    with lock_stage() as play:
        moved = {"message": "Moved Permanently"}
        play.scene.sandbox.faults.add(Fault(status=301, body=moved, operation="actions/get-workflow-run"))
        holder(play)
        waiter = play.job(lambda job: job.hold(5.0), at=20.0)
        play.play()
        assert outputs(waiter).reason == "released"
        assert any("The repository has moved. A job of it that died is passed" in line for line in waiter.log.lines)


def test_a_holder_whose_run_goes_on_is_not_passed() -> None:
    with lock_stage() as play:
        play.has_run(70_001)
        play.job(lambda job: job.hold(200.0, lease_seconds=LEASE))
        play.job(lambda job: job.hold(5.0), at=20.0)
        play.play()
        assert play.holds[0].until is not None
        assert play.holds[1].since >= play.holds[0].until


@pytest.mark.parametrize(("other", "passed"), [("completed", True), ("in_progress", False)])
def test_a_leg_that_died_in_a_run_that_goes_on_is_passed_too(other: str, passed: bool) -> None:
    """The other leg of the matrix waits, so the run cannot end. A runner of the same name may be the holder's."""
    with lock_stage() as play:
        play.has_run(1_001)
        play.has_job(1_001, "runner 1", status="completed")
        play.has_job(1_001, "runner 1", status=other)
        play.has_job(1_001, "runner 2")
        holder(play, run_id=1_001, runner="runner 1")
        play.job(lambda job: job.hold(5.0), at=20.0, run_id=1_001, runner="runner 2")
        play.play()
        assert (play.holds[1].since < 40.0) == passed


def test_a_job_of_an_earlier_attempt_says_nothing_of_the_holder() -> None:
    with lock_stage() as play:
        play.has_run(1_001, attempt=2)
        play.has_job(1_001, "runner 1", status="completed", attempt=1)
        play.has_job(1_001, "runner 1", attempt=2)
        holder(play, run_id=1_001, attempt=2, runner="runner 1")
        play.job(lambda job: job.hold(5.0), at=20.0)
        play.play()
        assert play.holds[1].since >= LEASE


def test_who_does_not_wait_passes_a_holder_whose_run_is_over() -> None:
    with lock_stage() as play:
        play.has_run(70_001, status="completed")
        holder(play)
        second = play.job(lambda job: job.lock("acquire", wait_seconds=0), at=20.0)
        third = play.job(lambda job: job.lock("acquire", wait_seconds=0), at=40.0)
        play.play()
        assert (outputs(second).reason, outputs(third).reason) == ("taken-over", "held")


def test_a_rerun_frees_what_its_earlier_attempt_held_and_waited_for() -> None:
    with lock_stage() as play:
        holder(play, run_id=1_001)
        play.job(lambda job: job.hold(5.0), at=2.0, dies_at=20.0, run_id=1_001)
        rerun = play.job(lambda job: job.lock("acquire"), at=30.0, run_id=1_001, attempt=2)
        play.play()
        assert (outputs(rerun).reason, outputs(rerun).generation, play.record().queue) == ("resumed", FIRST + 1, ())
        assert play.holds[1].since < 31.0


@pytest.mark.parametrize("dead", [1, 2], ids=["at the head", "in the middle"])
def test_a_killed_waiter_holds_up_no_other_longer_than_its_ticket(dead: int) -> None:
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.hold(100.0))
        for number in (1, 2, 3):
            dies_at = 90.0 if number == dead else None
            play.job(lambda job: job.hold(5.0), at=4.0 * number, dies_at=dies_at)
        play.play()
        assert play.order() == [number for number in (0, 1, 2, 3) if number != dead]
        play.assert_exclusive()
        for before, after in zip(play.holds, play.holds[1:], strict=False):
            assert before.until is not None
            waits = after.since - before.until
            assert waits <= TICKET_LEASE_SECONDS + max(POLL_SECONDS) + SLACK


def test_a_killed_waiter_whose_run_is_over_is_passed_at_its_turn() -> None:
    with lock_stage(checked=False) as play:
        run = play.has_run(70_002)
        play.has_run(70_001)
        play.job(lambda job: job.hold(100.0))
        play.job(lambda job: job.hold(5.0), at=4.0, dies_at=95.0)
        play.job(lambda job: job.hold(5.0), at=8.0)

        def end(job: Job) -> None:
            run.status, run.conclusion = "completed", "cancelled"

        play.job(end, at=99.0)
        play.play()
        assert play.order() == [0, 2]
        assert play.holds[0].until is not None
        assert play.holds[1].since - play.holds[0].until <= POLL_SECONDS[1] + SLACK


def test_the_lease_of_a_hold_begins_when_the_lock_is_taken_and_not_with_the_ticket() -> None:
    """The last waiter has watched the ticket of the second for a while, when that one takes the lock."""
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.hold(40.0))
        play.job(lambda job: job.hold(29.0, lease_seconds=30), at=25.0)
        play.job(lambda job: job.hold(5.0), at=28.0)
        play.play()
        assert [outputs(job).reason for job in play.jobs] == ["released"] * 3
        play.assert_exclusive()


def test_a_waiter_that_lives_keeps_its_ticket_however_long_it_waits() -> None:
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.hold(900.0))
        for number in (1, 2, 3):
            play.job(lambda job: job.hold(5.0), at=4.0 * number)
        play.play()
        assert play.order() == [0, 1, 2, 3]
        play.assert_exclusive()


def test_a_wait_that_is_over_names_the_holder_and_leaves_the_queue() -> None:
    with lock_stage() as play:
        play.job(lambda job: job.hold(500.0))
        waiter = play.job(lambda job: job.lock("acquire", wait_seconds=60), at=10.0)
        play.play()
        end = outputs(waiter)
        assert (end.reason, end.acquired, end.claim, waiter.result.exit_code) == ("wait-exhausted", False, None, 1)
        assert 60.0 <= end.waited <= 60.0 + SLACK
        (said,) = waiter.result.annotations
        held = play.holds[0]
        assert all(part in said.message for part in ("job `job-0`", "/runs/70001/attempts/1", "since ", held.claim))
        assert end.holder is not None and "/runs/70001/" in end.holder
        assert play.record().queue == ()
