"""The proof is for the files of `check`, and `complete` says so if they are others now."""

from __future__ import annotations

from support.editions import WITH_LEASES, only_on
from support.memory_ports import MemoryCheckout
from support.skip_stage import FILES, Job, night, skip
from support.stage import stage

pytestmark = only_on(
    *WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others."
)


def test_a_later_run_that_finds_the_files_of_now_does_the_work() -> None:
    with stage() as scene:
        job = Job(run_id=1)
        claim = skip(scene, "check", job).outputs.claim
        job.checkout = MemoryCheckout(files=FILES | {"src/app.py": "print(2)\n"})
        done = skip(scene, "complete", job, claim=claim)
        assert done.outputs.reason == "recorded"
        assert "are others than before the work" in done.annotations[0].message
        assert night(scene, Job(run_id=2, checkout=job.checkout)) == "not-proved"
        assert night(scene, Job(run_id=3)) == "proved"


def test_files_that_git_ignores_may_come_from_the_work() -> None:
    with stage() as scene:
        job = Job(run_id=1)
        claim = skip(scene, "check", job).outputs.claim
        job.checkout = MemoryCheckout(files=FILES | {"src/app.pyc": "x"}, hidden=("src/app.pyc",))
        assert skip(scene, "complete", job, claim=claim).annotations == ()


def test_another_job_completes_without_the_files() -> None:
    with stage() as scene:
        claim = skip(scene, "check", Job(run_id=1)).outputs.claim
        done = skip(scene, "complete", Job(run_id=1, checkout=MemoryCheckout()), claim=claim)
        assert (done.outputs.reason, done.annotations) == ("recorded", ())
