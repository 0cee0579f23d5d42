"""A date, or how long ago, as a point in time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from action_patterns.discovery import since

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("36h", datetime(2026, 6, 30, 0, tzinfo=UTC)),
        ("30d", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        ("2w", datetime(2026, 6, 17, 12, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T10:00:00Z", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_point_in_time(text: str, moment: datetime) -> None:
    assert since.problem(text) is None
    assert since.before(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "90", "0d", "90 days", "-3d", "1.5d", "99999999d", "2026-13-01", "yesterday", "3m"]
)
def test_what_is_none(text: str) -> None:
    assert since.problem(text) is not None


@pytest.mark.parametrize("text", ["99999w", "99999d", "99999h"])
def test_the_longest_duration_stays_in_the_calendar(text: str) -> None:
    assert since.problem(text) is None
    assert since.before(text, NOW) < NOW
