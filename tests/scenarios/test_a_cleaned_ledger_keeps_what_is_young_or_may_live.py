"""`clean` only lists until it is told to remove. It never removes a claim that may live, nor anything young."""

from __future__ import annotations

from datetime import timedelta

from action_patterns.state.ledger.record import LedgerRecord
from support.editions import WITH_LEASES, only_on
from support.ledger_stage import Runner, claim, finish, ledger, names, states
from support.marker_stage import DAY, HOUR, github_is
from support.stage import TARGET, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")


def test_old_targets_go_and_claims_that_may_live_stay() -> None:
    with stage(checked=False) as scene:
        first = claim(scene, ["done", "failed", "dead"])
        finish(scene, first.claim, {"done": "success", "failed": "failure"})
        claim(scene, ["living"], pending_timeout_hours=24 * 10)
        claim(scene, ["x"], operation="other")
        with github_is(8 * DAY, scene):
            claim(scene, ["young"])
            before = states(scene)
            scene.forget()
            listed = ledger(scene, "clean", older_than_days=7).outputs
            assert (listed.outcome, listed.reason, listed.removed_count) == ("planned", "would-clean", 4)
            assert scene.writes() == 0
            assert states(scene) == before
            only = ledger(scene, "clean", older_than_days=7, operation="nightly", prefix="d").outputs
            assert names(only.removed) == ["dead", "done"]
            removed = ledger(scene, "clean", older_than_days=7, dry_run="false").outputs
            assert (removed.reason, sorted(names(removed.removed))) == ("cleaned", ["dead", "done", "failed", "x"])
            assert states(scene) == {"living": "pending", "young": "pending"}
            names_left = list(scene.sandbox.repository(TARGET).refs(LedgerRecord.namespace()))
            assert len(names_left) == 1, "an operation without targets has no document"
            assert ledger(scene, "clean", older_than_days=7, dry_run="false").outputs.reason == "nothing-to-clean"


def test_an_operation_that_a_run_writes_to_meanwhile_is_left_for_the_next_cleaning() -> None:
    with stage(checked=False) as scene:
        finish(scene, claim(scene, ["a"]).claim, {"a": "success"})
        with github_is(8 * DAY, scene):
            finished = ledger(
                scene,
                "clean",
                older_than_days=7,
                dry_run="false",
                meanwhile={"before": lambda: claim(scene, ["b"], runner=Runner(run_id=70_002))},
            )
            assert finished.outputs.reason == "nothing-to-clean"
            assert states(scene) == {"a": "done", "b": "pending"}


def test_an_age_is_github_s() -> None:
    with stage(checked=False) as scene:
        runner = Runner(wrong_by=timedelta(days=-30))
        finish(scene, claim(scene, ["a"], runner=runner).claim, {"a": "success"}, runner=runner)
        with github_is(HOUR, scene):
            assert ledger(scene, "clean", older_than_days=7).outputs.reason == "nothing-to-clean"
            assert ledger(scene, "clean", older_than_days=0).outputs.reason == "would-clean"
