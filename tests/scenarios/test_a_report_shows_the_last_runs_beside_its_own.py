"""The numbers of the last runs, parked targets among them, stand in the next report, which is whole without them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.contracts.result import Outcome
from support.campaign_steps import Step, seed, step
from support.editions import WITH_LEASES, only_on
from support.stage import Stage, stage

pytestmark = only_on(
    *WITH_LEASES, why="The stores of the others are in test_every_store_keeps_what_each_kind_promises."
)

HISTORY = {"operation": "nightly", "repository": "acme/store"}
NAMES = ("one", "two")


class Nightly:
    """Runs of a workflow whose report job reads the history, reports, and adds to the history."""

    def __init__(self, scene: Stage, folder: Path) -> None:
        self.scene, self.folder = scene, folder

    def run(self, number: int, *ends: tuple[Outcome, str], attempt: int = 1, **history: str) -> tuple[Step, Step, Step]:
        def act(action: str, **inputs: str) -> Step:
            return step(action, self.scene, self.folder, run_number=number, run_attempt=attempt, **inputs)

        found = act("discover", items=json.dumps(NAMES))
        for index, (outcome, reason) in enumerate(ends):
            result = TargetResult(
                plan_id=json.loads(Path(found.outputs["path"]).read_text())["plan_id"],
                index=index,
                target=NAMES[index],
                attempt=attempt,
                outcome=outcome,
                reason=reason,
            )
            (self.folder / f"records/{index}.json").write_text(result.encode())
        before = act("ledger", mode="runs", **(HISTORY | history))
        places = {"plan": found.outputs["path"], "records": "records", "history": before.outputs.get("path", "")}
        report = act("report", **places)
        after = act("ledger", mode="history", report=report.outputs["path"], **(HISTORY | history))
        return before, report, after


@pytest.fixture
def nightly(tmp_path: Path) -> Iterator[Nightly]:
    (tmp_path / "records").mkdir()
    with stage(seed("store"), served=True, checked=False) as scene:
        yield Nightly(scene, tmp_path)


def rows(markdown: str) -> list[str]:
    """Return the table of the last runs, a row a line: the run's id, its verdict and numbers."""
    cells = [line.split(" | ") for line in markdown.splitlines() if line.startswith("| [")]
    return [f"#{each[0].split('/')[-1].rstrip(')')} {' '.join(each[2:])}".removesuffix(" |") for each in cells]


def test_each_run_stands_beside_those_before_it(nightly: Nightly) -> None:
    first, alone, _ = nightly.run(1, ("updated", "written"), ("failed", "tests"))
    assert (first.code, first.outputs["reason"], first.outputs["count"]) == (0, "listed", "0")
    assert "The last runs" not in alone.summary
    nightly.run(2, ("updated", "written"), ("blocked", "parked"))
    _, third, _ = nightly.run(3, ("unchanged", "written"), ("unchanged", "written"))
    expected = ["#9 passed 2 0 0 0 0 0", "#8 partial 2 1 1 1 0 0", "#7 partial 2 1 1 0 0 0"]
    assert rows(third.summary) == expected
    html = Path(third.outputs["html"]).read_text()
    assert [f">#{number}</a></th>" in html for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "<td>partial</td><td class=number>2</td><td class=number>1</td><td class=number>1</td>" in html
    _, again, kept = nightly.run(2, ("updated", "written"), ("updated", "written"), attempt=2)
    assert rows(again.summary) == ["#8 passed 2 2 0 0 0 0", *expected[2:]], "a later run is no run before it"
    assert rows(kept.summary) == [expected[0], "#8 passed 2 2 0 0 0 0", expected[2]]


def test_a_history_out_of_reach_costs_the_trend_and_nothing_else(nightly: Nightly) -> None:
    ends: tuple[tuple[Outcome, str], ...] = (("updated", "written"), ("updated", "written"))
    before, report, after = nightly.run(1, *ends, repository="acme/gone")
    assert [each.code for each in (before, report, after)] == [0, 0, 0]
    assert (before.outputs["reason"], after.outputs["reason"]) == ("not-read", "row-not-kept")
    assert "The report has no trend." in before.log
    assert "The last runs" not in report.summary


@pytest.mark.parametrize(
    ("text", "why"),
    [("[{}]", "runs.json holds no runs that this version reads"), (None, "There is no file runs.json")],
)
def test_a_file_of_no_use_is_said(nightly: Nightly, text: str | None, why: str) -> None:
    found = step("discover", nightly.scene, nightly.folder, items=json.dumps(NAMES))
    if text is not None:
        (nightly.folder / "runs.json").write_text(text)
    places = {"plan": found.outputs["path"], "history": "runs.json", "fail_on": "never"}
    report = step("report", nightly.scene, nightly.folder, **places)
    assert report.code == 0
    assert f"{why}, so no trend is shown." in report.summary
