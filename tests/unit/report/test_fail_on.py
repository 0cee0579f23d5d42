"""Verdict is not exit code: the caller's policy maps one to the other."""

from __future__ import annotations

import pytest

from action_patterns.contracts import Counts, Verdict
from action_patterns.errors import InputError
from action_patterns.report import fail_on

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
        ("  any\n", 0, 1, 1),
    ],
)
def test_exit_code(policy: str, passed: int, two: int, all_failed: int) -> None:
    parsed = fail_on.parse(policy)
    assert parsed.exit_code("passed", PASSED) == passed
    assert parsed.exit_code("partial", TWO_OF_TEN) == two
    assert parsed.exit_code("failed", ALL) == all_failed
    assert parsed.exit_code("partial", DEFERRED) == 0
    assert parsed.exit_code("nothing-to-do", NONE) == 0
    verdict: Verdict = "inconclusive"
    assert parsed.exit_code(verdict, NONE) == 1


@pytest.mark.parametrize(
    "text",
    ["", "ANY", "some", "threshold", "threshold:", "threshold:-1", "threshold:1.5", "threshold:100%", "threshold:5 %",
     "threshold:1e3", "threshold:\u0663", "any,all"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(InputError) as refused:
        fail_on.parse(text)
    assert "threshold:<n>%" in refused.value.remediation


def test_percentages_are_exact() -> None:
    # 0.07 * 100 is 7.000000000000001 in floating point: 7 of 100 must not be more than 7 %.
    assert fail_on.parse("threshold:7%").exit_code("partial", Counts(failed=7, updated=93)) == 0
    assert fail_on.parse("threshold:7%").exit_code("partial", Counts(failed=8, updated=92)) == 1
