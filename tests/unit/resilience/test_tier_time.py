from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.resilience.tier_time import shares, tier_time


@pytest.mark.parametrize(
    ("timeouts", "budget", "expected"),
    [
        ((None, None, None), 30, (10, 10, 10)),
        ((10, None, None), 31, (11, 10, 10)),
        ((100, None), 300, (105, 195)),
        ((40, 50, 60), 300, (44, 55, 65)),
        ((40, 50, 60), 164, (44, 55, 65)),
        ((40, 50, 60), 163, (40, 50, 60)),
        ((100, None), 105, (100, 5)),
        ((100, None), 106, (105, 1)),
        ((30, None), 30, (30, 0)),
    ],
)
def test_shares(timeouts: tuple[float | None, ...], budget: float, expected: tuple[float, ...]) -> None:
    assert shares(timeouts, budget, most_grace_seconds=5) == expected


def test_a_timeout_is_kept_whole_where_the_budget_has_room() -> None:
    for timeout in (1.0, 30.0, 50.0, 400.0):
        own, rest = shares((timeout, None), 1000, most_grace_seconds=5)
        assert own + rest == 1000
        time = tier_time(timeout, left_seconds=1000, later_seconds=rest, most_grace_seconds=5)
        assert time.limit_seconds == pytest.approx(timeout)


def test_a_tier_without_a_timeout_uses_what_is_left_to_it() -> None:
    assert tier_time(None, left_seconds=100, later_seconds=30, most_grace_seconds=5) == (65, 5)
    assert tier_time(20, left_seconds=100, later_seconds=30, most_grace_seconds=5) == (20, 5)
    assert tier_time(None, left_seconds=11, later_seconds=0, most_grace_seconds=5) == (10, 1)


def test_no_time_is_left() -> None:
    assert tier_time(20, left_seconds=30, later_seconds=30, most_grace_seconds=5) == (0, 0)
    assert tier_time(None, left_seconds=10, later_seconds=30, most_grace_seconds=5).limit_seconds < 0


@given(
    timeouts=st.lists(st.one_of(st.none(), st.floats(0.1, 1e4)), min_size=2, max_size=6),
    spare=st.floats(0.1, 1e4),
)
def test_tiers_that_use_all_of_their_time_leave_each_later_one_its_share(
    timeouts: list[float | None], spare: float
) -> None:
    budget = sum(timeout or 0 for timeout in timeouts) + spare
    parts = shares(timeouts, budget, most_grace_seconds=5)
    left = budget
    for place, timeout in enumerate(timeouts):
        later = sum(parts[place + 1 :])
        limit, grace = tier_time(timeout, left_seconds=left, later_seconds=later, most_grace_seconds=5)
        assert limit >= min(parts[place] * 10 / 11, parts[place] - 1e-6) - 1e-6
        assert timeout is None or limit <= timeout
        left -= limit + grace
        assert left >= later - 1e-6
    assert left >= -1e-6
