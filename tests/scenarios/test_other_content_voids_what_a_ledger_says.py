"""`done`, `failed` and `parked` hold for one digest. With another one the target is worked on as at first."""

from __future__ import annotations

import json

from support.editions import WITH_LEASES, only_on
from support.ledger_stage import Runner, claim, finish, ledger, names, states, stored
from support.stage import stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")


def test_done_is_void_for_the_target_whose_content_changed_and_for_no_other() -> None:
    with stage() as scene:
        first = ledger(scene, "claim", targets={"a": "1", "b": "1"}).outputs
        finish(scene, first.claim, {"a": "success", "b": "success"})
        again = ledger(scene, "claim", targets={"a": "1", "b": "2"}, runner=Runner(attempt=2)).outputs
        assert (names(again.todo), names(again.done)) == (["b"], ["a"])
        finish(scene, again.claim, {"b": "success"})
        assert claim(scene, ["a"], digest="1").reason == "nothing-left"
        assert claim(scene, ["b"], digest="1").reason == "claimed", "only the last content is known"


def test_a_target_that_fails_is_parked_with_its_cause_until_its_content_changes() -> None:
    with stage() as scene:
        for run_id in (1_001, 1_002):
            runner = Runner(run_id=run_id)
            mine = claim(scene, ["a", "b"], runner=runner)
            assert names(mine.todo) == (["a", "b"] if run_id == 1_001 else ["a"])
            ends = {"a": {"outcome": "failure", "reason": "tests are red"}, "b": "success"}
            kept = finish(scene, mine.claim, ends if run_id == 1_001 else {"a": ends["a"]}, runner=runner, park_after=2)
        assert names(kept.parked) == ["a"]
        finished = ledger(scene, "claim", targets=["a", "b"], digest="content-1", runner=Runner(run_id=1_003))
        assert (finished.outputs.reason, finished.outputs.has_targets) == ("nothing-left", False)
        (parked,) = json.loads(finished.outputs.parked or "")
        assert (parked["target"], parked["reason"], parked["failures"]) == ("a", "tests are red", 2)
        assert "/actions/runs/1002/attempts/1" in parked["run"]
        (said,) = [each for each in finished.annotations if each.level == "warning"]
        assert "a (tests are red)" in said.message
        assert "tests are red" in finished.summary
        other = claim(scene, ["a"], digest="content-2", runner=Runner(run_id=1_004))
        assert names(other.todo) == ["a"]
        assert stored(scene)["a"].failures == 0


def test_a_parked_target_is_freed_by_its_name() -> None:
    with stage() as scene:
        mine = claim(scene, ["a", "b"])
        finish(scene, mine.claim, {"a": "failure", "b": "failure"}, park_after=1)
        assert names(ledger(scene, "free", targets=["a", "none"]).outputs.targets) == ["a"]
        assert ledger(scene, "free", targets=["a"]).outputs.reason == "nothing-to-free"
        again = claim(scene, ["a", "b"], runner=Runner(run_id=1_002))
        assert (names(again.todo), names(again.parked)) == (["a"], ["b"])


def test_work_that_was_cancelled_is_no_failure_and_is_free_at_once() -> None:
    with stage() as scene:
        mine = claim(scene, ["a", "b"])
        kept = finish(scene, mine.claim, {"a": "cancelled", "b": "skipped"}, park_after=1)
        assert (kept.reason, names(kept.parked)) == ("finished", [])
        assert states(scene) == {"a": "released", "b": "released"}
        assert names(claim(scene, ["a", "b"], runner=Runner(run_id=1_002)).todo) == ["a", "b"]


def test_a_rerun_of_the_failed_jobs_alone_finishes_with_the_claim_of_the_first_attempt() -> None:
    """ "Re-run failed jobs" does not run the job that claimed, and keeps its outputs."""
    with stage() as scene:
        mine = claim(scene, ["a", "b", "c"])
        finish(scene, mine.claim, {"a": "success", "b": "failure", "c": "cancelled"})
        again = Runner(attempt=2)
        assert finish(scene, mine.claim, {"b": "failure"}, runner=again).reason == "finished"
        assert stored(scene)["b"].failures == 2
        assert finish(scene, mine.claim, {"b": "failure"}, runner=again).reason == "already-finished"
        assert (
            finish(scene, mine.claim, {"b": "success", "c": "success"}, runner=Runner(attempt=3)).reason == "finished"
        )
        assert states(scene) == dict.fromkeys("abc", "done")


def test_a_packed_job_that_claims_with_the_first_claim_does_what_it_has_not_finished() -> None:
    with stage() as scene:
        first = claim(scene, ["a", "b", "c"], targets_per_job=3)
        (job,) = json.loads(first.matrix or "")["include"]
        finish(scene, first.claim, {"a": "success"})
        mine = claim(scene, json.loads(job["targets"]), claim=first.claim, runner=Runner(attempt=2))
        assert (mine.claim, names(mine.todo), names(mine.done)) == (first.claim, ["b", "c"], ["a"])
