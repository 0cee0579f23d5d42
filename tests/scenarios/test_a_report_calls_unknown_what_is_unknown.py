"""A title, a nested call and an expired plan: no sentence claims more than GitHub says."""

from __future__ import annotations

import pytest

from action_patterns.ports.workflow_runs import Job, RunArtifact
from support.editions import without_github
from support.report_builders import job
from support.report_stage import ReportStage

pytestmark = without_github(why="A fake lists the jobs and artifacts.")

NEVER_STARTED = "never started: no runner took it"


def missing(*jobs: Job, needs: str = "work=failure") -> tuple[str, str | None]:
    """Return the message and the log of the second target, which left no record."""
    stage = ReportStage()
    stage.record(0, "failed")
    result = stage.report(jobs=jobs, needs=needs, token="t")[0].results[1]
    return result.message, result.job_url


@pytest.mark.parametrize("title", ["Work 1: b", "Work 1: lint / test", "Work 1 / build", "Work (1, acme/web) / build"])
def test_a_leg_that_ran_and_died_is_found_by_any_title(title: str) -> None:
    died = job(1, "failure", name=title)
    message, log = missing(job(0, "failure", name="Work 0: a"), died)
    assert message.startswith("The job ran, but no readable record")
    assert log == died.url


def test_a_leg_whose_job_has_another_name_is_unknown_and_not_never_started() -> None:
    message, log = missing(job(0, "failure", name="Work 0: a"), job(1, "failure", name="b: Work 1"))
    assert "It is not known whether its job ran" in message
    assert log is None


def test_never_started_is_said_where_github_says_so() -> None:
    message, _ = missing(job(0, "failure", name="Work 0"), job(1, "cancelled", name="Work 1", began=False))
    assert NEVER_STARTED in message


def test_without_any_evidence_nothing_is_claimed() -> None:
    assert "It is not known whether its job ran" in missing(needs="")[0]


def test_an_older_success_is_not_taken_for_a_later_job_that_failed() -> None:
    stage = ReportStage()
    stage.record(0)
    stage.record(1)
    again = job(1, "failure", name="Work 1", attempt=2)
    jobs = (job(0, name="Work 0"), job(1, name="Work 1"), job(0, name="Work 0", attempt=2), again)
    report, _ = stage.report(jobs=jobs, attempt=2, token="t")
    assert [(result.outcome, result.job_url) for result in report.results] == [
        ("updated", job(0, name="Work 0").url),
        ("missing", again.url),
    ]


@pytest.mark.parametrize(
    ("inputs", "stored", "said"),
    [
        ({"plan_digest": "d"}, [("sync-plan-a1", True)], "The artifact sync-plan-a1 expired"),
        ({"plan_digest": "d"}, [("sync-plan-a1", False)], "GitHub holds the artifact sync-plan-a1"),
        ({"plan_digest": "d", "name": "sync"}, [("other-plan-a1", False)], "No artifact of this run is a plan"),
        ({"plan_digest": "d", "token": None}, [], "discover wrote a plan, as its digest is given"),
        ({}, [], "It is not known whether a plan was written"),
    ],
)
def test_a_plan_that_expired_is_distinguished_from_one_that_was_never_written(
    inputs: dict[str, str | None], stored: list[tuple[str, bool]], said: str
) -> None:
    held = tuple(RunArtifact(*each) for each in stored)
    report, finish = ReportStage().report(has_plan=False, stored=held, **({"token": "t"} | inputs))
    assert (report.verdict, finish.exit_code) == ("inconclusive", 1)
    assert said in finish.summary.replace("\\", "").replace("\u2060", "")
