"""A claim proves who holds a lock. A run id does not, and `force-unlock` needs the claim of the holder as well."""

from __future__ import annotations

import pytest

from support.lock_stage import NO_CLAIM, Job, lock_stage, outputs


@pytest.mark.parametrize(("mode", "reason"), [("release", "lock-lost"), ("force-unlock", "not-holder")])
def test_another_leg_of_the_same_run_is_refused(mode: str, reason: str) -> None:
    with lock_stage() as play:
        play.job(lambda job: job.lock("acquire"), run_id=1_001)
        leg = play.job(lambda job: job.lock(mode, claim=NO_CLAIM), at=5.0, run_id=1_001)
        play.play()
        assert (outputs(leg).reason, leg.result.exit_code) == (reason, 1)
        assert f"claim {play.holds[0].claim}" in leg.result.annotations[0].message, "it names the holder"
        assert play.record().state == "held"


def test_a_release_under_another_name_is_told_that_no_lock_has_it() -> None:
    with lock_stage() as play:
        leg = play.job(lambda job: job.lock("release", claim=NO_CLAIM))
        play.play()
        assert (outputs(leg).reason, leg.result.exit_code) == ("lock-lost", 1)
        assert "No step has ever held a lock of this name" in leg.result.annotations[0].message


def test_the_same_run_does_not_acquire_twice() -> None:
    with lock_stage() as play:
        play.job(lambda job: job.lock("acquire"), run_id=1_001)
        leg = play.job(lambda job: job.lock("acquire", wait_seconds=0), at=5.0, run_id=1_001)
        play.play()
        assert (outputs(leg).acquired, outputs(leg).reason) == (False, "held")


def test_a_release_may_be_repeated_until_the_next_one() -> None:
    def story(job: Job) -> list[str]:
        job.lock("acquire")
        return [job.lock("release").outputs.outcome for _ in range(2)]

    with lock_stage() as play:
        job = play.job(story)
        play.play()
        assert job.result == ["succeeded", "unchanged"]


def test_who_lost_the_lock_sees_it_at_its_release() -> None:
    with lock_stage() as play:
        first = play.job(lambda job: job.hold(500.0, lease_seconds=60))
        play.job(lambda job: job.hold(1_000.0), at=10.0)
        play.play()
        assert (outputs(first).reason, first.result.exit_code) == ("lock-lost", 1)
        assert outputs(play.jobs[1]).reason == "released", "the other's hold was not touched"


def test_a_forced_lock_is_free_and_lost_to_its_holder() -> None:
    with lock_stage() as play:
        first = play.job(lambda job: job.hold(100.0))
        claims: list[str] = []

        def person(job: Job) -> list[str]:
            held = job.stage.record().held
            assert held is not None
            claims.append(held.claim)
            return [job.lock("force-unlock", claim=held.claim).outputs.reason for _ in range(2)]

        forced = play.job(person, at=20.0)
        waiter = play.job(lambda job: job.hold(5.0), at=10.0)
        play.play()
        assert forced.result == ["force-unlocked", "not-held"]
        assert (outputs(first).reason, outputs(waiter).reason) == ("lock-lost", "released")
        assert play.holds[1].generation == play.holds[0].generation + 1
        assert play.holds[1].since < 25.0
