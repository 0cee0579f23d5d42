"""Verdict is not exit code: the caller's policy maps one to the other."""

from __future__ import annotations

import pytest

from action_patterns.contracts import Counts, RunReport, Verdict
from action_patterns.errors import InputError
from action_patterns.report.model import fail_on
from action_patterns.report.model.aggregate import aggregate
from support.report_builders import context, plan, record

PASSED = Counts(updated=10)
TWO_OF_TEN = Counts(updated=7, failed=1, missing=1, deferred=1)
ALL = Counts(failed=5, blocked=5)
DEFERRED = Counts(deferred=10)
NONE = Counts()


@pytest.mark.parametrize(
    ("policy", "passed", "two", "all_failed"),
    [
        ("any", 0, 1, 1),
        ("all", 0, 0, 1),
        ("never", 0, 0, 0),
        ("threshold:0", 0, 1, 1),
        ("threshold:1", 0, 1, 1),
        ("threshold:2", 0, 0, 1),
        ("threshold:10", 0, 0, 0),
        ("threshold:0%", 0, 1, 1),
        ("threshold:19.9%", 0, 1, 1),
        ("threshold:20%", 0, 0, 1),
        ("threshold:99%", 0, 0, 1),
        ("threshold:100%", 0, 0, 0),
        ("threshold:20 %", 0, 0, 1),
        ("threshold:.5%", 0, 1, 1),
        ("  any\n", 0, 1, 1),
    ],
)
def test_exit_code(policy: str, passed: int, two: int, all_failed: int) -> None:
    parsed = fail_on.parse(policy)
    assert parsed.exit_code(report("passed", PASSED)) == passed
    assert parsed.exit_code(report("partial", TWO_OF_TEN)) == two
    assert parsed.exit_code(report("failed", ALL)) == all_failed
    assert parsed.exit_code(report("partial", DEFERRED)) == 0
    assert parsed.exit_code(report("nothing-to-do", NONE)) == 0
    assert parsed.exit_code(report("inconclusive", NONE)) == 1


@pytest.mark.parametrize(
    ("policy", "exit_code"),
    [
        ("class:conflict", 1),  # the category of the error
        ("class:pull-request-refused", 0),
        ("class:human-commit", 1),  # the reason
        ("class:blocked", 1),  # the outcome
        ("class:lost", 1),
        ("class:cancelled", 0),
        ("class:rate-limit", 0),  # its only target was deferred, which is no failure
        ("class: permission , human-commit ,", 1),
        ("class:permission,not-found", 0),
    ],
)
def test_a_class_is_red_when_a_target_failed_that_way(policy: str, exit_code: int) -> None:
    roster = plan("acme/a", "acme/b", "acme/c", "acme/d")
    records = [
        record(0, "acme/a", "blocked", reason="human-commit"),
        record(1, "acme/b", "updated", reason="content"),
        record(2, "acme/c", "deferred"),
    ]
    parsed = fail_on.parse(policy)
    assert parsed.exit_code(aggregate(roster, records, context(), needs={"apply": "failure"})) == exit_code
    assert parsed.exit_code(aggregate(None, [], context())) == 1


@pytest.mark.parametrize("text", ["class:", "class:,", "class:permision", "class:permission,updated", "class:Failed"])
def test_a_class_that_does_not_exist_is_refused_naming_those_that_do(text: str) -> None:
    with pytest.raises(InputError) as refused:
        fail_on.parse(text)
    for known in ("permission", "human-commit", "blocked", "lost"):
        assert known in refused.value.remediation


@pytest.mark.parametrize(
    "text",
    ["", "ANY", "some", "threshold", "threshold:", "threshold:-1", "threshold:1.5", "threshold:101%", "threshold:5.%",
     "threshold:100.5%", "threshold:1e3", "threshold:\u0663", "any,all"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(InputError) as refused:
        fail_on.parse(text)
    assert "threshold:<n>%" in refused.value.remediation


def report(verdict: Verdict, counts: Counts) -> RunReport:
    return aggregate(None, [], context()).model_copy(update={"verdict": verdict, "counts": counts})


def test_percentages_are_exact() -> None:
    # 0.07 * 100 is 7.000000000000001 in floating point: 7 of 100 must not be more than 7 %.
    assert fail_on.parse("threshold:7%").exit_code(report("partial", Counts(failed=7, updated=93))) == 0
    assert fail_on.parse("threshold:7%").exit_code(report("partial", Counts(failed=8, updated=92))) == 1
