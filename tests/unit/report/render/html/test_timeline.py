"""The timeline: as many rows as ever ran at once, every target in it, and a drawing that does not grow with them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render.html import charts, timeline
from support.html_document import read
from support.report_builders import START, context, plan, record


def at(index: int, begin: float, end: float, outcome: str = "updated") -> TargetResult:
    times = {"started_at": START + timedelta(seconds=begin), "finished_at": START + timedelta(seconds=end)}
    return record(index, f"acme/r{index}", outcome, **times)


def report_of(*records: TargetResult) -> RunReport:
    return aggregate(plan(*(each.target for each in records)), records, context())


def test_a_row_is_taken_again_as_soon_as_it_is_free() -> None:
    drawn = read(timeline.section(report_of(at(0, 0, 10), at(1, 0, 4), at(2, 4, 8), at(3, 9, 10, "failed"))))
    bars = drawn.all("rect")
    assert [(bar.attributes["y"], bar.attributes["x"], bar.attributes["width"]) for bar in bars] == [
        ("1", "0.00", "1000.00"),
        ("13", "0.00", "400.00"),
        ("13", "400.00", "400.00"),
        ("13", "900.00", "100.00"),
    ]
    assert drawn.one("svg").attributes["aria-label"] == "4 targets from 14:02:00 to 14:02:10 UTC, at most 2 at once"
    assert bars[3].text == "acme/r3: failed, 14:02:09, 1 s"
    assert "slowest acme/r0, 10 s" in drawn.text_of("p")


def test_a_target_without_times_is_counted_and_said() -> None:
    nothing = record(1, "acme/r1", "failed", started_at=None, finished_at=None)
    assert "Showing 1 of 2 targets (the others returned no times)" in timeline.section(report_of(at(0, 0, 1), nothing))
    assert timeline.section(report_of(nothing.model_copy(update={"index": 0}))) == ""


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [pytest.param(8, marks=pytest.mark.proof), 500])
def test_ten_thousand_targets_are_a_small_drawing_with_every_failure_in_it(at_once: int) -> None:
    records = [
        at(index, index // at_once * 10, index // at_once * 10 + 9, "failed" if index == 5_000 else "updated")
        for index in range(10_000)
    ]
    text = timeline.section(report_of(*records))
    assert len(text) < 300_000
    failed = re.search(r'<path class="failed" d="M([\d.]+) [\d.]+H([\d.]+)', text)
    assert failed, "one of 10,000 is seen"
    assert float(failed[2]) - float(failed[1]) >= timeline.NARROWEST - 0.1
    assert f"at most {at_once:,} at once" in text
    assert ("500 lanes share 40 rows" in text) == (at_once == 500)
    assert text.count("<rect") == 0


def test_clocks_that_disagree_draw_nothing_backwards() -> None:
    (bar,) = read(timeline.section(report_of(at(0, 5, 3)))).all("rect")
    assert float(bar.attributes["width"]) > 0


def test_the_budget_ends_at_the_totals_and_never_goes_down() -> None:
    report = report_of(*(at(index, index, index + 1) for index in range(2_000)))
    drawn = read(charts.budget(report))
    path = drawn.one("path", **{"class": "requests"}).attributes["d"]
    heights = [float(each) for each in re.findall(r"V([\d.]+)", path)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == 2.0
    assert len(heights) <= charts.SLOTS + 1
    assert f"{report.usage.requests:,} requests" in drawn.text_of("ul")


@pytest.mark.slow
def test_the_bar_has_a_place_for_one_failure_of_ten_thousand() -> None:
    report = report_of(*(at(index, 0, 1, "failed" if index == 0 else "unchanged") for index in range(10_000)))
    bars = read(charts.outcomes(report)).all("rect")
    assert [bar.attributes["class"] for bar in bars] == ["failed", "unchanged"]
    assert sum(int(bar.attributes["width"]) for bar in bars) == charts.BAR
    assert int(bars[0].attributes["width"]) >= 1
