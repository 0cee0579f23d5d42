"""Globs of users. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase

MAX_PATTERN_CHARACTERS = 1_000
"""A longer pattern matches nothing: no name that it could stand for is so long, and to read it takes quadratic time."""


def matches(name: str, pattern: str) -> bool:
    """Return whether a glob stands for a name: `*` for any text, `?` for a character, `[ab]` for one of some."""
    return len(pattern) <= MAX_PATTERN_CHARACTERS and fnmatchcase(name, pattern)
