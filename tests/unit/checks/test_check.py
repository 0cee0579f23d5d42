from __future__ import annotations

import pytest

from action_patterns.checks.check import Answer, Check, blocking, check


@pytest.mark.parametrize(
    ("holds", "answer", "detail"), [(True, "yes", ""), (False, "no", "because"), (None, "unknown", "because")]
)
def test_an_answer_other_than_yes_keeps_its_detail(holds: bool | None, answer: Answer, detail: str) -> None:
    assert check("code", holds, "because") == Check("code", answer, detail)


def test_every_no_blocks_in_its_order_and_an_unknown_does_not() -> None:
    checks = [check("b", False), check("x", None), check("a", False), check("y", True)]
    assert [each.code for each in blocking(checks)] == ["b", "a"]
    assert blocking([check("x", None), check("y", True)]) == ()
