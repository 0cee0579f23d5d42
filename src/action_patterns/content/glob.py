"""Globs of users. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase

from action_patterns.errors import InputError, Problem

MAX_PATTERN_CHARACTERS = 1_000
"""To read a pattern takes quadratic time. No name that a longer one could stand for is so long."""


def matches(name: str, pattern: str) -> bool:
    """Return whether a glob stands for a name: `*` for any text, `?` for a character, `[ab]` for one of some.

    Raises:
        InputError: the pattern is too long.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise InputError(
            Problem(
                f"The pattern that begins {pattern[:40]!r} has {len(pattern):,} characters; at most"
                f" {MAX_PATTERN_CHARACTERS:,} are read.",
                "Write several patterns, each on a line.",
            )
        )
    return fnmatchcase(name, pattern)
