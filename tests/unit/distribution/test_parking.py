"""Ends that count as a failure of the target: those that another run would meet again."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.contracts.result import ErrorRecord, Outcome
from action_patterns.distribution.parking import Parking
from action_patterns.errors import Category
from action_patterns.ports.credentials import Credentials
from support.memory_ports import World


@pytest.mark.parametrize(
    ("outcome", "category", "retryable", "counts"),
    [
        ("failed", "permission", False, True),
        ("failed", "defect", False, True),
        ("failed", "unavailable", True, False),
        ("deferred", "rate-limit", True, False),
        ("blocked", "conflict", False, False),
        ("skipped", "conflict", False, False),
        ("planned", "conflict", False, False),
        ("created", "conflict", False, False),
    ],
)
def test_the_store_is_opened_for_a_failure_of_the_target_only(
    outcome: Outcome, category: Category, retryable: bool, counts: bool
) -> None:
    world = World()
    parking = Parking(
        world.ports(), Credentials("t"), repository="acme/store", operation="o", digest="d", after=3, store="refs"
    )
    error = ErrorRecord(category=category, message="m", remediation="r", retryable=retryable)
    result = TargetResult(
        plan_id="p", index=0, target="acme/api", attempt=1, outcome=outcome, reason=category, error=error
    )
    with pytest.raises(AttributeError, match="refs") if counts else nullcontext():  # The fake has no refs.
        parking.ended([result])
    assert bool(world.tokens) == counts
