"""When to come back after a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.limits.refusal import read_date, read_refusal, read_warning

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
RESET = str(int(NOW.timestamp()) + 90)
SECONDARY = "You have exceeded a secondary rate limit."


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds", "primary"),
    [
        (429, {"retry-after": "7"}, "", 7, False),
        (429, {}, "", 60, False),
        (403, {"retry-after": "7"}, "Forbidden", 7, False),
        (403, {}, SECONDARY, 60, False),
        (403, {}, "You have triggered an abuse detection mechanism.", 60, False),
        (403, {}, "API rate limit exceeded for installation ID 1.", 60, False),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}, "API rate limit exceeded", 91, True),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}, "Forbidden", 91, True),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}, "", 91, True),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}, "", 1, True),
        (403, {"x-ratelimit-remaining": "0", "retry-after": "5", "x-ratelimit-reset": RESET}, "", 5, True),
        (403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": RESET}, SECONDARY, 60, False),
        (422, {}, "Validation Failed: was submitted too quickly", 60, False),
        (429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "", 60, False),
        (429, {"retry-after": "-5"}, "", 60, False),
        (429, {"retry-after": "nan"}, "", 60, False),
        (429, {"retry-after": "inf"}, "", 60, False),
    ],
)
def test_a_limit(status: int, headers: dict[str, str], message: str, seconds: float, primary: bool) -> None:
    refusal = read_refusal(status, headers, message, NOW, 1)
    assert refusal is not None
    assert (refusal.seconds, refusal.primary) == (seconds, primary)
    assert refusal.resumes_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (403, {}, "Resource not accessible by integration"),
        (403, {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": RESET}, "Must have admin rights"),
        (404, {"retry-after": "7"}, "Not Found"),
        (422, {}, "Validation Failed"),
        (401, {"x-ratelimit-remaining": "0"}, "Bad credentials"),
        (502, {"retry-after": "7"}, "Bad Gateway"),
        (200, {"x-ratelimit-remaining": "0"}, ""),
    ],
)
def test_any_other_refusal_is_no_limit(status: int, headers: dict[str, str], message: str) -> None:
    assert read_refusal(status, headers, message, NOW, 1) is None


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 60), (2, 120), (3, 240), (4, 480)])
def test_a_limit_is_waited_for_longer_each_time(attempt: int, seconds: float) -> None:
    refusal = read_refusal(403, {}, SECONDARY, NOW, attempt)
    assert refusal is not None
    assert refusal.seconds == seconds
    # So is one with a time: whoever is refused twice is not alone.
    refusal = read_refusal(403, {"retry-after": "60"}, SECONDARY, NOW, attempt)
    assert refusal is not None
    assert refusal.seconds == seconds
    # A reset is a time, and no length.
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}
    refusal = read_refusal(403, headers, "API rate limit exceeded", NOW, attempt)
    assert refusal is not None
    assert refusal.seconds == 91


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]),
        st.text(max_size=8) | st.integers().map(str) | st.floats().map(str),
    ),
    st.text() | st.just(SECONDARY),
    st.integers(1, 5),
)
def test_whatever_a_server_says_the_wait_is_a_time_that_can_be_waited(
    status: int, headers: dict[str, str], message: str, attempt: int
) -> None:
    refusal = read_refusal(status, headers, message, NOW, attempt)
    assert refusal is None or (refusal.seconds >= 0 and refusal.resumes_at >= NOW)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}, 91.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) - 5)}, 1.0),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": RESET}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_the_last_request_of_the_hour_is_a_warning(headers: dict[str, str], seconds: float | None) -> None:
    assert read_warning(headers, NOW) == seconds


@pytest.mark.parametrize("minutes", [-20, 0, 20])
def test_a_reset_is_compared_with_githubs_clock_and_not_with_ours(minutes: int) -> None:
    ours = NOW + timedelta(minutes=minutes)
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET, "date": format_datetime(NOW, usegmt=True)}
    refusal = read_refusal(403, headers, "API rate limit exceeded", ours, 1)
    assert refusal is not None
    assert (refusal.seconds, refusal.resumes_at) == (91, NOW + timedelta(seconds=91))
    assert read_warning(headers, ours) == 91


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Wed, 01 Jul 2026 12:00:00 GMT", NOW),
        ("Wed, 01 Jul 2026 12:00:00 -0000", NOW),
        ("Wed, 01 Jul 2026 14:00:00 +0200", NOW),
        *((odd, None) for odd in ("", "now", "0", "Wed, 01 Jul 99999 12:00:00 GMT", "Wed, 01 Jul 2026 12:00 +999999")),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Wed, 01 Jul 1900 12:00:00 GMT", None),
    ],
)
def test_the_date_of_an_answer(text: str, time: datetime | None) -> None:
    assert read_date({"date": text}) == time


def test_an_answer_may_have_no_date() -> None:
    assert read_date({}) is None


@given(st.text() | st.datetimes().map(format_datetime))
def test_whatever_a_date_says_the_wait_is_a_time_that_can_be_waited(date: str) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999", "date": date}
    refusal = read_refusal(403, headers, "", NOW, 1)
    assert refusal is not None
    assert refusal.seconds >= 0
