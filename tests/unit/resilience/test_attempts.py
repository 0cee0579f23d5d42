from __future__ import annotations

import pytest

from action_patterns.resilience.attempts import MAX_ATTEMPTS, WayOn, after_no_answer
from action_patterns.resilience.classification import OperationClass

RETRY_AFTER_ONE = WayOn("retry", 1.0)


@pytest.mark.parametrize(
    ("kind", "attempt", "seconds_left", "way"),
    [
        ("safe", 1, 60.0, RETRY_AFTER_ONE),
        ("idempotent", 1, 60.0, RETRY_AFTER_ONE),
        ("unsafe", 1, 60.0, WayOn("look-up")),
        ("safe", MAX_ATTEMPTS - 1, 60.0, WayOn("retry", 8.0)),
        ("safe", MAX_ATTEMPTS, 60.0, WayOn("give-up")),
        ("idempotent", MAX_ATTEMPTS, 60.0, WayOn("give-up")),
        ("unsafe", MAX_ATTEMPTS, 60.0, WayOn("look-up")),
        ("safe", 1, 1.0, RETRY_AFTER_ONE),
        ("safe", 1, 0.9, WayOn("give-up")),
        ("unsafe", 1, -1.0, WayOn("look-up")),
    ],
)
def test_the_way_on_after_no_answer(kind: OperationClass, attempt: int, seconds_left: float, way: WayOn) -> None:
    assert after_no_answer(kind, attempt, random=0.5, seconds_left=seconds_left) == way
