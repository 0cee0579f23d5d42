"""A job that probes and is killed holds up the others for its lease at most, and only while GitHub calls it alive."""

from __future__ import annotations

import pytest

from support.breaker_stage import OPEN, PROBE, breaker, leg, record
from support.editions import WITH_LEASES, only_on
from support.lock_stage import Job, LockStage, lock_stage

pytestmark = only_on(*WITH_LEASES, why="Without a swap there is no shared breaker, and a warning says so.")

PROBES_AT = OPEN + 10.0


def probing(play: LockStage, **given: object) -> None:
    """A breaker that one failure opened, and a job that probes and is killed."""
    play.job(lambda job: leg(job, "failure", works=0.0, threshold=1))
    play.job(lambda job: leg(job, "success", works=3_000.0), at=PROBES_AT, dies_at=PROBES_AT + 20.0, **given)  # type: ignore[arg-type]


def asks(job: Job) -> object:
    return breaker(job, "check").outputs


def test_another_one_probes_when_its_lease_is_over() -> None:
    with lock_stage() as play:
        probing(play)
        early = play.job(asks, at=PROBES_AT + PROBE - 5.0)
        late = play.job(asks, at=PROBES_AT + PROBE + 5.0)
        play.play()
        assert (early.result.reason, late.result.reason) == ("breaker-open", "probe")


def test_another_one_probes_at_once_where_github_calls_its_run_over() -> None:
    with lock_stage() as play:
        run = play.has_run(70_002)
        probing(play)
        alive = play.job(asks, at=PROBES_AT + 30.0)

        def cancel(job: Job) -> None:
            run.status, run.conclusion = "completed", "cancelled"

        play.job(cancel, at=PROBES_AT + 40.0)
        late = play.job(asks, at=PROBES_AT + 41.0)
        play.play()
        assert (alive.result.reason, late.result.reason) == ("breaker-open", "probe")
        assert any("GitHub calls the job over that probed" in line for line in late.log.lines)


def test_a_leg_that_died_in_a_run_that_goes_on_is_passed_too() -> None:
    with lock_stage() as play:
        play.has_run(1_001)
        play.has_job(1_001, "runner 1", status="completed")
        play.has_job(1_001, "runner 2")
        probing(play, run_id=1_001, runner="runner 1")
        other = play.job(asks, at=PROBES_AT + 30.0, run_id=1_001, runner="runner 2")
        play.play()
        assert other.result.reason == "probe"


def test_the_rerun_of_its_run_probes_again() -> None:
    with lock_stage() as play:
        probing(play, run_id=1_001)
        rerun = play.job(asks, at=PROBES_AT + 30.0, run_id=1_001, attempt=2)
        play.play()
        assert rerun.result.probe


@pytest.mark.parametrize("result", ["success", "failure"])
def test_who_was_passed_and_wakes_up_changes_nothing(result: str) -> None:
    with lock_stage() as play:
        play.job(lambda job: leg(job, "failure", works=0.0, threshold=1))
        late = play.job(lambda job: leg(job, result, works=PROBE + 60.0), at=PROBES_AT)
        second = play.job(lambda job: leg(job, "success", works=300.0), at=PROBES_AT + PROBE + 5.0)
        play.play()
        assert (late.result.reason, late.result.state) == ("late-report", "half-open")
        assert second.result.reason == "recovered"


@pytest.mark.parametrize("result", ["cancelled", "skipped"])
def test_a_prober_that_was_cancelled_gives_the_probe_back(result: str) -> None:
    with lock_stage() as play:
        play.job(lambda job: leg(job, "failure", works=0.0, threshold=1))
        first = play.job(lambda job: leg(job, result), at=PROBES_AT)
        second = play.job(asks, at=PROBES_AT + 10.0)
        play.play()
        assert (first.result.reason, first.result.state) == ("given-back", "open")
        assert second.result.probe


def test_work_that_was_cancelled_counts_neither_way() -> None:
    with lock_stage() as play:
        play.job(lambda job: leg(job, "failure"))
        between = play.job(lambda job: leg(job, "cancelled"), at=10.0)
        play.play()
        found = record(play)
        assert found is not None
        assert (between.result.reason, len(found.failures)) == ("not-counted", 1)
