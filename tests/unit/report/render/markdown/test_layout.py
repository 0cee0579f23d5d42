"""The budget ladder: less detail until it fits, always saying how much is shown, never cut."""

from __future__ import annotations

import re
import time
from functools import cache

import pytest
from markdown_it import MarkdownIt

from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.report.build import build
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render.markdown import document, layout
from action_patterns.report.render.view import Page
from support.report_builders import PROTECTED, context, fleet, plan, record

PAGE = Page(context=context(), artifact_name="sync-files-report-a2")
MIXED = ["updated", "unchanged", "failed", "deferred", "skipped", "created", "missing", "blocked"]


def report_of(outcomes: list[str]) -> RunReport:
    roster, records = fleet(outcomes)
    return aggregate(roster, records, context())


@cache
def mixed() -> tuple[RunReport, list[str]]:
    """800 targets, and their report on each rung."""
    report = report_of(MIXED * 100)
    return report, [document.render(report, PAGE, detail) for detail in layout.LADDER]


@pytest.mark.proof
@pytest.mark.parametrize("outcome", ["mixed", "failed", "updated", "unchanged", "planned", "missing"])
def test_ten_thousand_targets_fit_and_take_seconds_not_minutes(outcome: str) -> None:
    outcomes = MIXED * 1_250 if outcome == "mixed" else [outcome] * 10_000
    roster, records = fleet(outcomes)
    started = time.process_time()
    summary = build(roster, records, context(), artifact_name="a")
    assert time.process_time() - started < 5.0  # of CPU: a busy machine must not turn this red
    assert len(summary.markdown.encode()) <= layout.SUMMARY_BYTES
    assert summary.report.counts.total == 10_000
    assert_whole(summary.markdown)


def distinct_failures(number: int, size: int) -> tuple[Plan, list[TargetResult]]:
    names = [f"acme/{'n' * size}-{index}" for index in range(number)]
    records = [
        record(
            index,
            name,
            "failed",
            reason=f"{'r' * size}-{index}",
            error=PROTECTED.model_copy(update={"message": "m" * size, "remediation": f"{index} " + "é" * size}),
        )
        for index, name in enumerate(names)
    ]
    return plan(*names, name="x" * size), records


@pytest.mark.slow
@pytest.mark.parametrize("number", [300, pytest.param(1_000, marks=pytest.mark.proof)])
def test_even_hundreds_of_causes_of_huge_texts_fit(number: int) -> None:
    roster, records = distinct_failures(number, 3_000)
    report = aggregate(roster, records, context())
    text = layout.fit(report, PAGE)
    assert len(text.encode()) <= layout.SUMMARY_BYTES
    assert f"Failed: {number:,} of {number:,} repositories need attention" in text
    assert_whole(text)


@pytest.mark.parametrize("budget", [200_000, 100_000, 50_000, 20_000, 5_000])
def test_the_most_detailed_rung_that_fits_is_taken_and_the_verdict_is_on_each(budget: int) -> None:
    report, rungs = mixed()
    text = layout.fit(report, PAGE, most_bytes=budget)
    fitting = [rung for rung in rungs if len(rung.encode()) <= budget]
    assert text == (fitting[0] if fitting else rungs[-1])
    assert "Partial: 300 of 800 repositories need attention, 100 repositories deferred" in text


def test_the_budget_is_in_bytes_as_github_counts_them() -> None:
    names = [f"acme/{'é' * 100}{index}" for index in range(200)]
    report = aggregate(plan(*names), [record(i, name) for i, name in enumerate(names)], context())
    full = document.render(report, PAGE, layout.LADDER[0])
    between = (len(full) + len(full.encode())) // 2
    assert len(layout.fit(report, PAGE, most_bytes=between).encode()) <= between


@pytest.mark.slow
def test_each_rung_is_shorter_than_the_one_before() -> None:
    report = report_of(MIXED * 100 + ["updated"] * 2_000)
    sizes = [len(document.render(report, PAGE, detail).encode()) for detail in layout.LADDER]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)


def test_what_is_left_out_is_counted() -> None:
    report = report_of(["updated"] * 3_000)
    text = document.render(report, PAGE, next(detail for detail in layout.LADDER if detail.rows == 2_000))
    assert "Changed (3,000, showing 2,000 of 3,000)" in text
    assert len(re.findall(r"^\| \[acme/", text, re.MULTILINE)) == 2_000
    assert "Changed (3,000, showing 0 of 3,000): the rows are in run-report.json." in document.render(
        report, PAGE, layout.LADDER[-1]
    )


@pytest.mark.slow
def test_a_list_too_long_for_a_workflow_input_is_not_offered_as_one() -> None:
    assert "gh workflow run" in layout.fit(report_of(["failed"] * 100), PAGE)
    text = layout.fit(report_of(["failed"] * 5_000), PAGE)
    assert "gh workflow run" not in text
    assert "longer than a workflow input may be" in text


def assert_whole(text: str) -> None:
    """Nothing was cut: every fold is closed, every row stands in a table and has as many cells as its head."""
    assert text.endswith("\n")
    assert text.count("<details") == text.count("</details>")
    widths: list[int] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            widths.append(0)
        elif token.type in ("th_open", "td_open"):
            widths[-1] += 1
        elif token.type == "table_close":
            assert len(set(widths)) == 1
            widths.clear()
        elif token.type == "paragraph_open":
            assert not text.splitlines()[token.map[0] if token.map else 0].startswith("|"), "a row outside a table"
