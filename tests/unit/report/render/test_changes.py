"""The comparison, told: what alarms is bold, what is left out is counted, and no previous run is one quiet line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from action_patterns.contracts import Changes, PreviousRun
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import changes
from action_patterns.report.render.view import Detail, Page
from support.report_builders import context, plan, record

BEFORE = PreviousRun(
    run_id=1,
    run_number=411,
    attempt=1,
    run_url="https://github.com/acme/platform/actions/runs/1",
    finished_at=datetime(2026, 6, 30, 14, 19, tzinfo=UTC),
)
PAGE = Page(context=context())
REPORT = aggregate(plan("acme/pay"), [record(0, "acme/pay", "failed")], context())


def test_the_block_reads_as_agreed() -> None:
    differences = Changes(
        previous=BEFORE,
        newly_failing=("acme/pay",),
        still_failing=("acme/web",),
        recovered=("acme/api", "acme/docs"),
        new=("acme/ml",),
        requests_delta=-212,
    )
    report = REPORT.model_copy(
        update={
            "changes": differences,
            "failing_runs": {"acme/web": 3, "acme/pay": 1},
            "usage": REPORT.usage.model_copy(update={"requests": 903}),
        }
    )
    assert changes.section(report, PAGE, Detail()) == [
        "### Since run [\\#\u2060411](https://github.com/acme/platform/actions/runs/1) (2026-06-30 14:19 UTC)",
        (
            "**newly failing 1**: `acme/pay` · **still failing 1**: `acme/web` (3rd run) · recovered 2: `acme/api`,"
            " `acme/docs` · new 1: `acme/ml` · requests 903 (-212)"
        ),
    ]
    assert changes.line(report, PAGE) == (
        "Since run 411: newly failing 1: acme/pay; still failing 1: acme/web (3rd run); recovered 2: acme/api,"
        " acme/docs; new 1: acme/ml; requests 903 (-212)"
    )


def test_many_names_are_counted_and_a_lower_rung_names_none() -> None:
    names = tuple(f"acme/{index:03}" for index in range(25))
    report = REPORT.model_copy(update={"changes": Changes(previous=BEFORE, gone=names)})
    full = changes.section(report, PAGE, Detail())[1]
    assert full.startswith("gone 25, showing 10 of 25: `acme/000`, ")
    assert "acme/010" not in full
    assert changes.section(report, PAGE, Detail(messages=False))[1] == "gone 25, showing 0 of 25"


def test_an_equal_run_and_no_run() -> None:
    same = REPORT.model_copy(update={"changes": Changes(previous=BEFORE)})
    assert changes.section(same, PAGE, Detail())[1] == "The same as then"
    (told,) = changes.paragraph(same, PAGE, Detail())
    assert told == f"{changes.section(same, PAGE, Detail())[0].removeprefix('### ')}: the same as then"
    assert changes.section(REPORT, PAGE, Detail()) == changes.paragraph(REPORT, PAGE, Detail()) == []
    assert changes.line(REPORT, PAGE) == ""
    asked = Page(context=context(), nothing_to_compare="No earlier report to compare with.")
    quiet = ["<sub>No earlier report to compare with.</sub>"]
    assert changes.section(REPORT, asked, Detail()) == changes.paragraph(REPORT, asked, Detail()) == quiet
    assert changes.line(REPORT, asked) == "No earlier report to compare with."


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
     (102, "102nd"), (111, "111th"), (1_011, "1,011th")],
)  # fmt: skip
def test_ordinals(number: int, told: str) -> None:
    assert changes.ordinal(number) == told
