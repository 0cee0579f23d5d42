"""A node of a document beside the text that writes it: its words, its equality, its type. Pure."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from action_patterns.escape import clip, visible

Type = Literal["text", "integer", "number", "boolean", "array", "object", "null", "json"]
SHOWN_CHARACTERS = 80
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}")


def show(value: Any) -> str:
    """Return a value for a sentence. A text that would not stay on its line is written in JSON."""
    if value == "":
        return "empty"
    text = as_text(value)
    return f"`{clip(text if text == visible(text) else json.dumps(text), SHOWN_CHARACTERS)}`"


def as_text(value: Any) -> str:
    """Return a text as it is, and any other value as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def equal(expected: Any, value: Any) -> bool:
    """Return whether a value is as a list of checks writes it, in which every scalar is a text."""
    if isinstance(value, str):
        return bool(expected == value)
    if isinstance(value, list):
        return isinstance(expected, list) and len(expected) == len(value) and all(map(equal, expected, value))
    if isinstance(value, dict):
        return (
            isinstance(expected, dict)
            and expected.keys() == value.keys()
            and all(equal(expected[key], each) for key, each in value.items())
        )
    if value is None:
        return expected is None or expected == "null"
    if not isinstance(expected, str):
        return False
    if isinstance(value, bool):
        return expected == ("true" if value else "false")
    return (wanted := _decimal(expected)) is not None and wanted == Decimal(str(value))


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def type_of(value: Any) -> str:
    """Return the name of a value's type in JSON; of a text `text`."""
    match value:
        case str():
            return "text"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case None:
            return "null"
        case list():
            return "array"
        case _:
            return "object"


def is_of(value: Any, wanted: Type) -> bool:
    """Return whether a value is of a type; a text, also whether it writes a value of that type in JSON."""
    found = type_of(value)
    if found == wanted or (wanted == "number" and found == "integer"):
        return True
    if found != "text":
        return wanted == "json"
    if wanted == "integer":
        return _INTEGER.fullmatch(value) is not None
    from action_patterns.content.typed_document import load  # for the texts that must be JSON

    try:
        inner = load(value, "json")
    except ValueError:
        return False
    return wanted == "json" or (not isinstance(inner, str) and is_of(inner, wanted))
