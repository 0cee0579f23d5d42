"""A person or a step stops the work of all who check, says why, and lets it go on."""

from __future__ import annotations

from support.breaker_stage import breaker, leg, record
from support.editions import WITH_LEASES, only_on
from support.lock_stage import lock_stage

pytestmark = only_on(*WITH_LEASES, why="Without a swap there is no stop flag, and the step that sets it is red.")

WHY = "The registry moves."


def test_all_who_check_are_refused_with_the_words_of_who_stopped() -> None:
    with lock_stage() as play:
        stopped = play.job(lambda job: breaker(job, "stop", message=WHY).outputs)
        asking = [play.job(lambda job: breaker(job, "check"), at=10.0 * number) for number in (1, 2)]
        play.play()
        assert (stopped.result.outcome, stopped.result.reason, stopped.result.state) == (
            "updated",
            "stopped",
            "stopped",
        )
        for job in asking:
            end = job.result.outputs
            assert (end.allowed, end.outcome, end.reason, end.message) == (False, "skipped", "stopped", WHY)
            (said,) = job.result.annotations
            assert "Stopped by octocat, " in said.message
            assert "/runs/70001/attempts/1, since 2026-07-01T12:00:00Z: The registry moves." in said.message


def test_the_first_stop_counts() -> None:
    with lock_stage() as play:
        play.job(lambda job: breaker(job, "stop", message=WHY))
        second = play.job(lambda job: breaker(job, "stop", message="Me too.").outputs, at=10.0)
        play.play()
        assert (second.result.outcome, second.result.message) == ("unchanged", WHY)


def test_work_goes_on_after_resume_and_the_breaker_is_as_it_was() -> None:
    with lock_stage() as play:
        play.job(lambda job: leg(job, "failure"))
        play.job(lambda job: breaker(job, "stop", message=WHY), at=10.0)
        resumed = play.job(lambda job: breaker(job, "resume").outputs, at=20.0)
        twice = play.job(lambda job: breaker(job, "resume").outputs, at=30.0)
        allowed = play.job(lambda job: breaker(job, "check").outputs, at=40.0)
        play.play()
        assert (resumed.result.reason, twice.result.reason) == ("resumed", "not-stopped")
        assert (allowed.result.allowed, allowed.result.failures) == (True, 1)


def test_a_report_counts_while_the_flag_is_set() -> None:
    with lock_stage() as play:
        play.job(lambda job: leg(job, "failure", works=20.0, threshold=1))
        play.job(lambda job: breaker(job, "stop", message=WHY), at=10.0)
        status = play.job(lambda job: breaker(job, "status").outputs, at=30.0)
        play.play()
        found = record(play)
        assert found is not None
        assert (found.state, status.result.state, status.result.failures) == ("open", "stopped", 1)


def test_a_token_in_the_message_is_written_nowhere() -> None:
    secret = "ghp_" + "a1B2" * 9
    with lock_stage() as play:
        job = play.job(lambda job: breaker(job, "stop", message=f"Use {secret} instead."))
        play.play()
        found = record(play)
        assert found is not None and found.stop is not None
        assert found.stop.message == "Use *** instead."
        assert secret not in job.result.summary
