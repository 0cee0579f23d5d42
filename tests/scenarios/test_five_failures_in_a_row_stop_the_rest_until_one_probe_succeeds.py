"""Legs, jobs and workflows share one breaker: after failures in a row they skip, and one of them finds out."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from support import sample
from support.breaker_stage import OPEN, THRESHOLD, breaker, leg, record
from support.editions import WITH_LEASES, only_on
from support.lock_stage import Job, LockStage, lock_stage

pytestmark = only_on(*WITH_LEASES, why="Without a swap there is no shared breaker, and a warning says so.")

PLAYS = 8
"""How many of the interleavings of three probers `make test` plays; the seed chooses them."""
CALLS = 9
"""Turns at which the schedule decides: the calls of three jobs that check at the same moment."""
SKEWS = (timedelta(minutes=10), timedelta(minutes=-10))


def opened(play: LockStage) -> list[Job]:
    """Five jobs that fail, one after the other. The last one ends 45 seconds after the start."""
    return [play.job(lambda job: leg(job, "failure"), at=10.0 * number) for number in range(THRESHOLD)]


def test_the_rest_is_skipped_one_probe_closes_it_and_work_goes_on() -> None:
    with lock_stage() as play:
        failing = opened(play)
        rest = [play.job(lambda job: leg(job, "success"), at=60.0 + number) for number in range(3)]
        probe = play.job(lambda job: leg(job, "success", works=30.0), at=400.0)
        beside = [play.job(lambda job: breaker(job, "check").outputs, at=405.0 + number) for number in range(3)]
        after = play.job(lambda job: leg(job, "success"), at=500.0)
        play.play()
        assert [job.result.reason for job in failing] == ["counted"] * 4 + ["opened"]
        assert {(job.result.outcome, job.result.reason, job.result.state) for job in rest} == {
            ("skipped", "breaker-open", "open")
        }
        assert (probe.result.reason, probe.result.state) == ("recovered", "closed")
        assert {(job.result.allowed, job.result.reason, job.result.state) for job in beside} == {
            (False, "breaker-open", "half-open")
        }
        assert (after.result.reason, after.result.failures) == ("closed", 0)


def test_a_step_that_is_refused_is_green_and_says_from_when_on_one_may_probe() -> None:
    with lock_stage() as play:
        opened(play)
        refused = play.job(lambda job: breaker(job, "check"), at=60.0)
        play.play()
        finish = refused.result
        assert (finish.exit_code, finish.outputs.claim) == (0, None)
        (said,) = finish.annotations
        assert said.level == "notice"
        assert "One job may probe from 2026-07-01T12:05:45Z on." in said.message


def test_a_probe_that_fails_opens_it_for_the_whole_time_again() -> None:
    with lock_stage() as play:
        opened(play)
        probe = play.job(lambda job: leg(job, "failure"), at=400.0)
        early = play.job(lambda job: breaker(job, "check").outputs, at=400.0 + OPEN)
        late = play.job(lambda job: breaker(job, "check").outputs, at=410.0 + OPEN)
        play.play()
        assert (probe.result.reason, probe.result.state) == ("reopened", "open")
        assert (early.result.allowed, late.result.allowed, late.result.probe) == (False, True, True)


def test_a_success_between_failures_begins_the_count_again() -> None:
    with lock_stage() as play:
        ends = ["failure"] * 4 + ["success"] + ["failure"] * 4
        jobs = [play.job(lambda job, end=end: leg(job, end), at=10.0 * n) for n, end in enumerate(ends)]  # type: ignore[misc]
        play.play()
        assert [job.result.reason for job in jobs] == ["counted"] * 4 + ["reset"] + ["counted"] * 4
        found = record(play)
        assert found is not None
        assert (found.state, len(found.failures)) == ("closed", 4)


@pytest.mark.parametrize("skew", SKEWS)
def test_clocks_that_are_ten_minutes_off_change_nothing(skew: timedelta) -> None:
    with lock_stage() as play:
        for number in range(THRESHOLD):
            play.job(lambda job: leg(job, "failure"), at=10.0 * number, skew=-skew)
        early = play.job(lambda job: breaker(job, "check").outputs, at=40.0 + OPEN, skew=skew)
        late = play.job(lambda job: breaker(job, "check").outputs, at=50.0 + OPEN, skew=skew)
        play.play()
        assert (early.result.allowed, late.result.probe) == (False, True)


@pytest.mark.parametrize(
    "schedule", sample.some(PLAYS, list(product(range(3), repeat=CALLS)), "breaker", "three"), ids=str
)
def test_of_three_that_check_at_once_one_probes(schedule: tuple[int, ...]) -> None:
    """Calls take no time, so the schedule alone says whose call is next."""
    with lock_stage(schedule, checked=False) as play:
        play.job(lambda job: [leg(job, "failure", works=0.0, threshold=1), job.sleep(OPEN + 2.0)], call_seconds=0.0)
        for _ in range(3):
            play.job(lambda job: breaker(job, "check").outputs, at=OPEN + 2.0, call_seconds=0.0)
        play.play()
        found = record(play)
        asked = [job.result for job in play.jobs[1:]]
        (prober,) = [each for each in asked if each.allowed]
        assert prober.probe
        assert {each.reason for each in asked if not each.allowed} == {"breaker-open"}
        assert found is not None and found.probe is not None
        assert prober.claim.startswith(f"{found.probe.claim}.")


def test_legs_that_fail_at_the_same_moment_are_all_counted() -> None:
    with lock_stage(checked=False) as play:
        for _ in range(THRESHOLD):
            play.job(lambda job: leg(job, "failure", works=0.0), call_seconds=0.0)
        play.play()
        found = record(play)
        assert found is not None
        assert (found.state, len(found.failures)) == ("open", THRESHOLD)


def test_a_breaker_that_is_closed_costs_one_request_and_writes_nothing() -> None:
    with lock_stage() as play:
        job = play.job(lambda job: leg(job, "success"))
        play.play()
        assert (job.result.reason, job.calls, play.scene.writes(), record(play)) == ("closed", 2, 0, None)
