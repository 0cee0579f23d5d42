"""A token that only reads, an outage, a server without updateRefs: green with a warning, and the next run works."""

from __future__ import annotations

import pytest

from github_sandbox import Fault
from support.editions import WITH_LEASES, WITHOUT_LEASES, only_on
from support.refusals import REFUSALS
from support.skip_stage import Job, proofs, skip
from support.stage import stage


@only_on(*WITH_LEASES, why="The next test plays a server without updateRefs.")
@pytest.mark.parametrize("operation", ["git/create-commit", "UpdateRefs"])
def test_a_write_that_is_refused(operation: str) -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        scene.sandbox.faults.add(Fault(operation=operation, times=1000, **REFUSALS["no right"]))
        done = skip(scene, "complete", claim=claim)
        assert (done.outputs.outcome, done.outputs.reason, done.exit_code) == ("skipped", "not-recorded", 0)
        assert done.annotations[0].level == "warning"
        assert proofs(scene) == ()


@only_on(*WITHOUT_LEASES, why="The test before it plays the servers with updateRefs.")
def test_a_server_without_a_swap() -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        done = skip(scene, "complete", claim=claim).outputs
        assert (done.outcome, done.reason) == ("skipped", "not-recorded")
        assert not skip(scene, "check", Job(run_id=2)).outputs.skip
