"""A point in time that a person writes: a date, or how long ago. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def problem(text: str) -> str | None:
    """Return why a text is no point in time. None: it is one."""
    try:
        before(text, datetime(2100, 1, 1, tzinfo=UTC))
    except ValueError:
        return f"{text[:40]!r} is neither a date nor a duration"
    return None


def before(text: str, now: datetime) -> datetime:
    """Return the point in time. A date begins at midnight UTC, and so does a time without a zone.

    Raises:
        ValueError: the text is neither a date nor a duration.
    """
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
