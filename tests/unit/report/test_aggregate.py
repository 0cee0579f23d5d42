"""The roster is the truth: every target gets exactly one result, whatever records came back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Counts, ErrorRecord, Outcome, TargetResult, Usage, Verdict
from action_patterns.report.aggregate import Unreadable, aggregate, verdict
from action_patterns.report.needs import JobResult
from support.report_builders import LIMITED, START, context, fleet, plan, record

NAMES = ("acme/api", "acme/cli", "acme/web")


def outcome_of(report_results: tuple[TargetResult, ...]) -> dict[str, tuple[str, str]]:
    return {result.target: (result.outcome, result.reason) for result in report_results}


any_record = st.builds(
    record,
    index=st.integers(-1, 3),
    target=st.sampled_from((*NAMES, "acme/stranger")),
    outcome=st.sampled_from(get_args(Outcome)),
    attempt=st.integers(1, 3),
    plan_id=st.sampled_from((plan().plan_id, "another-plan")),
    finished_at=st.sampled_from((None, START, START + timedelta(seconds=5))),
)


@given(records=st.lists(any_record, max_size=12), seed=st.integers())
def test_one_result_per_target_whatever_the_records_and_their_order(records: list[TargetResult], seed: int) -> None:
    report = aggregate(plan(*NAMES), records, context())
    assert [result.target for result in report.results] == sorted(NAMES)
    assert report.counts.total == len(NAMES)
    counted = [result for result in report.results if result in records]
    assert report.ignored_records == len(records) - len(counted)
    for result in counted:
        assert result.plan_id == plan().plan_id
        assert NAMES[result.index] == result.target
        rivals = [r for r in records if (r.plan_id, r.index, r.target) == (result.plan_id, result.index, result.target)]
        assert result.attempt == max(rival.attempt for rival in rivals)
    shuffled = random.Random(seed).sample(records, len(records))
    assert aggregate(plan(*NAMES), shuffled, context()) == report


def test_the_highest_attempt_wins_though_it_was_read_first() -> None:
    records = [record(0, "acme/api", "updated", attempt=2), record(0, "acme/api", "failed", attempt=1)]
    report = aggregate(plan("acme/api"), records, context())
    assert (report.results[0].outcome, report.ignored_records, report.verdict) == ("updated", 1, "passed")


def test_of_two_records_of_one_attempt_the_later_and_then_the_worse_counts() -> None:
    late = record(0, "acme/api", "updated", finished_at=START + timedelta(hours=1))
    early = record(0, "acme/api", "failed", finished_at=START)
    assert aggregate(plan("acme/api"), [late, early], context()).counts.updated == 1
    together = [record(0, "acme/api", "updated", finished_at=START), early]
    assert aggregate(plan("acme/api"), together, context()).counts.failed == 1


@pytest.mark.parametrize(
    "stranger",
    [
        record(0, "acme/api", "updated", plan_id="another-plan"),
        record(1, "acme/api", "updated"),
        record(0, "acme/cli", "updated"),
        record(7, "acme/api", "updated"),
    ],
    ids=["another plan", "index of another target", "target of another index", "no such index"],
)
def test_a_record_that_is_not_of_this_roster_does_not_count(stranger: TargetResult) -> None:
    report = aggregate(plan("acme/api", "acme/cli"), [stranger], context(), needs={"apply": "failure"})
    assert outcome_of(report.results) == {"acme/api": ("missing", "lost"), "acme/cli": ("missing", "lost")}
    assert (report.ignored_records, report.verdict) == (1, "failed")


@pytest.mark.parametrize(
    ("needs", "recorded", "reason"),
    [
        ({}, False, "lost"),
        ({"": "success"}, True, "lost"),
        ({"": "failure"}, False, "lost"),
        ({"": "cancelled"}, True, "cancelled"),
        ({"": "skipped"}, False, "not-started"),
        ({"discover": "success", "apply": "failure"}, True, "lost"),
        ({"discover": "success", "apply": "cancelled"}, False, "cancelled"),
        ({"gate": "failure", "apply": "skipped"}, False, "not-started"),
        ({"gate": "cancelled", "apply": "skipped"}, False, "cancelled"),
        ({"gate": "failure", "work": "skipped"}, False, "not-started"),
        ({"apply": "failure", "notify": "skipped"}, True, "lost"),
        ({"optional": "skipped", "apply": "failure"}, False, "lost"),
        ({"notify": "cancelled", "apply": "success"}, True, "lost"),
        ({"notify": "cancelled", "sync": "success"}, True, "lost"),
        ({"discover": "success", "sync": "cancelled"}, False, "cancelled"),
        ({"discover": "success", "sync": "skipped"}, False, "not-started"),
    ],
)
def test_why_a_target_is_missing(needs: dict[str, JobResult], recorded: bool, reason: str) -> None:
    records = [record(0, "acme/api")] if recorded else []
    result = aggregate(plan("acme/api", "acme/cli"), records, context(), needs=needs).results[1]
    assert (result.outcome, result.reason, result.attempt) == ("missing", reason, 2)
    assert result.error is not None
    assert result.error.remediation
    assert result.error.retryable


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ({"discover": "success", "apply": "failure"}, "may also have been cancelled"),
        ({"gate": "failure", "sync": "skipped"}, "which of them works on the targets is not known"),
    ],
)
def test_no_more_is_claimed_of_a_missing_target_than_the_jobs_results_tell(
    needs: dict[str, JobResult], said: str
) -> None:
    assert said in aggregate(plan("acme/api"), [], context(), needs=needs).results[0].message


def test_a_newer_record_that_cannot_be_read_outranks_an_older_success() -> None:
    roster, old = plan("acme/api"), record(0, "acme/api", "updated", attempt=1)
    newer, older = (Unreadable("x.json", "broken", target="acme/api", attempt=attempt) for attempt in (2, 1))
    assert aggregate(roster, [old], context(), unreadable=(newer,)).counts.missing == 1
    assert aggregate(roster, [old], context(), unreadable=(older,)).counts.updated == 1


def test_an_unreadable_record_is_lost_even_when_the_run_was_cancelled() -> None:
    report = aggregate(
        plan("acme/api", "acme/cli"),
        [],
        context(),
        needs={"apply": "cancelled"},
        unreadable=(Unreadable("x.json", "broken", target="acme/api"),),
    )
    assert outcome_of(report.results) == {"acme/api": ("missing", "lost"), "acme/cli": ("missing", "cancelled")}


def test_without_a_plan_nothing_is_said_of_any_record() -> None:
    report = aggregate(None, [record(0, "acme/api", "updated")], context(), name="sync")
    assert (report.verdict, report.counts.total, report.ignored_records) == ("inconclusive", 0, 1)
    assert (report.plan_id, report.name, report.source_repository) == (None, "sync", "acme/platform")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, "nothing-to-do"),
        ({"updated": 3}, "passed"),
        ({"unchanged": 1, "skipped": 1, "closed": 1, "created": 1, "planned": 1}, "passed"),
        ({"deferred": 1, "updated": 1}, "partial"),
        ({"deferred": 2}, "partial"),
        ({"failed": 1, "updated": 1}, "partial"),
        ({"failed": 1, "skipped": 1}, "partial"),
        ({"failed": 1, "deferred": 1}, "partial"),
        ({"failed": 1, "blocked": 1, "missing": 1}, "failed"),
        ({"missing": 1}, "failed"),
        ({"blocked": 1}, "failed"),
    ],
)
def test_verdict(counts: dict[str, int], expected: Verdict) -> None:
    assert verdict(Counts(**counts)) == expected


def test_causes_are_grouped_by_remedy_largest_first_and_need_all_to_be_retryable() -> None:
    flaky = ErrorRecord(category="unavailable", message="502", remediation="Try again.", retryable=True)
    final = flaky.model_copy(update={"retryable": False, "message": "Gone"})
    names = [f"acme/{letter}" for letter in "fedcba"]
    records = [
        record(0, names[0], "failed", reason="b", error=flaky),
        record(1, names[1], "failed", reason="b", error=final),
        record(2, names[2], "deferred", error=LIMITED),
        record(3, names[3], "failed", reason="a", error=flaky),
        record(4, names[4], "failed", reason="c", error=None, message="exit 1"),
        record(5, names[5], "skipped"),
    ]
    report = aggregate(plan(*names), records, context())
    told = [(cause.reason, cause.targets, cause.retryable) for cause in report.causes]
    assert told == [
        ("b", ("acme/e", "acme/f"), False),
        ("a", ("acme/c",), True),
        ("c", ("acme/b",), False),
        ("rate-limited", ("acme/d",), True),
    ]
    assert report.causes[0].message == "Gone (and 1 other message)"
    assert report.causes[2].message == "exit 1"
    assert report.causes[2].remediation
    assert report.causes[3].resumes_at == LIMITED.resumes_at


def test_usage_is_summed_and_times_are_the_first_and_last_in_utc() -> None:
    roster, records = fleet(["updated", "deferred", "unchanged"])
    east = timezone(timedelta(hours=2))
    records[0] = records[0].model_copy(update={"started_at": datetime(2026, 7, 1, 15, 0, tzinfo=east)})
    report = aggregate(roster, records, context())
    assert report.usage == Usage(requests=9, writes=4, seconds_waited=118.0)
    assert report.started_at == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)
    assert report.started_at.tzinfo is UTC
    assert report.finished_at == START + timedelta(seconds=13)
