"""What a campaign costs at worst, and how parallel it may be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.discovery.cost import estimate
from action_patterns.limits.primary import PrimaryLimit
from action_patterns.limits.shares import MAX_PARALLEL
from action_patterns.ports.rate_limits import Limits

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
LIMITS = Limits((PrimaryLimit("core", 5000, 3766, 1234, NOON),), NOON)


@pytest.mark.parametrize(
    ("targets", "legs", "spacing", "needed", "parallel", "seconds"),
    [
        (0, 0, 1.0, 0, 1, 0),
        (1, 1, 1.0, 7, 1, 3),
        (100, 100, 1.0, 700, 3, 300),
        (10_000, 256, 1.0, 70_000, 3, 69_135),  # five hundred pull requests an hour
        (500, 1, 1.0, 3_500, 1, 1_999),
        (500, 25, 1.0, 3_500, 3, 1_975),
        (100, 100, 2.0, 700, 6, 600),
        (100, 100, 0.02, 700, 10, 6),
        (100, 2, 0.02, 700, 2, 7),
    ],
)
def test_the_cost_of_a_campaign(
    targets: int, legs: int, spacing: float, needed: int, parallel: int, seconds: int
) -> None:
    budget = estimate(["acme"] * targets, legs, LIMITS, write_spacing_seconds=spacing)
    assert (budget.requests_needed, budget.max_parallel, budget.minimum_seconds) == (needed, parallel, seconds)
    assert budget.requests_remaining == 1234


def test_the_least_time_is_that_of_the_owner_with_the_most_targets() -> None:
    """An App has a token for each owner; an owner's name has no case."""
    owners = ["acme"] * 100 + ["ACME"] * 50 + ["initech"] * 149
    budget = estimate(owners, 1, None, write_spacing_seconds=1.0)
    assert (budget.minimum_seconds, budget.requests_needed) == (599, 299 * 7)


def test_what_github_does_not_say_is_unknown() -> None:
    assert estimate(["acme"], 1, None, write_spacing_seconds=1.0).requests_remaining is None


@given(st.integers(0, 10_000), st.integers(0, 256), st.floats(0, 60))
def test_a_run_is_always_parallel_at_least_once_and_never_beyond_its_legs(
    targets: int, legs: int, spacing: float
) -> None:
    budget = estimate(["acme"] * targets, legs, None, write_spacing_seconds=spacing)
    assert 1 <= budget.max_parallel <= min(MAX_PARALLEL, max(1, legs))


@given(st.integers(1, 256), st.floats(1, 60))
def test_all_legs_together_stay_within_githubs_points(legs: int, spacing: float) -> None:
    budget = estimate(["acme"] * 1000, legs, None, write_spacing_seconds=spacing)
    assert budget.max_parallel == 1 or budget.max_parallel * (60 / spacing) * 5 <= 900
