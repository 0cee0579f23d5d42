"""A plan's targets that are done, parked or held have no job. Their records say why, and the report counts them."""

from __future__ import annotations

from action_patterns.actions.report.gather import Home, read_record
from action_patterns.contracts.result import TargetResult
from action_patterns.report.model.matrix_jobs import legs_of
from support.editions import WITH_LEASES, only_on
from support.ledger_stage import Runner, claim, finish, ledger
from support.memory_ports import MemoryFiles
from support.report_builders import plan
from support.stage import stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")

NAMES = ("acme/api", "acme/docs", "acme/lib", "acme/web")


def test_each_target_without_a_job_has_a_record_with_its_reason() -> None:
    with stage() as scene:
        first = claim(scene, NAMES[:3], digest="content-1", runner=Runner(run_id=1_001))
        finish(scene, first.claim, {"acme/api": "success", "acme/docs": "failure"}, park_after=1)
        roster = plan(*NAMES)
        runner = Runner(run_id=1_002, files=MemoryFiles({"plan.json": roster.encode()}))
        outputs = ledger(scene, "claim", targets_path="plan.json", digest="content-1", runner=runner).outputs
        assert outputs.matrix == (
            '{"include":[{"index":3,"repository":"acme/web","owner":"acme","name":"web","default-branch":"main"}]}'
        )
        assert outputs.artifact_name == f"{roster.name}-records-left-out-a1"
        home = Home(roster.plan_id, legs_of(roster))
        found = {}
        for path in runner.files.names(outputs.records or ""):
            record = read_record(runner.files.read(path), f"{outputs.artifact_name}/{path.rpartition('/')[2]}", home)
            assert isinstance(record, TargetResult), record
            assert record.plan_id == roster.plan_id
            found[record.index, record.target] = (record.outcome, record.reason)
        assert found == {
            (0, "acme/api"): ("skipped", "already-done"),
            (1, "acme/docs"): ("skipped", "parked"),
            (2, "acme/lib"): ("deferred", "in-progress"),
        }


def test_a_plan_of_which_nothing_is_left_out_needs_no_artifact() -> None:
    with stage() as scene:
        runner = Runner(files=MemoryFiles({"plan.json": plan(*NAMES).encode()}))
        outputs = ledger(scene, "claim", targets_path="plan.json", runner=runner).outputs
        assert (outputs.count, outputs.records, outputs.artifact_name) == (4, None, None)
