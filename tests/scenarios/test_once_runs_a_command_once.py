"""`mode: run` begins, does the work under a lease that it renews, and marks how it ended: one run does it."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest

from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.ports.processes import GRACE_SECONDS, Ended, StepFiles
from github_sandbox import Fault
from support import sample
from support.editions import WITH_LEASES, only_on
from support.harness import FAULTS, NO_KILLS, FaultPlan
from support.lock_stage import Job, lock_stage
from support.once_stage import LEASE, marker, outputs, ran, step, works
from support.stage import Killed

pytestmark = only_on(
    *WITH_LEASES, why="Without a lease there is no marker: test_a_marker_is_not_written_without_a_lease."
)

PLAYS = 8
"""How many of the interleavings of three jobs `make test` plays; the seed chooses them."""
TURNS = 7
CALLS = 6
"""Of a step: read, commit and swap before the command and after it."""
MET = 3
"""How many faults each call meets in `make test`; the seed chooses them."""
ENDS = {"completed", "lease-lost", "completion-failed"}


def test_the_first_run_does_the_work_and_every_later_one_skips_it() -> None:
    with lock_stage() as play:
        files = StepFiles(outputs={"address": "x"}, env=b"A=1\n")
        first = play.job(lambda job: works(job, ends=Ended(exit_code=0, seconds=5.0, files=files)))
        later = play.job(works, at=60.0)
        play.play()
        end = outputs(first)
        assert (end.begun, end.completed, end.outcome, end.reason) == (True, True, "updated", "completed")
        assert (end.exit_code, end.outputs, end.claim, first.processes.published) == (
            0,
            {"address": "x"},
            None,
            [files],
        )
        end = outputs(later)
        assert (end.begun, end.completed, end.outcome, end.reason) == (False, True, "skipped", "already-done")
        assert (end.exit_code, end.outputs, later.result.exit_code) == (None, {}, 0)
        assert ran(play) == [0]


@pytest.mark.parametrize("code", [1, 28, 143])
def test_a_command_that_fails_leaves_the_work_for_the_next_run(code: int) -> None:
    with lock_stage() as play:
        first = play.job(lambda job: works(job, ends=Ended(exit_code=code, seconds=5.0)))
        second = play.job(works, at=10.0)
        play.play()
        end = outputs(first)
        assert (end.reason, end.state, end.exit_code, first.result.exit_code) == (
            "command-failed",
            "failed",
            code,
            code,
        )
        assert (outputs(second).reason, marker(play).state) == ("completed", "completed")


@pytest.mark.parametrize("schedule", sample.some(PLAYS, list(product(range(3), repeat=TURNS)), "once", "run"), ids=str)
def test_of_three_that_begin_at_once_one_does_the_work(schedule: tuple[int, ...]) -> None:
    """Calls take no time, so the schedule alone says whose call is next."""
    with lock_stage(schedule, checked=False) as play:
        for _ in range(3):
            play.job(works, call_seconds=0.0)
        play.play()
        assert len(ran(play)) == 1
        assert sorted(outputs(job).reason for job in play.jobs) == ["completed", "in-progress", "in-progress"]


def test_a_long_command_keeps_its_work_to_its_end() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: works(job, 1_000.0))
        others = [play.job(works, at=50.0 * number) for number in range(1, 19)]
        play.play()
        assert outputs(first).reason == "completed"
        assert {outputs(job).reason for job in others} == {"in-progress"}
        assert ran(play) == [0]


def test_a_run_that_was_killed_is_passed_when_its_lease_is_over() -> None:
    with lock_stage() as play:
        play.job(lambda job: works(job, 1_000.0), dies_at=130.0)
        early = play.job(works, at=121.0 + LEASE - 5.0)
        late = play.job(works, at=121.0 + LEASE + 5.0)
        play.play()
        assert (outputs(early).reason, outputs(late).reason) == ("in-progress", "completed")
        assert ran(play) == [0, 2]


def test_a_run_that_github_calls_over_is_passed_at_once() -> None:
    with lock_stage() as play:
        run = play.has_run(70_001)
        play.job(lambda job: works(job, 1_000.0), dies_at=130.0)
        alive = play.job(works, at=135.0)

        def cancel(job: Job) -> None:
            run.status, run.conclusion = "completed", "cancelled"

        play.job(cancel, at=140.0)
        late = play.job(works, at=141.0)
        play.play()
        assert (outputs(alive).reason, outputs(late).reason) == ("in-progress", "completed")
        assert any("GitHub calls the run over" in line for line in late.log.lines)


def test_a_leg_that_died_in_a_run_that_goes_on_is_passed_too() -> None:
    with lock_stage() as play:
        play.has_run(1_001)
        play.has_job(1_001, "runner 1", status="completed")
        play.has_job(1_001, "runner 2")
        play.job(lambda job: works(job, 1_000.0), dies_at=30.0, run_id=1_001, runner="runner 1")
        other = play.job(works, at=35.0, run_id=1_001, runner="runner 2")
        play.play()
        assert outputs(other).reason == "completed"


@pytest.mark.parametrize(("status", "reason"), [("completed", "taken-over"), ("in_progress", "in-progress")])
def test_work_between_two_steps_is_passed_too_where_its_run_is_over_and_not_where_its_job_is(
    status: str, reason: str
) -> None:
    """It may go on in another job of the run, so the end of the job that began it says nothing."""
    with lock_stage() as play:
        play.has_run(70_001, status=status)
        play.has_job(70_001, "runner 1", status="completed")
        play.job(lambda job: step(job, "begin"), runner="runner 1")
        other = play.job(lambda job: step(job, "begin"), at=10.0)
        play.play()
        assert outputs(other).reason == reason


def test_a_run_that_cannot_be_read_counts_as_alive_until_its_time_is_over() -> None:
    with lock_stage(checked=False) as play:
        play.has_run(70_001, status="completed")
        play.scene.sandbox.faults.add(
            Fault(
                operation="actions/get-workflow-run", times=99, status=403, body={"message": "Resource not accessible"}
            )
        )
        play.job(lambda job: step(job, "begin"))
        other = play.job(lambda job: step(job, "begin"), at=10.0)
        play.play()
        assert outputs(other).reason == "in-progress"
        assert any("is over cannot be read" in line for line in other.log.lines)


def outage(job: Job, seconds: float) -> None:
    job.stage.scene.sandbox.faults.add(Fault.of("bad_gateway", operation="UpdateRefs", times=10_000))
    job.sleep(seconds)
    job.stage.scene.sandbox.faults.clear()


def test_an_outage_ends_the_command_before_another_run_has_the_work() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: works(job, 4_000.0))
        play.job(lambda job: outage(job, 300.0), at=50.0)
        second = play.job(works, at=400.0)
        play.play()
        end = outputs(first)
        assert (end.reason, end.outcome, first.result.exit_code) == ("lease-lost", "failed", 1)
        began = first.clock.monotonic() - play.time.now
        gone = first.processes.ended_at[0] - began + GRACE_SECONDS + 2.0
        assert gone < 41.0 + LEASE, "SIGKILL and all before the last lease that was written is over"
        assert outputs(second).reason == "completed"


def test_an_outage_that_passes_costs_nothing() -> None:
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: works(job, 200.0))
        play.job(lambda job: outage(job, 15.0), at=15.0)
        play.play()
        assert outputs(first).reason == "completed"


def test_a_slow_beginning_costs_no_time_of_the_command() -> None:
    """The lease begins with the read of the marker. The calls after it take most of its time."""
    with lock_stage(checked=False) as play:
        first = play.job(lambda job: works(job, 100.0), call_seconds=15.0)

        def recovers(_: Job) -> None:
            first.call_seconds = 0.1

        play.job(recovers, at=44.0)
        play.play()
        assert outputs(first).reason == "completed"


def test_a_work_that_was_taken_over_ends_the_command_at_the_next_renewal() -> None:
    with lock_stage(checked=False) as play:
        run = play.has_run(70_001)
        first = play.job(lambda job: works(job, 4_000.0))

        def passes(job: Job) -> object:
            run.status, run.conclusion = "completed", "cancelled"
            return works(job)

        second = play.job(passes, at=30.0)
        play.play()
        assert (outputs(first).reason, outputs(second).reason) == ("lease-lost", "completed")
        assert "Another run took the work over." in first.result.annotations[0].message
        assert marker(play).holder.run_id == 70_002


def test_a_process_that_lives_on_keeps_the_work_from_others() -> None:
    with lock_stage() as play:
        job = play.job(lambda job: works(job, ends=Ended(exit_code=0, survivors=("postgres (pid 7)",))))
        play.play()
        assert (outputs(job).reason, job.result.exit_code, marker(play).state) == ("survivors", 1, "pending")
        assert "postgres (pid 7)" in job.result.annotations[0].message


def test_a_file_that_the_runner_would_refuse_is_red_and_the_work_is_done() -> None:
    with lock_stage() as play:
        files = StepFiles(problems=("GITHUB_ENV line 1.",))
        job = play.job(lambda job: works(job, ends=Ended(exit_code=0, files=files)))
        play.play()
        assert (outputs(job).reason, job.result.exit_code, job.processes.published) == ("files-refused", 1, [])
        assert (outputs(job).completed, marker(play).state) == (True, "completed")
        assert "GITHUB_ENV line 1." in job.result.annotations[0].message


def test_a_command_that_could_not_start_gives_the_work_up() -> None:
    with lock_stage() as play:
        job = play.job(lambda job: works(job, ends=InputError(Problem("no directory", "make it"))))
        play.play()
        assert isinstance(job.error, InputError)
        assert marker(play).state == "failed"


def _fails_to_mark(job: Job, exit_code: int) -> object:
    def end(_: object) -> Ended:
        job.stage.scene.sandbox.faults.add(Fault.of("bad_gateway", operation="UpdateRefs", times=10_000))
        return Ended(exit_code=exit_code, seconds=1.0)

    finish = works(job, ends=end, max_minutes=1)
    job.stage.scene.sandbox.faults.clear()
    return finish


@pytest.mark.parametrize(("code", "reason"), [(0, "completion-failed"), (3, "command-failed")])
def test_a_mark_that_github_does_not_take_is_red_and_a_later_run_gets_the_work(code: int, reason: str) -> None:
    with lock_stage(checked=False) as play:
        first = play.job(partial(_fails_to_mark, exit_code=code))
        second = play.job(works, at=1_000.0)
        play.play()
        assert (outputs(first).reason, outputs(first).exit_code) == (reason, code)
        assert first.result.exit_code == (code or 1)
        assert outputs(second).reason == "completed"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (number, name)
        for number in range(1, CALLS + 1)
        for name in sample.some(MET, [name for name in NO_KILLS if FAULTS[name].can_hit("other")], "once run", number)
    ],
)
def test_whatever_fault_it_meets_the_next_run_finds_the_work_done_or_does_it(call: int, name: str) -> None:
    with lock_stage(checked=False) as play:
        first = play.job(works, plan=FaultPlan({call: name}))
        second = play.job(works, at=1_000.0)
        play.play()
        said = first.error or outputs(first).reason
        assert isinstance(said, ActionPatternsError) or said in ENDS
        assert outputs(second).reason == ("already-done" if said == "completed" else outputs(second).reason)
        assert marker(play).state == "completed"
        assert ran(play), "the work was done"


@pytest.mark.parametrize("name", ["killed before", "killed after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_run_killed_at_any_call_costs_one_lease(call: int, name: str) -> None:
    with lock_stage() as play:
        first = play.job(works, plan=FaultPlan({call: name}))
        second = play.job(works, at=10.0 + LEASE + 5.0)
        play.play()
        assert isinstance(first.error, Killed)
        assert outputs(second).reason in ("completed", "already-done")
        assert (outputs(second).reason == "already-done") == ((call, name) == (CALLS, "killed after"))
