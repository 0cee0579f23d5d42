"""Numbers at the top of the summary: rounded for people, never to the point of being untrue."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Counts, Outcome
from action_patterns.report.build import build
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import api_usage, headline, html
from action_patterns.report.render.markdown import details
from action_patterns.report.render.view import ORDER, Page, moment
from support.report_builders import LIMITED, PROTECTED, START, context, fleet, plan, record

some_counts = st.fixed_dictionaries({outcome: st.sampled_from((0, 0, 1, 3, 9_999)) for outcome in ORDER})


@given(numbers=some_counts)
def test_the_bar_is_always_as_long_and_shows_every_share_that_is_there(numbers: dict[Outcome, int]) -> None:
    counts = Counts(**numbers)
    if counts.total == 0:
        return
    drawn, legend = headline.bar(counts)[1:].split("` ")
    assert len(drawn) == headline.BAR_CELLS
    assert set(drawn) == {part[0] for part in legend.split(" · ")}


def test_a_small_share_is_never_rounded_away() -> None:
    text = headline.bar(Counts(updated=9_999, failed=1))
    assert "<0.1 % need attention" in text
    assert ">99.9 % changed" in text
    assert "100 % changed" in headline.bar(Counts(updated=3))


@given(numbers=some_counts)
def test_the_counts_line_adds_up(numbers: dict[Outcome, int]) -> None:
    line = headline.counts_line(Counts(**numbers))
    parts = [part.split(" ") for part in line.split(" · ") if part]
    assert sum(int(number.replace(",", "")) for number, _ in parts) == sum(numbers.values())


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        (["updated"], "Passed: 1 repository, none needs attention"),
        (["planned", "unchanged"], "Passed: 2 repositories, none needs attention (dry run, nothing was written)"),
        (["deferred", "updated"], "Partial: 1 repository deferred to a later run"),
        (["failed", "deferred"], "Partial: 1 of 2 repositories needs attention, 1 repository deferred to a later run"),
        (["failed", "blocked", "missing", "updated"], "Partial: 3 of 4 repositories need attention"),
        (["missing"], "Failed: 1 of 1 repository needs attention"),
        ([], "Nothing to do: none of 0 repositories visible to this token is a target"),
    ],
)
def test_the_verdict_in_words(outcomes: list[str], line: str) -> None:
    roster, records = fleet(outcomes)
    assert headline.verdict_line(aggregate(roster, records, context())) == line


def test_a_run_that_wrote_is_never_called_dry() -> None:
    roster, records = fleet(["planned", "updated"])
    assert "dry run" not in headline.verdict_line(aggregate(roster, records, context()))


def test_next_says_what_to_fix_what_is_safe_now_and_what_later() -> None:
    flaky = PROTECTED.model_copy(update={"retryable": True, "remediation": "Try again."})
    records = [
        record(0, "acme/a", "failed"),
        record(1, "acme/b", "failed", reason="unavailable", error=flaky),
        record(2, "acme/c", "deferred", error=LIMITED),
    ]
    report = aggregate(plan("acme/a", "acme/b", "acme/c"), records, context())
    text = "\n".join(headline.notes(report, Page(context=context())))
    assert "fix `branch-protected` (1), then run them again." in text
    assert "`unavailable` (1) is safe to run again now." in text
    assert "`rate-limit` (1) is safe after **2026-07-01 14:47 UTC**." in text


def test_a_green_run_asks_for_nothing() -> None:
    roster, records = fleet(["updated", "unchanged", "skipped"])
    assert headline.notes(aggregate(roster, records, context()), Page(context=context())) == []


def test_the_run_that_is_told_is_the_reports_and_not_the_one_that_renders_it() -> None:
    roster, records = fleet(["failed"])
    report = aggregate(roster, records, context(run_id=1411, run_number=411, run_attempt=3))
    here = Page(context=context(run_id=9, run_number=8, run_attempt=1))
    assert headline.run_line(report, here).startswith(
        "Run [411, attempt 3](https://github.com/acme/platform/actions/runs/1411)"
    )
    assert ">#411, attempt 3<" in html.render(report, here)
    for page in (html.render(report, here), "\n".join(details.run_again(report, here))):
        assert "gh run rerun 1411 " in page
    nameless = report.model_copy(update={"run_number": None})
    assert headline.run_line(nameless, here).startswith("Run [id 1411, attempt 3]")
    assert ">id 1411, attempt 3<" in html.render(nameless, here)


@pytest.mark.parametrize(("digest", "takes_names"), [("", True), ("c" * 64, False)])
def test_a_run_of_a_distribution_file_is_offered_no_command_that_it_cannot_take(digest: str, takes_names: bool) -> None:
    """`distribution` and `repositories` cannot stand beside each other, and `distribute.yml` has no such input."""
    roster, records = fleet(["failed", "updated"])
    told = build(roster.model_copy(update={"content_digest": digest}), records, context())
    for page in (told.markdown, told.html):
        assert ("gh workflow run" in page) is takes_names
        assert ("start the workflow again" in page) is not takes_names
        assert "gh run rerun 1234567 --repo acme/platform --failed" in page


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    assert moment(datetime(2026, 7, 1, 8, 0, tzinfo=timezone(timedelta(hours=9)))) == "2026-06-30 23:00 UTC"


def test_the_busiest_minute_is_one_of_one_day() -> None:
    early, late = START, START + timedelta(days=1)
    times = (early, late, late + timedelta(minutes=5), late + timedelta(minutes=5))
    names = [f"acme/{index}" for index in range(len(times))]
    records = [record(i, names[i], finished_at=at) for i, at in enumerate(times)]
    told = api_usage.facts(aggregate(plan(*names), records, context()), str)
    assert "busiest minute: 2026-07-02 14:07 UTC, targets finished in it took 2 requests" in told
