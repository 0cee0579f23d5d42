"""Durations as people write them, to name the number that an input asks for."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)"
_PART = re.compile(rf"(\d{{1,9}}(?:\.\d{{1,3}})?)\s*({_UNIT})", re.IGNORECASE)
_WHOLE = re.compile(rf"(?:{_PART.pattern}[\s,]*)+", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.IGNORECASE)
_EXPONENT = re.compile(r"\d{1,3}e\d")


def seconds_of(text: str) -> float | None:
    """Return the seconds of `10m`, `1h30m`, `10 min` or `PT5M` (ISO 8601). None: the text is none of these."""
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return sum(float(number) * _SECONDS[unit[0].lower()] for number, unit in _PART.findall(text))
    iso = _ISO.fullmatch(text)
    if iso is None or not any(iso.groups()):
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in zip(iso.groups(), "wdhms", strict=True) if number)


def age_text(seconds: float) -> str:
    """Return a time as a whole number of its largest unit, up to days: `90m`."""
    unit = next((each for each in "dhm" if not seconds % _SECONDS[each]), "s")
    return f"{seconds / _SECONDS[unit]:.0f}{unit}"


def number_meant(name: str, text: str) -> str | None:
    """Return the number that a duration makes in the unit that an input's name ends with. None: it makes none.

    A number with an exponent is spelled out for an input of any name.
    """
    if _EXPONENT.fullmatch(text):
        return f"{float(text):.0f}"
    unit = name.rpartition("-")[2]
    seconds = seconds_of(text) if unit in ("seconds", "minutes", "hours", "days") else None
    if seconds is None or seconds % _SECONDS[unit[0]]:
        return None
    return f"{seconds / _SECONDS[unit[0]]:.0f}"
