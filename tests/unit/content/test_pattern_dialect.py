"""Patterns of other tools are recognised, and a name or a glob is not taken for one."""

from __future__ import annotations

import pytest

from action_patterns.content.pattern_dialect import alternatives, foreign_dialect, spelled_out


@pytest.mark.parametrize(
    ("pattern", "dialect"),
    [
        ("!acme/legacy-*", "negation"),
        ("acme/{a,b}", "braces"),
        ("r{1..3}", "braces"),
        ("/legacy-.*/", "regular-expression"),
        ("/legacy/i", "regular-expression"),
        ("acme/*", None),
        ("[!a]*", None),
        ("{{cookiecutter}}/x", None),
        ("/", None),
        ("//", None),
        ("", None),
    ],
)
def test_a_dialect_is_recognised(pattern: str, dialect: str | None) -> None:
    assert foreign_dialect(pattern) == dialect


def test_braces_are_written_out() -> None:
    assert [*alternatives("acme/{legacy-tool, api}-x")] == ["acme/legacy-tool-x", "acme/api-x"]
    assert [*alternatives("r{1..3}")] == []
    assert spelled_out("r{1..3}") == "Write one pattern for each alternative"
    assert spelled_out("{a,b,c,d,e,f}") == "Write one pattern for each: 'a', 'b', 'c', 'd', 'e' and so on"
