"""Each run's report adds one row: a rerun replaces its own, two at once lose neither, an outage costs no failure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from action_patterns.contracts.report import Counts, RunReport
from support.editions import WITH_LEASES, only_on
from support.interleaving import Turns, explore, in_two_threads
from support.ledger_stage import Runner, ledger
from support.memory_ports import MemoryFiles
from support.refusals import blind
from support.stage import Stage, VirtualClock, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")


def report(number: int, attempt: int = 1, **counts: int) -> Runner:
    """Return a run whose report is there."""
    text = RunReport(
        plan_id="p",
        name="nightly",
        verdict="partial" if counts.get("failed") else "passed",
        counts=Counts(**counts),
        visible=4,
        run_url=f"https://github.com/acme/api/actions/runs/{1_000 + number}",
        run_id=1_000 + number,
        run_number=number,
        attempt=attempt,
        source_repository="acme/api",
        source_oid="0" * 40,
    ).encode()
    return Runner(run_id=1_000 + number, attempt=attempt, files=MemoryFiles({"run-report.json": text}))


def add(scene: Stage, run: Runner, **given: Any) -> Any:
    return ledger(scene, "history", report="run-report.json", runner=run, **given)


def rows(run: Runner, path: str | None) -> list[tuple[int, int, str]]:
    found = json.loads(run.files.read(path or ""))
    return [(each["run_number"], each["attempt"], each["verdict"]) for each in found]


def test_a_rerun_replaces_its_row_and_the_summary_shows_the_trend() -> None:
    with stage() as scene:
        assert add(scene, report(1, unchanged=4)).outputs.reason == "appended"
        assert add(scene, report(2, unchanged=1, failed=3)).outputs.reason == "appended"
        again = report(2, attempt=2, unchanged=1, updated=3)
        finished = add(scene, again)
        assert rows(again, finished.outputs.path) == [(1, 1, "passed"), (2, 2, "passed")]
        assert (finished.exit_code, finished.outputs.count) == (0, 2)
        newest, before = finished.summary.splitlines()[-2:]
        assert newest.endswith("| passed | 4 | 3 | 0 | 0 | 0 | 0 |")
        assert before.endswith("| passed | 4 | 0 | 0 | 0 | 0 | 0 |")
        assert add(scene, again).outputs.reason == "known-run"


def test_of_two_runs_at_once_both_have_their_rows() -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            turns = Turns(0, schedule)
            both = (report(1, unchanged=4), report(2, unchanged=4))
            finished = in_two_threads(lambda number: add(scene, both[number], turns=(turns, number)), turns)
            assert [each.outputs.reason for each in finished] == ["appended", "appended"]
            last = report(3, unchanged=4)
            assert [each[0] for each in rows(last, add(scene, last).outputs.path)] == [1, 2, 3]
            return turns.used

    assert explore(play, 2) >= 4


def test_a_history_that_is_out_of_reach_is_a_warning() -> None:
    with stage() as scene:
        blind(scene.sandbox, "bad gateway")
        finished = add(scene, report(1, unchanged=4))
        assert (finished.exit_code, finished.outputs.reason) == (0, "row-not-kept")
        assert [each.level for each in finished.annotations] == ["warning"]
