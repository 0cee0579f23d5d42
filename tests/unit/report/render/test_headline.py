"""Numbers at the top of the summary: rounded for people, never to the point of being untrue."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Counts, Exclusion, Outcome
from action_patterns.report.build import build
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import api_usage, comment, headline, html
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


def test_a_run_of_a_distribution_file_says_what_to_set_and_no_command_that_it_cannot_take() -> None:
    """Whether the calling workflow hands an input on to `distribute.yml` is not known."""
    roster, records = fleet(["failed", "updated", "deferred"])
    told = build(roster.model_copy(update={"content_digest": "c" * 64}), records, context())
    for page in (told.markdown, told.html):
        assert "gh workflow run" not in page
        assert "set the input <code>only</code> of" in page.replace("`only`", "<code>only</code>")
        assert "acme/service-00000,acme/service-00002" in page
        assert "gh run rerun 1234567 --repo acme/platform --failed" in page


def test_a_run_at_a_terminal_is_offered_the_command_of_the_terminal() -> None:
    roster, records = fleet(["failed", "updated"])
    told = build(roster.model_copy(update={"content_digest": "c" * 64}), records, context(run_id=0, run_number=0))
    for page in (told.markdown, told.html):
        assert "action-patterns apply --only acme/service-00000<" in page.replace("\n", "<")
        assert "gh " not in page


def test_a_label_is_no_name_that_a_new_run_could_be_given() -> None:
    roster, records = fleet(["failed", "failed"])
    redact = {"acme/service-00001": "private repository #7"}
    told = build(roster, records, context(), redact=lambda text: redact.get(text, text))
    for page in (told.markdown, told.html):
        assert "gh workflow run" not in page
        assert "start the workflow again" in page


@pytest.mark.parametrize(
    ("narrowed", "said"),
    [
        ({"only": ("acme/*",)}, "2 of 5 targets: `only` left out 3."),
        ({"limit": 2}, "2 of 5 targets: `limit` left out 3."),
        ({"only": ("acme/*",), "limit": 2}, "2 of 5 targets: `only` and `limit` left out 3."),
    ],
)
def test_a_part_of_the_roster_is_never_shown_as_the_whole(narrowed: dict[str, Any], said: str) -> None:
    roster, records = fleet(["updated", "unchanged"])
    left_out = tuple(Exclusion(repository=f"acme/x{i}", reason="not-in-only") for i in range(3))
    other = Exclusion(repository="acme/old", reason="archived")
    part = roster.model_copy(update={"excluded": (*left_out, other), **narrowed})
    told = build(part, records, context())
    assert said in told.markdown
    assert f"Note: {said}" in told.text
    assert said.replace("`only`", "<code>only</code>").replace("`limit`", "<code>limit</code>") in told.html
    assert said in comment.fit(told.report, Page(context=context()))


def test_a_part_that_legs_left_out_is_told_too_and_the_sum_is_the_roster() -> None:
    roster, records = fleet(["updated", "skipped", "skipped"])
    records = [r.model_copy(update={"reason": "not-in-only"}) if r.outcome == "skipped" else r for r in records]
    told = build(roster, records, context())
    assert "1 of 3 targets: `only` or `limit` left out 2." in told.markdown
    assert told.report.counts.total == 3


def test_a_run_of_no_target_says_that_it_left_them_out() -> None:
    left_out = tuple(Exclusion(repository=f"acme/x{i}", reason="not-in-only") for i in range(3))
    told = build(plan(excluded=left_out, only=("y*",)), [], context())
    assert told.report.verdict == "nothing-to-do"
    assert "Nothing to do: this run leaves out all 3 targets of its campaign" in told.markdown


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    assert moment(datetime(2026, 7, 1, 8, 0, tzinfo=timezone(timedelta(hours=9)))) == "2026-06-30 23:00 UTC"


def test_the_busiest_minute_is_one_of_one_day() -> None:
    early, late = START, START + timedelta(days=1)
    times = (early, late, late + timedelta(minutes=5), late + timedelta(minutes=5))
    names = [f"acme/{index}" for index in range(len(times))]
    records = [record(i, names[i], finished_at=at) for i, at in enumerate(times)]
    told = api_usage.facts(aggregate(plan(*names), records, context()), str)
    assert "busiest minute: 2026-07-02 14:07 UTC, targets finished in it took 2 requests" in told
