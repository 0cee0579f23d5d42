"""Targets that a breaker or a stop flag had skipped: their work is not done, and every part of a report says so."""

from __future__ import annotations

import pytest

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.contracts.result import HELD_BACK
from action_patterns.distribution.reasons import HELD_BACK as REASONS
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.model.fail_on import parse
from action_patterns.report.render import plain_text
from action_patterns.report.render.headline import verdict_line
from action_patterns.report.render.markdown import document
from action_patterns.report.render.run_again import ways
from action_patterns.report.render.view import Detail, Page
from action_patterns.tracking.decide import standing
from support.report_builders import context, plan, record


def reported(*records: TargetResult, apply: str = "failure") -> RunReport:
    return aggregate(plan(*(each.target for each in records)), records, context(), needs={"apply": apply})  # type: ignore[dict-item]


def held(index: int, reason: str = "breaker-open") -> TargetResult:
    return record(index, f"acme/held-{index}", "skipped", reason=reason, message="It was not tried.")


def done(index: int) -> TargetResult:
    return record(index, f"acme/done-{index}", "updated")


@pytest.mark.parametrize("reason", sorted(HELD_BACK))
@pytest.mark.parametrize("apply", ["success", "failure"])
def test_the_verdict_is_partial_and_the_record_says_why_its_job_is_red(reason: str, apply: str) -> None:
    report = reported(held(0, reason), done(1), apply=apply)
    assert (report.verdict, report.silent_jobs, report.held_back) == ("partial", (), ("acme/held-0",))
    assert reported(held(0, reason), apply=apply).verdict == "partial", "also where nothing else was tried"
    (cause,) = report.causes
    assert (cause.reason, cause.targets, cause.retryable) == (reason, ("acme/held-0",), False)
    assert "Do not work past the breaker." in cause.remediation
    assert standing(report) == "unsure"


def test_another_skip_and_another_outcome_of_that_name_are_none() -> None:
    report = reported(record(0, "acme/a", "skipped", reason="archived"), apply="success")
    assert (report.verdict, report.held_back, report.causes) == ("passed", (), ())
    assert reported(record(0, "acme/a", "unchanged", reason="stopped"), apply="success").verdict == "passed"


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("any", 1),
        ("all", 0),
        ("never", 0),
        ("threshold:0", 0),
        ("class:breaker-open", 1),
        ("class:stopped", 0),
        ("class:failed", 0),
    ],
)
def test_it_is_red_under_any_and_by_its_reason(policy: str, code: int) -> None:
    assert parse(policy).exit_code(reported(held(0), done(1))) == code
    assert parse(policy).exit_code(reported(done(0), done(1), apply="success")) == 0


def test_every_rendering_names_the_targets_and_their_reason() -> None:
    report = reported(held(0), held(1), done(2))
    assert verdict_line(report) == "Partial: 2 repositories held back"
    page = Page(context=context(), distributes=True)
    text = document.render(report, page, Detail())
    assert "Targets that were held back, by cause" in text
    for rendered in (text, plain_text.render(report, page)):
        assert "acme/held-0" in rendered
        assert "breaker-open" in rendered
    both = reported(held(0), record(1, "acme/b", "failed"), done(2))
    assert verdict_line(both) == "Partial: 1 of 3 repositories needs attention, 1 repository held back"


def test_a_new_run_of_them_is_one_line() -> None:
    (way,) = ways(reported(held(0), held(1), done(2)), Page(context=context(), distributes=True))
    assert way.verbatim == "acme/held-0,acme/held-1"


def test_the_reasons_of_apply_are_among_them() -> None:
    assert {each.code for each in REASONS} < HELD_BACK
    assert all(each.outcome == "skipped" for each in REASONS)
