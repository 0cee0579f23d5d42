"""Patterns in a dialect of other tools: a leading `!`, braces, a regular expression between slashes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal

Dialect = Literal["negation", "braces", "regular-expression"]

MOST_SHOWN = 5
"""Alternatives of braces that a message spells out."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_FLAGS = frozenset("dgimsuvy")


def foreign_dialect(pattern: str) -> Dialect | None:
    """Return the dialect of other tools that a pattern is written in. None: it is a name or a glob as we take it."""
    if pattern.startswith("!"):
        return "negation"
    begin, _, flags = pattern.rpartition("/")
    if len(begin) > 1 and begin[0] == "/" and _FLAGS.issuperset(flags):
        return "regular-expression"
    if any("," in found[1] or ".." in found[1] for found in _BRACES.finditer(pattern)):
        return "braces"
    return None


NO_EFFECT: Mapping[Dialect, str] = {
    "negation": "a leading `!` is no exclusion here, but a part of the name",
    "braces": "braces are no alternatives here, but a part of the name",
    "regular-expression": "it is a regular expression between slashes, and patterns are globs here",
}
"""Why a pattern of a dialect matches nothing, without a full stop."""


def alternatives(pattern: str) -> Iterator[str]:
    """Yield the patterns that the first braces of a pattern stand for. Each is as long as the pattern."""
    found = next((each for each in _BRACES.finditer(pattern) if "," in each[1]), None)
    if found is not None:
        for each in found[1].split(","):
            yield pattern[: found.start()] + each.strip() + pattern[found.end() :]


def spelled_out(pattern: str) -> str:
    """Return how to write a pattern with braces, as one pattern for each alternative. Without a full stop."""
    listed = tuple(islice(alternatives(pattern), MOST_SHOWN + 1))
    shown = ", ".join(repr(each) for each in listed[:MOST_SHOWN])
    more = " and so on" if len(listed) > MOST_SHOWN else ""
    return f"Write one pattern for each: {shown}{more}" if listed else "Write one pattern for each alternative"
