from __future__ import annotations

import pytest

from action_patterns.checks.check import Answer, Finding, blocking, finding


@pytest.mark.parametrize(
    ("holds", "answer", "detail"), [(True, "yes", ""), (False, "no", "because"), (None, "unknown", "because")]
)
def test_an_answer_other_than_yes_keeps_its_detail(holds: bool | None, answer: Answer, detail: str) -> None:
    assert finding("code", holds, "because") == Finding("code", answer, detail)


def test_every_no_blocks_in_its_order_and_an_unknown_does_not() -> None:
    checks = [finding("b", False), finding("x", None), finding("a", False), finding("y", True)]
    assert [each.code for each in blocking(checks)] == ["b", "a"]
    assert blocking([finding("x", None), finding("y", True)]) == ()
