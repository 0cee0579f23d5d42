"""When a limit resets: read from a refusal, and from the answer that used the last of a limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

SECONDARY_WAIT_SECONDS = 60.0
"""Wait after a secondary limit whose refusal names no time (GitHub docs, "Best practices for using the REST API")."""
_LATEST_SECONDS = 1e11
"""No time or wait is beyond this (the year 5138): a header that says so is no number to count with."""


class Refusal(NamedTuple):
    """A request GitHub did not process because of a limit: how long to wait, and until when."""

    seconds: float
    resumes_at: datetime
    primary: bool


def read_refusal(status: int, headers: Mapping[str, str], message: str, now: datetime, attempt: int) -> Refusal | None:
    """The limit behind a refused request; None when it was refused for another reason.

    A 403 is a limit if it says when to come back, if the primary limit is used up, or if its message names a limit;
    any other 403 is about permission. `attempt` counts from 1. The wait doubles with each further one, as the same page
    asks: jobs that share a token prolong each other's refusal, until each waits longer than the others need. A reset is
    a time of GitHub's clock, so it is compared with the answer's `Date`; `now` is the local time, where there is none.
    """
    now = read_date(headers) or now
    text = message.lower()
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    named = "rate limit" in text or "abuse detection" in text or "submitted too quickly" in text
    if not (
        status == 429
        or (status == 403 and ("retry-after" in headers or exhausted or named))
        or (status == 422 and "submitted too quickly" in text)
    ):
        return None
    longer = 2.0 ** (attempt - 1)
    seconds = _number(headers.get("retry-after"))
    if seconds is not None:
        seconds = min(seconds * longer, _LATEST_SECONDS)
    elif exhausted and (reset := _number(headers.get("x-ratelimit-reset"))) is not None:
        # One second more: both times are in whole seconds.
        seconds = max(0.0, reset - now.timestamp()) + 1.0
    if seconds is None:
        seconds = SECONDARY_WAIT_SECONDS * longer
    return Refusal(seconds, datetime.fromtimestamp(now.timestamp() + seconds, UTC), primary=exhausted)


def read_warning(headers: Mapping[str, str], now: datetime, *, in_flight: int = 0) -> float | None:
    """Return the seconds until the primary limit is reset. None: the answer leaves room for another request.

    `in_flight`: requests of other threads that were sent, or are about to be. They may use what this answer says is
    left.
    """
    left, reset = _number(headers.get("x-ratelimit-remaining")), _number(headers.get("x-ratelimit-reset"))
    if left is None or left > in_flight or reset is None:
        return None
    return max(0.0, reset - (read_date(headers) or now).timestamp()) + 1.0


def read_date(headers: Mapping[str, str]) -> datetime | None:
    """Return the time of an answer by the server's clock (RFC 9110, "Date"). None: it names none that can be read."""
    try:
        date = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    # By its seconds: a time of the first or last day of the calendar has no UTC.
    return datetime.fromtimestamp(date.timestamp(), UTC) if 0 <= date.timestamp() < _LATEST_SECONDS else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0.0 <= number < _LATEST_SECONDS else None
