"""`record` takes upsert-pr's result: message, remedy, guide, files and usage are in the report."""

from __future__ import annotations

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.errors import InputError
from support.editions import without_github
from support.report_builders import record as record_of
from support.report_stage import ReportStage

pytestmark = without_github(why="Records and their report are files.")


def result(outcome: str) -> TargetResult:
    return record_of(0, "acme/api", outcome, plan_id="1234567-1-upsert-pr")


@pytest.mark.parametrize("outcome", ["created", "blocked", "deferred", "unchanged"])
def test_nothing_is_lost(outcome: str) -> None:
    stage, given = ReportStage(), result(outcome)
    stage.record(0, None, result="r.json", files={"r.json": given.encode()})
    told = stage.report()[0].results[0]
    own = {"plan_id": stage.plan.plan_id, "job": "work", "name": "sync"}
    assert told == given.model_copy(update=own)


def test_a_cause_has_its_remedy_and_its_guide() -> None:
    stage = ReportStage()
    stage.record(0, None, result="r.json", files={"r.json": result("blocked").encode()})
    (cause,) = (each for each in stage.report()[0].causes if each.reason == "branch-protected")
    given = result("blocked").error
    assert given is not None
    assert (cause.message, cause.remediation) == (given.message, given.remediation)
    assert cause.guide is not None and cause.guide.endswith("#reason-branch-protected")


def test_where_the_step_had_no_result_the_outcome_and_the_reason_count() -> None:
    stage = ReportStage()
    stage.record(0, "failed", result=None)
    assert stage.report()[0].results[0].reason == "work-failed"
    with pytest.raises(InputError, match="Neither `result` nor `outcome` and `reason` is given"):
        stage.record(1, None, result=None)
