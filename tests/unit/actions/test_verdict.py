"""verdict: the code of each result, as a table."""

from __future__ import annotations

import pytest

from action_patterns.actions.verdict import Facts, decide


@pytest.mark.parametrize(
    ("result", "concerned", "allowed", "code"),
    [
        ("success", None, False, "succeeded"),
        ("success", False, False, "succeeded"),
        ("failure", False, True, "failed"),
        ("cancelled", False, True, "cancelled"),
        ("skipped", None, False, "skipped"),
        ("skipped", None, True, "allowed"),
        ("skipped", False, False, "not-concerned"),
        ("skipped", True, True, "skipped"),
        ("None", None, True, "failed"),
        ("", None, True, "failed"),
    ],
)
def test_a_result(result: str, concerned: bool | None, allowed: bool, code: str) -> None:
    groups = {} if concerned is None else {"job": concerned}
    facts = Facts(results={"job": result}, groups=groups, may_be_skipped=("job",) if allowed else ())
    assert decide(facts) == {"job": code}
