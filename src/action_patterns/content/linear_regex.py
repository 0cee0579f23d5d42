"""Regular expressions of users in linear time, by the engine that pydantic-core ships. Pure.

Python's `re` backtracks: one expression of a user can take hours. Rust's engine takes linear time, and refuses what
needs backtracking. pydantic-core is installed and loaded in every run, so the engine costs neither a dependency nor
start-up time. A match takes about half a microsecond.
"""

from __future__ import annotations

import re

from pydantic_core import SchemaError, SchemaValidator, core_schema

_SURROGATE = re.compile("[\ud800-\udfff]")
_REASON = re.compile(r"^error: (.*)", re.MULTILINE)
FIRST_SURROGATE, LAST_SURROGATE = 0xD800, 0xDFFF
ESCAPE = "\x00"
"""Begins the two characters that stand for a surrogate. No path and no name has it."""
ESCAPED_FROM = 0x100
"""The character after ESCAPE that stands for the first surrogate."""


class LinearRegex:
    """A regular expression in Rust's syntax."""

    __slots__ = ("_validator",)

    def __init__(self, expression: str) -> None:
        """Compile an expression.

        Raises:
            ValueError: it is malformed, needs backtracking, or is too large. The message is a clause that says so.
        """
        try:
            self._validator = SchemaValidator(core_schema.str_schema(pattern=expression, regex_engine="rust-regex"))
        except SchemaError as error:
            reason = _REASON.search(str(error))
            why = reason[1] if reason else "it is too large"
            raise ValueError(f"it is no regular expression: {why}") from None

    def search(self, text: str) -> bool:
        """Return whether the expression matches somewhere in a text. The text has been through `searchable`."""
        return self._validator.isinstance_python(text)


def searchable(text: str) -> str:
    """Return a text that Rust can hold, and no other text becomes: a name in git may have bytes that are no UTF-8."""
    return text if text.isascii() else _SURROGATE.sub(lambda found: escaped(ord(found[0])), text)


def escaped(surrogate: int) -> str:
    """Return what stands for a surrogate."""
    return f"{ESCAPE}{chr(surrogate - FIRST_SURROGATE + ESCAPED_FROM)}"


def literal(text: str) -> str:
    """Return the expression that matches a text and nothing else."""
    return "".join(c if c.isalnum() or not c.isascii() else f"\\x{{{ord(c):x}}}" for c in searchable(text))
