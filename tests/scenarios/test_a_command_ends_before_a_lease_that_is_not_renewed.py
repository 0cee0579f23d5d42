"""`mode: run` renews its lease while the command runs. Where it cannot, the command ends before the lease does."""

from __future__ import annotations

from functools import partial

import pytest

from action_patterns.errors import InputError, Problem
from action_patterns.ports.processes import GRACE_SECONDS, Ended, StepFiles
from github_sandbox import Fault
from support.editions import WITH_LEASES, only_on
from support.lock_stage import FIRST, Job, lock_stage, outputs
from support.stage import TARGET

pytestmark = only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)

LEASE = 60


def test_a_long_command_holds_the_lock_to_its_end_and_gives_it_back() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: job.command(400.0, lease_seconds=LEASE))
        play.job(lambda job: job.hold(5.0), at=5.0)
        play.play()
        end = outputs(first)
        assert (end.reason, end.exit_code, first.result.exit_code, end.acquired) == ("ran", 0, 0, True)
        assert play.holds[0].since > 400.0, "the waiter had it after the command"
        assert play.holds[0].since < 405.0


def test_an_outage_ends_the_command_before_a_waiter_has_the_lock() -> None:
    """The outage begins after two renewals. The waiter's lease of the record is over later than the holder's."""
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: job.command(4_000.0, lease_seconds=LEASE))

        def outage(job: Job) -> None:
            job.stage.scene.sandbox.faults.add(Fault.of("bad_gateway", operation="UpdateRefs", times=10_000))
            job.sleep(300.0)
            job.stage.scene.sandbox.faults.clear()

        play.job(outage, at=50.0)
        second = play.job(lambda job: job.hold(5.0, wait_seconds=3_000), at=400.0)
        play.play()
        end = outputs(first)
        assert (end.reason, end.outcome, first.result.exit_code) == ("lease-lost", "failed", 1)
        began = first.clock.monotonic() - play.time.now
        gone = first.processes.ended_at[0] - began + GRACE_SECONDS + 2.0
        assert gone < 41.0 + LEASE, "SIGKILL and all before the last lease that was written is over"
        assert outputs(second).reason == "released"
        assert any("The lease was not renewed" in line for line in first.log.lines)


def test_the_error_names_what_kept_the_lease_from_being_renewed() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: job.command(4_000.0, lease_seconds=LEASE))

        def archive(job: Job) -> None:
            repository = job.stage.scene.sandbox.world.repository(TARGET)
            assert repository is not None
            repository.archived = True

        play.job(archive, at=50.0)
        play.play()
        assert outputs(first).reason == "lease-lost"
        (error,) = first.result.annotations
        assert "Repository was archived so is read-only. Unarchive the repository" in error.message


def test_an_outage_that_passes_costs_nothing() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: job.command(200.0, lease_seconds=LEASE))

        def outage(job: Job) -> None:
            job.stage.scene.sandbox.faults.add(Fault.of("bad_gateway", operation="UpdateRefs", times=10_000))
            job.sleep(15.0)
            job.stage.scene.sandbox.faults.clear()

        play.job(outage, at=15.0)
        play.play()
        assert outputs(first).reason == "ran"


def test_a_lock_that_was_taken_ends_the_command_at_the_next_renewal() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: job.command(4_000.0, lease_seconds=LEASE))

        def force(job: Job) -> None:
            held = job.stage.record().held
            assert held is not None
            job.lock("force-unlock", claim=held.claim)
            job.lock("acquire")

        play.job(force, at=30.0)
        play.play()
        assert (outputs(first).reason, first.result.exit_code) == ("lease-lost", 1)
        assert play.time.now < 50.0
        (said,) = first.result.annotations
        assert "/runs/70002/" in said.message, "it names who has it"
        assert play.record().generation == FIRST + 1


@pytest.mark.parametrize("code", [1, 28, 143])
def test_a_command_that_fails_gives_the_lock_back_with_its_own_code(code: int) -> None:
    with lock_stage() as play:
        job = play.job(lambda job: job.command(3.0, exit_code=code))
        play.play()
        end = outputs(job)
        assert (end.reason, end.exit_code, job.result.exit_code) == ("command-failed", code, code)
        assert play.record().state == "free"


def _ends(ended: Ended | BaseException, job: Job) -> object:
    job.processes._answers = iter([ended])
    return job.lock("run", run="deploy")


def test_outputs_and_files_of_the_command_are_passed_on() -> None:
    with lock_stage() as play:
        files = StepFiles(outputs={"version": "3"}, env=b"A=1\n")
        job = play.job(partial(_ends, Ended(exit_code=0, files=files)))
        play.play()
        assert (outputs(job).outputs, job.processes.published) == ({"version": "3"}, [files])


def test_a_file_that_the_runner_would_refuse_is_red_and_the_lock_is_free() -> None:
    with lock_stage() as play:
        job = play.job(partial(_ends, Ended(exit_code=0, files=StepFiles(problems=("GITHUB_ENV line 1.",)))))
        play.play()
        assert (outputs(job).reason, job.result.exit_code, job.processes.published) == ("files-refused", 1, [])
        assert play.record().state == "free"


def test_a_process_that_lives_on_keeps_the_lock() -> None:
    with lock_stage() as play:
        job = play.job(partial(_ends, Ended(exit_code=0, survivors=("postgres (pid 7)",))))
        play.play()
        assert (outputs(job).reason, job.result.exit_code, play.record().state) == ("survivors", 1, "held")
        assert "postgres (pid 7)" in job.result.annotations[0].message


def test_a_directory_that_is_none_gives_the_lock_back() -> None:
    with lock_stage() as play:
        job = play.job(partial(_ends, InputError(Problem("no directory", "make it"))))
        play.play()
        assert isinstance(job.error, InputError)
        assert play.record().state == "free"


def test_a_release_that_github_does_not_take_is_red_and_says_what_ran() -> None:
    with lock_stage(checked=False) as play:

        def story(job: Job) -> object:
            def end(_: object) -> Ended:
                job.stage.scene.sandbox.faults.add(Fault.of("bad_gateway", operation="UpdateRefs", times=10_000))
                return Ended(exit_code=0, seconds=1.0)

            job.processes._answers = iter([end])
            return job.lock("run", run="deploy", max_minutes=1)

        job = play.job(story)
        play.play()
        end = outputs(job)
        assert (end.reason, end.exit_code, job.result.exit_code) == ("release-failed", 0, 1)
        assert play.scene.sandbox.repository(TARGET).refs("refs/action-patterns/")


def test_a_lock_that_was_taken_after_the_last_renewal_is_red() -> None:
    with lock_stage() as play:
        first = play.job(lambda job: job.command(10.0))

        def force(job: Job) -> object:
            return job.lock("force-unlock", claim=job.stage.records()[0].held.claim)  # type: ignore[union-attr]

        play.job(force, at=5.0)
        play.play()
        assert (outputs(first).reason, outputs(first).exit_code, first.result.exit_code) == ("lease-lost", 0, 1)


def test_an_output_that_holds_a_secret_is_left_out_and_named() -> None:
    with lock_stage() as play:
        files = StepFiles(outputs={"version": "3", "key": "a s3cret b"})
        job = play.job(partial(_ends, Ended(exit_code=0, files=files)))
        job.log.hide("s3cret")
        play.play()
        assert outputs(job).outputs == {"version": "3"}
        (said,) = job.result.annotations
        assert (said.level, "`key`" in said.message, "s3cret" in said.message) == ("warning", True, False)
