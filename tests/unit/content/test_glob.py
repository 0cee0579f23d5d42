"""The globs of a caller, on names that other people gave."""

from __future__ import annotations

import pytest

from action_patterns.content.glob import MAX_PATTERN_CHARACTERS, matches
from action_patterns.errors import InputError


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("api", "a*", True),
        ("api", "?pi", True),
        ("api", "[ab]pi", True),
        ("api", "[!a]pi", False),
        ("api", "API", False),
        ("a" * 200, "*a" * 50 + "*", True),
        ("a" * 200, "*a" * 50 + "b", False),
        ("a", "*" * MAX_PATTERN_CHARACTERS, True),
    ],
)
def test_a_glob_stands_for_a_name(name: str, pattern: str, expected: bool) -> None:
    assert matches(name, pattern) is expected


def test_a_pattern_that_is_too_long_is_refused_and_not_taken_for_one_that_matches_nothing() -> None:
    with pytest.raises(InputError, match="has 1,001 characters; at most 1,000"):
        matches("a", "*" * (MAX_PATTERN_CHARACTERS + 1))
