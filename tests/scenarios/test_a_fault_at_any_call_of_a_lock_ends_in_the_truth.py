"""Answers that are lost, doubled or delayed, and kills: a job that has the lock holds it, and the next job gets it."""

from __future__ import annotations

import pytest

from action_patterns.errors import ActionPatternsError, ConflictError
from support import sample
from support.editions import WITH_LEASES, only_on
from support.harness import FAULTS, NO_KILLS, FaultPlan
from support.lock_stage import Job, lock_stage
from support.refusals import REFUSALS, blind
from support.stage import Killed

pytestmark = only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)

CALLS = 6
"""Of acquire and of release: read, commit, swap."""
MET = 4
"""How many faults each call meets in `make test`; the seed chooses them."""
LEASE = 120


def story(job: Job) -> str:
    """Acquire, work, release. Whoever has acquired is the holder."""
    if not job.lock("acquire", lease_seconds=LEASE).outputs.acquired:
        return "held"
    held = job.stage.record().held
    assert held is not None
    assert held.claim == job.claim
    job.sleep(5.0)
    hold = job.stage.holds[-1]
    hold.until = job.time
    finish = job.lock("release")
    assert finish.exit_code == 0, finish.outputs.reason
    return finish.outputs.reason


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (number, name)
        for number in range(1, CALLS + 1)
        for name in sample.some(MET, [name for name in NO_KILLS if FAULTS[name].can_hit("other")], "lock", number)
    ],
)
def test_the_job_is_right_or_red_and_the_next_one_gets_the_lock(call: int, name: str) -> None:
    with lock_stage(checked=False) as play:
        first = play.job(story, plan=FaultPlan({call: name}))
        second = play.job(story, at=1_000.0)
        play.play()
        assert first.plan is not None
        assert first.plan.met == [name]
        assert first.result == "released" or isinstance(first.error, ActionPatternsError)
        assert second.result == "released"
        assert play.holds[-1].since < 1_000.0 + LEASE + 5.0
        play.assert_exclusive()


@pytest.mark.parametrize("name", ["killed before", "killed after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_job_killed_at_any_call_costs_one_lease(call: int, name: str) -> None:
    with lock_stage() as play:
        first = play.job(story, plan=FaultPlan({call: name}))
        second = play.job(story, at=10.0)
        play.play()
        assert isinstance(first.error, Killed)
        assert second.result == "released"
        assert play.holds[-1].since < 10.0 + LEASE + 5.0
        play.assert_exclusive()


@pytest.mark.parametrize("name", ["502 after", "reset after", "timeout after", "duplicate delivery"])
@pytest.mark.parametrize("call", [3, 6])
def test_a_swap_that_took_effect_is_not_red(call: int, name: str) -> None:
    with lock_stage(checked=False) as play:
        job = play.job(story, plan=FaultPlan({call: name}))
        play.play()
        assert job.result == "released"


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("mode", ["acquire", "release", "run", "force-unlock"])
def test_a_lock_that_cannot_be_read_is_red_and_nothing_is_written(name: str, mode: str) -> None:
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.lock("acquire"))

        def blinded(job: Job) -> object:
            blind(job.stage.scene.sandbox, name)
            job.stage.scene.forget()
            return job.command(1.0) if mode == "run" else job.lock(mode)

        job = play.job(blinded, at=10.0)
        play.play()
        assert isinstance(job.error, ActionPatternsError)
        assert (play.scene.writes(), job.processes.commands) == (0, [])
        assert play.record().state == "held"


def test_a_ref_that_holds_no_lock_is_red_and_stays() -> None:
    with lock_stage() as play:
        play.job(lambda job: job.lock("acquire"))

        def person(job: Job) -> None:
            repository = job.stage.scene.sandbox.repository("acme/api")
            (name,) = repository.refs("refs/action-patterns/lock/")
            job.stage.scene.sandbox.world.repository("acme/api").git.set_ref(name, repository.tip("main"))

        play.job(person, at=5.0)
        job = play.job(lambda job: job.lock("acquire"), at=10.0)
        play.play()
        assert isinstance(job.error, ConflictError)
        assert "does not hold a lock" in job.error.message
