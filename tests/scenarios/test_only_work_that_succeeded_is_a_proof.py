"""A skipped, failed, cancelled or unfinished work proves nothing, and a skipped run never renews a proof."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from support.editions import WITH_LEASES, only_on
from support.marker_stage import DAY
from support.skip_stage import Job, night, proofs, skip
from support.stage import stage

pytestmark = only_on(
    *WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others."
)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"outcomes": "failure"}, "work-failed"),
        ({"outcomes": "success\ncancelled"}, "work-failed"),
        ({"outcomes": "skipped"}, "work-skipped"),
        ({"outcomes": "success\nskipped"}, "work-skipped"),
        ({"job_status": "failure"}, "work-failed"),
        ({"job_status": "cancelled"}, "work-failed"),
    ],
)
def test_nothing_is_recorded(inputs: dict[str, str], reason: str) -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        scene.forget()
        done = skip(scene, "complete", claim=claim, **inputs).outputs
        assert (done.outcome, done.reason) == ("skipped", reason)
        assert len(scene.sandbox.requests) == 0
        assert night(scene, Job(run_id=2)) == "not-proved"


def test_a_run_that_dies_before_complete_proves_nothing() -> None:
    with stage() as scene:
        assert not skip(scene, "check", Job(run_id=1)).outputs.skip
        assert not skip(scene, "check", Job(run_id=1, attempt=2)).outputs.skip


def test_complete_without_a_condition_does_not_renew_what_was_skipped() -> None:
    with stage() as scene:
        night(scene, Job(run_id=1))
        (first,) = proofs(scene)
        before = skip(scene, "check", Job(run_id=2), later=DAY).outputs
        done = skip(scene, "complete", Job(run_id=2), later=DAY, claim=before.claim).outputs
        assert (done.skip, done.reason) == (True, "work-skipped")
        assert proofs(scene) == (first,)


def test_a_repeated_complete_changes_nothing() -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        assert skip(scene, "complete", claim=claim).outputs.outcome == "created"
        scene.forget()
        assert skip(scene, "complete", claim=claim).outputs.outcome == "unchanged"
        assert scene.writes() == 0


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (None, "`claim` is not given"),
        ("", "`claim` is not given"),
        ("work.70001." + "a" * 63 + ".scan", "which no `check` gives"),
        ("unknown.70001." + "a" * 64 + ".scan", "which no `check` gives"),
        ("work.70001." + "a" * 64 + ".s=zz", "which no `check` gives"),
        ("work.1." + "a" * 64 + ".scan", "is of the run 1"),
    ],
)
def test_a_claim_is_of_a_check_of_this_run(claim: str | None, said: str) -> None:
    with stage() as scene:
        with pytest.raises(InputError, match=said):
            skip(scene, "complete", claim=claim)
        assert proofs(scene) == ()


@pytest.mark.parametrize(("outcomes", "said"), [("", "is not given"), ("succes", "is no outcome of a step")])
def test_the_outcome_of_the_work_is_never_taken_for_granted(outcomes: str, said: str) -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        with pytest.raises(InputError, match=said):
            skip(scene, "complete", claim=claim, outcomes=outcomes)
        assert proofs(scene) == ()
