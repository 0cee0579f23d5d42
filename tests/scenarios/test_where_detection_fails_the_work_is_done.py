"""No git, a file that cannot be read, a store that does not answer: the work is done, with a warning."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError, Problem
from github_sandbox import Fault
from support.editions import WITH_LEASES, only_on, without_github
from support.memory_ports import MemoryCheckout
from support.refusals import REFUSALS, blind
from support.skip_stage import Job, alone, night, proofs, skip
from support.stage import stage

NO_GIT = InputError(Problem("There is no git on this runner.", "Install git."))
LEASES = only_on(
    *WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others."
)


@without_github(why="The checkout fails before the first request.")
@pytest.mark.parametrize("broken", [NO_GIT, PermissionError(13, "Permission denied")], ids=["no git", "no right"])
def test_a_checkout_that_cannot_be_read(broken: Exception) -> None:
    with alone() as scene:
        job = Job(checkout=MemoryCheckout(broken=broken))
        found = skip(scene, "check", job)
        assert (found.outputs.skip, found.outputs.reason, found.exit_code) == (False, "unknown", 0)
        assert found.annotations[0].level == "warning"
        digest = skip(scene, "digest", Job(run_id=2, checkout=MemoryCheckout(broken=broken))).outputs.digest
        assert digest.startswith("unknown-2-"), "no other run has it, so it is no constant key"
        restored = {"digest": digest, "backend": "cache", "key": None, "hit": "true"}
        assert skip(scene, "check", Job(run_id=2), **restored).outputs.reason == "unknown"
        done = skip(scene, "complete", job, claim=found.outputs.claim).outputs
        assert (done.outcome, done.reason) == ("skipped", "inputs-unknown")


@LEASES
@pytest.mark.parametrize("name", REFUSALS)
def test_proofs_that_cannot_be_read(name: str) -> None:
    with stage() as scene:
        night(scene, Job(run_id=1))
        blind(scene.sandbox, name)
        found = skip(scene, "check", Job(run_id=2))
        assert (found.outputs.skip, found.outputs.reason, found.exit_code) == (False, "unknown", 0)
        assert "the work is to be done" in found.annotations[0].message


@LEASES
def test_a_store_that_was_down_for_the_check_may_be_up_for_the_proof() -> None:
    with stage() as scene:
        scene.sandbox.faults.add(Fault.of("bad_gateway", operation="Marker", times=1000))
        claim = skip(scene, "check", Job(run_id=1)).outputs.claim
        scene.sandbox.faults.clear()
        assert skip(scene, "complete", Job(run_id=1), claim=claim).outputs.reason == "recorded"
        assert night(scene, Job(run_id=2)) == "proved"
        assert len(proofs(scene)) == 1
