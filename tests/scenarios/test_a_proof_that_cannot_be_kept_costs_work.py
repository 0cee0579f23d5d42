"""A token that only reads, or an outage: green with a warning, and the next run works."""

from __future__ import annotations

import pytest

from github_sandbox import Fault
from support.editions import WITH_LEASES, only_on
from support.refusals import REFUSALS
from support.skip_stage import proofs, skip
from support.stage import stage


@only_on(*WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others.")
@pytest.mark.parametrize("operation", ["git/create-commit", "UpdateRefs"])
def test_a_write_that_is_refused(operation: str) -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        scene.sandbox.faults.add(Fault(operation=operation, times=1000, **REFUSALS["no right"]))
        done = skip(scene, "complete", claim=claim)
        assert (done.outputs.outcome, done.outputs.reason, done.exit_code) == ("skipped", "not-recorded", 0)
        assert done.annotations[0].level == "warning"
        assert proofs(scene) == ()
