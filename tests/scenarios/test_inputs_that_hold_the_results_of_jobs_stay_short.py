"""Linux takes 128 KiB for one variable: `needs` is taken as short lines, and every example writes it so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.editions import without_github
from support.report_stage import ReportStage

pytestmark = without_github(why="Records and their report are files.")

ROOT = Path(__file__).parents[2]
PLACES = ("actions/*/example.yml", "actions/*/README.md", ".github/workflows/*.yml")
WRITTEN = [path for place in PLACES for path in ROOT.glob(place)]


@pytest.mark.parametrize(
    ("needs", "known"),
    [
        ("work=cancelled", {"work": "cancelled"}),
        ("  discover = success\r\n\r\n work=cancelled \n", {"discover": "success", "work": "cancelled"}),
        ('{"work": {"result": "cancelled", "outputs": {}}}', {"work": "cancelled"}),
    ],
)
def test_lines_say_the_same_as_json(needs: str, known: dict[str, str]) -> None:
    report, _ = ReportStage().report(needs=needs)
    assert report.jobs == known
    assert {result.reason for result in report.results} == {"cancelled"}


@pytest.mark.parametrize("needs", ["work=", "work=timed_out", "work", "work=success\ntest"])
def test_a_line_that_is_none_is_a_note(needs: str) -> None:
    _, finish = ReportStage().report(needs=needs)
    assert "work=${{ needs.work.result }}" in finish.summary.replace("\\", "")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_example_passes_all_outputs_of_all_jobs_or_steps(path: Path) -> None:
    """verdict does: a job that a line forgets would never be judged, and too many outputs make its step red."""
    text = re.sub(r"actions/verdict@\S+\n +with:\n +needs: \$\{\{ toJSON\(needs\) \}\}", "", path.read_text())
    assert not re.search(r"^ +\w+: *\$\{\{ *toJSON\((needs|steps)\)", text, re.MULTILINE | re.IGNORECASE)
