"""The roster is the truth: every target gets exactly one result, whatever records came back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Counts, ErrorRecord, Outcome, Pack, RateLimit, TargetResult, Usage, Verdict
from action_patterns.contracts.result import tightest
from action_patterns.discovery.select import NOT_FOUND
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.build import build
from action_patterns.report.model.aggregate import aggregate, verdict
from action_patterns.report.model.job_results import JobResult
from action_patterns.report.model.records import Unreadable
from support.report_builders import LIMITED, START, context, fleet, job, left, plan, record

NAMES = ("acme/api", "acme/cli", "acme/web")


def outcome_of(report_results: tuple[TargetResult, ...]) -> dict[str, tuple[str, str]]:
    return {result.target: (result.outcome, result.reason) for result in report_results}


any_limit = st.none() | st.builds(
    RateLimit,
    resource=st.sampled_from(("core", "graphql")),
    remaining=st.sampled_from((0, 1, 60, 300)),
    limit=st.sampled_from((60, 300, 5_000)),
    resets_at=st.sampled_from((START, START + timedelta(hours=1))),
)
any_record = st.builds(
    record,
    index=st.integers(0, 3),
    target=st.sampled_from((*NAMES, "acme/stranger")),
    outcome=st.sampled_from(get_args(Outcome)),
    attempt=st.integers(1, 3),
    plan_id=st.sampled_from((plan().plan_id, "another-plan")),
    finished_at=st.sampled_from((None, START, START + timedelta(seconds=5))),
    usage=st.builds(Usage, lowest_limit=any_limit),
)


@given(records=st.lists(any_record, max_size=12), seed=st.integers())
def test_one_result_per_target_whatever_the_records_and_their_order(records: list[TargetResult], seed: int) -> None:
    report = aggregate(plan(*NAMES), records, context())
    assert [result.target for result in report.results] == sorted(NAMES)
    assert report.counts.total == len(NAMES)
    counted = [result for result in report.results if result in records]
    assert report.ignored_records + report.duplicate_records == len(records) - len(counted)
    for result in counted:
        assert result.plan_id == plan().plan_id
        assert NAMES[result.index] == result.target
        rivals = [r for r in records if (r.plan_id, r.index, r.target) == (result.plan_id, result.index, result.target)]
        # The third attempt is still to come: the run that reports is in its second.
        assert result.attempt == max(rival.attempt for rival in rivals if rival.attempt <= 2)
    shuffled = random.Random(seed).sample(records, len(records))
    assert aggregate(plan(*NAMES), shuffled, context()) == report


def test_a_target_that_was_not_found_fails_without_a_record_and_counts_once() -> None:
    entries = plan("acme/api", "acme/absent").roster
    given = plan(
        roster=(entries[0], entries[1].model_copy(update={"error": NOT_FOUND})), packing=(Pack(first=0, last=0),)
    )
    report = aggregate(given, [record(0, "acme/api", "created")], context(), jobs=[job(0)], needs={"apply": "success"})
    assert [(r.target, r.outcome, r.reason, r.job_url is None) for r in report.results] == [
        ("acme/absent", "failed", "not-found", True),
        ("acme/api", "created", "content-differs", False),
    ]
    assert (report.counts.total, report.counts.failed, report.verdict) == (2, 1, "partial")
    assert [(cause.remediation, cause.targets) for cause in report.causes] == [
        (NOT_FOUND.remediation, ("acme/absent",))
    ]
    assert report.causes[0].guide is not None


def test_the_highest_attempt_wins_though_it_was_read_first() -> None:
    records = [record(0, "acme/api", "updated", attempt=2), record(0, "acme/api", "failed", attempt=1)]
    report = aggregate(plan("acme/api"), records, context())
    assert (report.results[0].outcome, report.ignored_records, report.verdict) == ("updated", 1, "passed")


def test_a_record_of_an_attempt_still_to_come_does_not_count() -> None:
    records = [record(0, "acme/api", "failed", attempt=2), record(0, "acme/api", "updated", attempt=3)]
    report = aggregate(plan("acme/api"), records, context())
    assert (report.counts.failed, report.ignored_records, report.duplicate_records) == (1, 1, 0)
    told = build(plan("acme/api"), records, context())
    assert "this run is only in attempt 2: acme/api \\(attempt 3\\)" in told.markdown
    assert "this run is only in attempt 2: acme/api (attempt 3)" in told.text


def test_a_run_that_reports_another_run_does_not_judge_its_attempts() -> None:
    records = [record(0, "acme/api", "updated", attempt=3)]
    assert aggregate(plan("acme/api"), records, context(run_id=7, run_attempt=1)).counts.updated == 1


def test_of_two_records_of_one_attempt_the_worse_counts_and_the_other_is_a_duplicate() -> None:
    late = record(0, "acme/api", "updated", finished_at=START + timedelta(hours=1))
    early = record(0, "acme/api", "failed", finished_at=START)
    stranger = record(0, "acme/api", plan_id="another-plan")
    for records in ([late, early, stranger], [stranger, early, late]):
        report = aggregate(plan("acme/api"), records, context())
        assert (report.counts.failed, report.duplicate_records, report.ignored_records) == (1, 1, 1)
    told = build(plan("acme/api"), [late, early], context()).markdown
    assert "1 more record of one target and attempt: the worst counts" in told
    assert "another plan" not in told
    same = aggregate(plan("acme/api"), [late, late], context())
    assert (same.duplicate_records, same.ignored_records) == (1, 0)


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
        ({"gate": "failure", "sync": "skipped"}, "does not know which of them works on the targets"),
    ],
)
def test_no_more_is_claimed_of_a_missing_target_than_the_jobs_results_tell(
    needs: dict[str, JobResult], said: str
) -> None:
    assert said in aggregate(plan("acme/api"), [], context(), needs=needs).results[0].message


@pytest.mark.parametrize(
    ("fate", "reason", "said", "remedy"),
    [
        ({"conclusion": "success"}, "lost", "The job ran", "Read the log"),
        ({"conclusion": "failure"}, "lost", "The job ran", "Read the log"),
        ({"conclusion": "timed_out"}, "lost", "time limit", "Raise `timeout-minutes`"),
        ({"conclusion": "cancelled"}, "cancelled", "The job of this target was cancelled", "raise `timeout-minutes`"),
        ({"conclusion": "cancelled", "began": False}, "not-started", "never started", "why the job did not start"),
        ({"conclusion": "skipped", "began": False}, "not-started", "never started", "why the job did not start"),
        ({"conclusion": "failure", "began": False}, "not-started", "never started", "why the job did not start"),
        # Of the rest the job tells nothing, and what is known of all jobs holds.
        ({"conclusion": None}, "lost", "may also have been cancelled", "Read the log"),
        ({"conclusion": None, "began": False}, "lost", "may also have been cancelled", "Read the log"),
        ({"conclusion": "neutral"}, "lost", "may also have been cancelled", "Read the log"),
        ({"conclusion": "a new one"}, "lost", "may also have been cancelled", "Read the log"),
    ],
)
def test_what_became_of_its_own_job_is_why_a_target_is_missing(
    fate: dict[str, Any], reason: str, said: str, remedy: str
) -> None:
    jobs = [job(0), job(1, **fate)]
    report = aggregate(plan(*NAMES[:2]), [record(0, NAMES[0])], context(), needs={"apply": "failure"}, jobs=jobs)
    result = report.results[1]
    assert (result.outcome, result.reason, result.job_url) == ("missing", reason, jobs[1].url)
    assert said in result.message
    assert result.error is not None
    assert remedy in result.error.remediation
    assert "GitHub gives one result" not in result.message or said.startswith("may also")


def test_one_matrix_with_a_leg_of_each_kind_is_told_leg_by_leg() -> None:
    names = [f"acme/{letter}" for letter in "abcdef"]
    jobs = [job(0), job(1, "failure"), job(2, "cancelled"), job(3, "cancelled", began=False), job(4, "failure")]
    records = [record(0, names[0]), record(1, names[1], "failed")]
    report = aggregate(plan(*names), records, context(), needs={"discover": "success", "apply": "failure"}, jobs=jobs)
    assert outcome_of(report.results) == {
        "acme/a": ("unchanged", "up-to-date"),
        "acme/b": ("failed", "branch-protected"),
        "acme/c": ("missing", "cancelled"),
        "acme/d": ("missing", "not-started"),
        "acme/e": ("missing", "lost"),
        "acme/f": ("missing", "lost"),
    }
    urls = [result.job_url for result in report.results]
    assert urls == [*(each.url for each in jobs), None], "of the last one there is no job"
    assert "not known whether its job ran" in report.results[5].message, "GitHub does not say that it never started"


def test_a_result_leads_to_the_job_of_its_own_attempt_and_a_missing_target_to_the_last() -> None:
    # Attempt 2 is here in full: what was not run again GitHub holds there anew, under a number of its own.
    jobs = [job(leg, ended, attempt=n) for n in (1, 2) for leg, ended in ((0, "success"), (1, "failure"))]
    records = [record(0, NAMES[0], attempt=1), record(1, NAMES[1], "failed", attempt=2)]
    report = aggregate(plan(*NAMES[:2]), records, context(), jobs=jobs)
    assert [result.job_url for result in report.results] == [jobs[0].url, jobs[3].url]
    report = aggregate(plan(*NAMES[:2]), [], context(), jobs=jobs)
    assert [result.job_url for result in report.results] == [jobs[2].url, jobs[3].url]
    report = aggregate(plan(*NAMES[:2]), records[:1], context(), jobs=[*jobs, job(1, "cancelled", attempt=2, id=7)])
    assert [(r.reason, r.job_url) for r in report.results] == [("up-to-date", jobs[0].url), ("lost", None)]


def test_a_record_that_cannot_be_read_leads_to_the_job_that_wrote_it() -> None:
    jobs = [job(0, attempt=1), job(0, "cancelled", attempt=2)]
    spoiled = Unreadable(path="00000-a1.json", problem="broken", index=0, attempt=1)
    report = aggregate(plan(NAMES[0]), [], context(), jobs=jobs, unreadable=(spoiled,))
    assert [(r.reason, r.job_url) for r in report.results] == [("lost", jobs[0].url)]


@pytest.mark.parametrize("jobs", [[], [job(7)], [job(0, url="")]])
def test_where_a_record_says_its_log_is_is_never_believed(jobs: list[Job]) -> None:
    hostile = record(0, NAMES[0], "failed", job_url="https://github.com/mallory/x/actions/runs/1/job/1")
    assert aggregate(plan(NAMES[0]), [hostile], context(), jobs=jobs).results[0].job_url is None


def test_a_newer_record_that_cannot_be_read_outranks_an_older_success() -> None:
    roster = plan("acme/api")
    first, second = (record(0, "acme/api", "updated", attempt=attempt) for attempt in (1, 2))
    told_by_text = Unreadable(path="x.json", problem="broken", target="acme/api", attempt=2)
    told_by_name = Unreadable(path="00000-a2.json", problem="broken", index=0, attempt=2)
    of_no_attempt = Unreadable(path="x.json", problem="broken", target="acme/api")
    for file in (told_by_text, told_by_name, of_no_attempt):
        assert aggregate(roster, [first], context(), unreadable=(file,)).counts.missing == 1
    older = Unreadable(path="00000-a1.json", problem="broken", index=0, attempt=1)
    assert aggregate(roster, [second], context(), unreadable=(older,)).counts.updated == 1


@pytest.mark.parametrize(
    "file",
    [
        Unreadable(path="00000-a2.json", problem="broken", index=0, attempt=2, plan_id="another-plan"),
        Unreadable(path="00000-a3.json", problem="broken", index=0, attempt=3),
        Unreadable(path="00009-a2.json", problem="broken", index=9, attempt=2),
        Unreadable(path="x.json", problem="broken"),
    ],
    ids=["another plan", "attempt still to come", "no such index", "of nobody"],
)
def test_an_unreadable_file_that_is_no_targets_of_this_run_changes_no_result(file: Unreadable) -> None:
    report = aggregate(plan("acme/api"), [record(0, "acme/api", "updated")], context(), unreadable=(file,))
    assert report.counts.updated == 1


def test_an_unreadable_record_of_the_same_attempt_is_the_worse_of_two_but_hides_no_failure() -> None:
    file = Unreadable(path="00000-a1.json", problem="broken", index=0, attempt=1)
    for outcome, counted in (("updated", "missing"), ("failed", "failed")):
        report = aggregate(plan("acme/api"), [record(0, "acme/api", outcome)], context(), unreadable=(file,))
        assert report.results[0].outcome == counted


def test_an_unreadable_record_is_lost_even_when_the_run_was_cancelled() -> None:
    report = aggregate(
        plan("acme/api", "acme/cli"),
        [],
        context(),
        needs={"apply": "cancelled"},
        unreadable=(Unreadable(path="x.json", problem="broken", target="acme/api"),),
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
        ("rate-limit", ("acme/d",), True),
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
    assert report.usage == Usage(requests=9, writes=4, seconds_waited=118.0, lowest_limit=left(2))
    assert report.started_at == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)
    assert report.started_at.tzinfo is UTC
    assert report.finished_at == START + timedelta(seconds=13)


@given(limits=st.lists(any_limit, min_size=1, max_size=5), seed=st.integers())
def test_the_lowest_limit_is_the_one_with_the_least_left_by_share_whatever_the_order(
    limits: list[RateLimit | None], seed: int
) -> None:
    names = [f"acme/{index}" for index in range(len(limits))]
    records = [record(i, names[i], usage=Usage(lowest_limit=limit)) for i, limit in enumerate(limits)]
    lowest = aggregate(plan(*names), records, context()).usage.lowest_limit
    told = [limit for limit in limits if limit]
    assert (lowest in told) == bool(told)
    if lowest:
        assert all(lowest.remaining * other.limit <= other.remaining * lowest.limit for other in told)
    assert tightest(random.Random(seed).sample(limits, len(limits))) == lowest


def test_what_the_note_says_of_an_unreadable_file_is_what_it_counted_for() -> None:
    files = [
        Unreadable(path="00000-a2.json", problem="broken", index=0, attempt=2),
        Unreadable(path="00001-a2.json", problem="broken", index=1, attempt=2),
        Unreadable(path="00002-a3.json", problem="broken", index=2, attempt=3),
        Unreadable(path="x.json", problem="broken", plan_id="another-plan"),
    ]
    records = [record(index, name, "updated") for index, name in enumerate(NAMES)]
    told = build(plan(*NAMES), records, context(), unreadable=files)
    assert [result.outcome for result in told.report.results] == ["missing", "missing", "updated"]
    missing, nothing = told.unreadable.split(" 2 record files could not be read. ")
    assert missing.startswith("2 record files could not be read. Each counts as `missing` ")
    assert missing.endswith(": 00000-a2.json (broken); 00001-a2.json (broken).")
    assert nothing.startswith("Each does not count: ")
    assert nothing.endswith(": 00002-a3.json (broken); x.json (broken).")
