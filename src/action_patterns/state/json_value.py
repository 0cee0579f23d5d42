"""JSON values of callers: read strictly, and looked through for secrets. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pydantic import JsonValue

from action_patterns.content.bounded_json import loads
from action_patterns.redaction import Secrets, secret_in


def read_json(text: str) -> JsonValue:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is no JSON as RFC 8259 has it, or nested too deeply. Python also reads NaN and Infinity.
    """
    try:
        text.encode()
        value: JsonValue = loads(text)
    except UnicodeError:
        raise ValueError("it has half of a surrogate pair, or bytes that are no UTF-8") from None
    if any(isinstance(each, float) and not math.isfinite(each) for _, each in _parts(value)):
        raise ValueError("it has a number that JSON cannot write: NaN, Infinity, or one that is too large")
    return value


def secrets_in(value: JsonValue, known: Secrets) -> Iterator[tuple[str, str]]:
    """Yield the place, a JSON Pointer (RFC 6901), and the kind of each text that is or looks like a secret."""
    for place, part in _parts(value):
        if isinstance(part, dict):
            for name in part:
                if kind := secret_kind(name, known):
                    yield place, f"a name that is {kind}"
        elif isinstance(part, str) and (kind := secret_kind(part, known)):
            yield place, kind


def secret_kind(text: str, known: Secrets) -> str | None:
    """Return what kind of secret a text holds. None: none."""
    if known.found_in(text):
        return "a secret of this step"
    found = secret_in(text.encode(errors="surrogateescape"))
    return found[1] if found else None


def _parts(value: JsonValue, place: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield a value and all values in it, with their places. A place never has a name that is a secret."""
    yield place, value
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = "*" if secret_in(name.encode(errors="surrogateescape")) else name
            yield from _parts(inner, f"{place}/{shown.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _parts(inner, f"{place}/{index}")
