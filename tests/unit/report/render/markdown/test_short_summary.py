"""A green run is told in two lines and what is different; all else is there, behind one closed fold."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Exclusion, RunReport
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import plain_text
from action_patterns.report.render.markdown import document, short_summary
from action_patterns.report.render.markdown.layout import LADDER
from action_patterns.report.render.view import Detail, Page
from support.report_builders import context, fleet, plan, record

GREEN = ("created", "updated", "closed", "unchanged", "skipped")
PAGE = Page(
    context=context(), artifact_name="sync-files-report-a2", nothing_to_compare="No earlier report to compare with."
)
EXCLUDED = (Exclusion(repository="acme/attic", reason="archived"),)


@cache
def green(number: int, *, compared: bool) -> RunReport:
    return report_of([*GREEN[:number], *["updated"] * (number - len(GREEN))], compared=compared)


def report_of(outcomes: list[str], *, compared: bool = False, **changes: Any) -> RunReport:
    roster, records = fleet(outcomes)
    roster = roster.model_copy(update={"excluded": EXCLUDED})
    before = aggregate(*fleet(["unchanged", "failed"]), context(run_id=1234000, run_number=411))
    return aggregate(roster, records, context(), previous=before if compared else None).model_copy(update=changes)


def seen(report: RunReport, page: Page = PAGE, detail: Detail = LADDER[0]) -> list[str]:
    """The blocks that stand there before anything is clicked, and the line of the fold as the last."""
    blocks = document.render(report, page, detail).rstrip("\n").split("\n\n")
    opened = [at for at, block in enumerate(blocks) if block.startswith("<details")]
    assert blocks[opened[0]].startswith("<details><summary>Details"), "closed"
    assert blocks[-1] == "</details>", "nothing stands below it"
    assert "\n\n".join(blocks).count("<details") == "\n\n".join(blocks).count("</details>")
    return blocks[: opened[0] + 1]


@pytest.mark.slow
@pytest.mark.parametrize("detail", LADDER, ids=range(len(LADDER)))
@pytest.mark.parametrize("number", [1, 30, 3_000])
@pytest.mark.parametrize("compared", [True, False])
def test_it_is_two_lines_and_the_difference_however_many_targets(compared: bool, number: int, detail: Detail) -> None:
    heading, line, difference, fold = seen(green(number, compared=compared), detail=detail)
    repositories = f"{number:,} {'repository' if number == 1 else 'repositories'}"
    assert heading == f"## ✅ Passed: {repositories}, none needs attention · sync-files"
    for told in ("1 created", "run [412, attempt 2](", "commit `3f9c2ab`", "2026-07-01 14:02 UTC", "full report: ["):
        assert told in line
    assert difference.startswith("Since run [" if compared else "<sub>No earlier report")
    assert not {"\n" for block in (heading, line, difference, fold) if "\n" in block}


def test_where_nothing_was_compared_with_nothing_is_said_of_it() -> None:
    heading, _, fold = seen(report_of(["updated"]), Page(context=context()))
    assert (heading[:4], fold[:9]) == ("## ✅", "<details>")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (list(GREEN), True),
        (["unchanged"], True),
        ([], True),
        (["unchanged", "planned"], False),
        (["unchanged", "deferred"], False),
        (["unchanged", "failed"], False),
        (["unchanged", "blocked"], False),
        (["unchanged", "missing"], False),
        (["failed"], False),
    ],
)
def test_green_is_a_run_that_asks_nothing_of_anybody(outcomes: list[str], expected: bool) -> None:
    report = report_of(outcomes)
    assert short_summary.is_green(report) == expected
    assert ("<summary>Details" in document.render(report, PAGE, Detail())) == expected


def test_without_a_roster_no_run_is_green() -> None:
    assert not short_summary.is_green(aggregate(None, (), context(), name="sync"))


@given(outcomes=st.lists(st.sampled_from(GREEN), min_size=1, max_size=12))
def test_all_else_is_behind_the_fold(outcomes: list[str]) -> None:
    report = report_of(outcomes)
    fold = document.render(report, PAGE, Detail()).partition("<summary>Details")[2]
    for result in report.results:
        assert result.target in fold
        assert result.pull_request_url is None or result.pull_request_url in fold
    for told in ("`archived` (1): `acme/attic`", "API budget: ", "lowest remaining", "visible to this token"):
        assert told in fold


def test_the_fold_says_what_it_holds_and_what_github_refused() -> None:
    report = report_of(["created", "updated", "unchanged", "skipped"])
    assert seen(report)[-1] == (
        "<details><summary>Details: 2 changed, 1 unchanged, 1 skipped, 1 excluded, API budget</summary>"
    )
    refused = [
        record(0, "acme/a", "updated", refused_fields=("reviewers",)),
        record(1, "acme/b", "updated"),
        record(2, "acme/c", "unchanged", refused_fields=("labels",)),  # of which the fold has no more than the name
    ]
    told = seen(aggregate(plan("acme/a", "acme/b", "acme/c"), refused, context()))[-1]
    assert (
        told == "<details><summary>Details: 2 changed (GitHub refused fields of 1), 1 unchanged, API budget</summary>"
    )
    assert seen(aggregate(plan(), (), context()))[-1] == "<details><summary>Details</summary>"


def test_a_note_is_never_folded_away() -> None:
    page = Page(context=context(), notes=("1 record file could not be read.",))
    assert "> [!NOTE]\n> 1 record file could not be read." in seen(report_of(["updated"]), page)


def test_the_log_lists_what_was_changed_and_counts_the_rest() -> None:
    lines = plain_text.render(report_of(["unchanged"] * 500 + ["updated", "skipped"]), PAGE).splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["OUTCOME", "TARGET"], ["updated", "acme/service-00500"], []]
    assert lines[3] == "Left as they are: 501 repositories, each in run-report.json with its reason."
    assert lines[-3:] == [
        "Counts: 1 updated, 500 unchanged, 1 skipped",
        f"Report of sync-files: {context().run_url}",
        "Passed: 502 repositories, none needs attention",
    ]
    quiet = plain_text.render(report_of(["unchanged"] * 500), PAGE).splitlines()
    assert quiet[0].startswith("Left as they are: 500 repositories, ")
    everything = plain_text.render(report_of(["unchanged"] * 500 + ["failed"]), PAGE)
    assert everything.count("\nunchanged ") == 500
    assert "Left as they are" not in everything
