"""Two jobs record the same targets under two names: neither hides the other, merged or not."""

from __future__ import annotations

import pytest

from support.editions import without_github
from support.report_stage import ReportStage

pytestmark = without_github(why="Records and their report are files.")


def two_jobs(*, lint: tuple[str | None, ...], test: tuple[str | None, ...]) -> ReportStage:
    stage = ReportStage()
    for job, outcomes in (("lint", lint), ("test", test)):
        for index, outcome in enumerate(outcomes):
            if outcome:
                stage.record(index, outcome, job=job, name=f"sync-{job}")
    return stage


@pytest.mark.parametrize("merged", [True, False])
def test_a_failure_of_one_job_is_not_hidden_by_the_success_of_another(merged: bool) -> None:
    stage = two_jobs(lint=("failed", "unchanged"), test=("updated", "updated"))
    report, finish = stage.report(merged=merged)
    assert [(result.outcome, result.reason, result.job) for result in report.results] == [
        ("failed", "lint-failed", "lint"),
        ("updated", "test-updated", "test"),
    ]
    assert (report.verdict, finish.exit_code, report.ignored_records) == ("partial", 1, 0)


@pytest.mark.parametrize("merged", [True, False])
def test_a_target_that_one_of_the_jobs_did_not_record_is_missing(merged: bool) -> None:
    stage = two_jobs(lint=("updated", None), test=("updated", "updated"))
    report, _ = stage.report(merged=merged)
    assert [result.outcome for result in report.results] == ["updated", "missing"]
    assert "Expected of the job `lint` under the name `sync-lint`" in report.results[1].message


def test_a_job_whose_records_are_all_absent_is_expected_where_recorders_names_it() -> None:
    stage = two_jobs(lint=(None, None), test=("updated", "updated"))
    assert stage.outcomes() == {"acme/api": "updated", "acme/web": "updated"}
    for recorders in ("lint, test", "test,lint/sync-lint"):
        assert stage.outcomes(recorders=recorders) == {"acme/api": "missing", "acme/web": "missing"}
    assert stage.outcomes(recorders="test/sync-test") == {"acme/api": "updated", "acme/web": "updated"}
    assert stage.outcomes(recorders="test/other") == {"acme/api": "missing", "acme/web": "missing"}


@pytest.mark.parametrize("ended", ["failure", "cancelled", "skipped"])
def test_a_needed_job_that_did_not_succeed_and_recorded_nothing_is_never_green(ended: str) -> None:
    stage = two_jobs(lint=(None, None), test=("updated", "updated"))
    report, finish = stage.report(needs=f"discover=success\nlint={ended}\ntest=success")
    assert (report.verdict, finish.exit_code, report.silent_jobs) == ("partial", 1, ("lint",))
    assert f"The job lint ended as {ended}, and no record says why" in finish.summary
    assert stage.report(needs="lint=success\ntest=success")[0].verdict == "passed"


def test_a_job_that_failed_while_its_records_tell_successes_only_is_not_green() -> None:
    stage = two_jobs(lint=("updated", "updated"), test=("updated", "updated"))
    assert stage.report(needs="lint=failure\ntest=success")[0].silent_jobs == ("lint",)
    failed = two_jobs(lint=("failed", "updated"), test=("updated", "updated"))
    assert failed.report(needs="lint=failure\ntest=success")[0].silent_jobs == ()


def test_a_failure_recorded_in_a_called_workflow_explains_the_job_that_calls_it() -> None:
    stage = ReportStage()
    stage.record(0, "failed", job="build")
    stage.record(1, "updated", job="build")
    assert stage.report(needs="work=failure")[0].silent_jobs == ()
    good = ReportStage()
    for index in (0, 1):
        good.record(index, job="build")
    assert good.report(needs="work=failure")[0].silent_jobs == ("work",)


def test_what_one_job_skipped_is_no_recovery_though_another_changed_it() -> None:
    stage = two_jobs(lint=("skipped", "skipped"), test=("updated", "skipped"))
    assert stage.report()[0].untried == ("acme/api",)


def test_the_highest_attempt_of_each_job_counts_and_over_them_the_worst() -> None:
    stage = two_jobs(lint=("failed", "updated"), test=("updated", "failed"))
    stage.record(0, "updated", job="lint", name="sync-lint", attempt=2)
    assert stage.outcomes(attempt=2) == {"acme/api": "updated", "acme/web": "failed"}
    stage.record(1, "unchanged", job="test", name="sync-test", attempt=2)
    report, _ = stage.report(attempt=2)
    assert (report.verdict, report.ignored_records, report.duplicate_records) == ("passed", 2, 0)


def test_a_file_under_the_name_of_another_is_missing_for_both() -> None:
    stage = ReportStage()
    stage.record(0)
    stage.record(1)
    (other,) = stage.artifacts["sync-records-1-a1"]
    stage.rename("sync-records-0-a1", other)
    del stage.artifacts["sync-records-1-a1"]
    report, finish = stage.report(merged=False)
    assert [(result.outcome, result.reason) for result in report.results] == [("missing", "contradictory")] * 2
    assert "belongs into work.sync." in finish.summary


def test_a_record_in_the_artifact_of_another_leg_is_missing() -> None:
    stage = ReportStage()
    stage.record(0)
    stage.record(1)
    stage.artifacts["sync-records-1-a1"] |= stage.artifacts.pop("sync-records-0-a1")
    report, _ = stage.report(merged=False)
    assert [(result.outcome, result.reason) for result in report.results] == [
        ("missing", "contradictory"),
        ("updated", "work-updated"),
    ]


def test_a_file_that_people_renamed_freely_is_taken_by_its_text() -> None:
    stage = ReportStage()
    for index in (0, 1):
        stage.record(index)
        stage.rename(f"sync-records-{index}-a1", f"my-{index}.json")
    assert stage.report()[0].verdict == "passed"
