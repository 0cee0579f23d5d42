"""When enough of a budget is left, and how many jobs find their calls in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.limits.primary import PrimaryLimit, available_at, done_at, jobs_that_fit, published

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def budget(remaining: int, limit: int, minutes: int = 50, resource: str = "core") -> PrimaryLimit:
    return PrimaryLimit(resource, limit, limit - remaining, remaining, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("found", "calls", "reserve", "minutes"),
    [
        (budget(50, 5000), 50, 0, 0),
        (budget(50, 5000), 51, 0, 50),
        (budget(50, 5000), 41, 10, 50),
        (budget(50, 5000), 5000, 0, 50),
        (budget(50, 5000), 5001, 0, None),
        (budget(50, 5000), 4991, 10, None),
        (budget(0, 5000), 0, 0, 0),
        (budget(5, 5000), 0, 10, 50),
    ],
)
def test_when_calls_may_be_sent(found: PrimaryLimit, calls: int, reserve: int, minutes: int | None) -> None:
    at = available_at(found, calls, reserve, NOW)
    if minutes is None:
        assert at is None
    else:
        assert at == NOW + (timedelta(minutes=minutes, seconds=1) if minutes else timedelta())


def test_a_reset_that_is_over_and_gave_nothing_is_not_taken_for_a_full_budget() -> None:
    late = budget(0, 5000, minutes=-5)
    assert available_at(late, 1, 0, NOW) == done_at(late, 1, 0, NOW) == NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("found", "calls", "reserve", "seconds"),
    [
        (budget(50, 1000), 50, 0, 0),
        (budget(50, 1000), 1050, 0, 3001),
        (budget(50, 1000), 1051, 0, 3001 + 3600),
        (budget(50, 1000), 1051, 100, 3001 + 3600),
        (budget(0, 30, resource="search"), 61, 0, 3001 + 2 * 60),
        (budget(50, 1000), 51, 1000, None),
        (budget(50, 1000), 0, 2000, 0),
    ],
)
def test_when_all_calls_are_through(found: PrimaryLimit, calls: int, reserve: int, seconds: int | None) -> None:
    at = done_at(found, calls, reserve, NOW)
    assert at == (None if seconds is None else NOW + timedelta(seconds=seconds))


@given(st.integers(0, 200), st.integers(1, 200), st.integers(0, 5000), st.integers(0, 250))
def test_the_end_is_that_of_a_budget_spent_hour_by_hour(remaining: int, limit: int, calls: int, reserve: int) -> None:
    found = budget(min(remaining, limit), limit)
    at = done_at(found, calls, reserve, NOW)
    left, hours, usable = calls - max(0, found.remaining - reserve), 0, limit - reserve
    while left > 0 and usable > 0:
        left, hours = left - usable, hours + 1
    expected = found.resets_at + timedelta(seconds=1, hours=hours - 1) if hours else NOW
    assert at == (None if left > 0 else expected)


@given(st.integers(0, 5000), st.integers(0, 300), st.integers(0, 6000))
def test_as_many_jobs_fit_as_calls_are_left(remaining: int, calls: int, reserve: int) -> None:
    jobs = jobs_that_fit(budget(remaining, 5000), calls, reserve)
    if calls == 0:
        assert jobs is None
    else:
        assert jobs is not None
        assert jobs * calls <= max(0, remaining - reserve) < (jobs + 1) * calls


def test_what_is_not_reported_has_its_published_size() -> None:
    found = [published(name, 1000, NOW) for name in ("core", "graphql", "search", "code_search")]
    assert [each.remaining for each in found] == [1000, 1000, 30, 10]
    assert [(each.resets_at - NOW).total_seconds() for each in found] == [3600, 3600, 60, 60]
