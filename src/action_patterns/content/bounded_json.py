"""JSON of others. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MAX_DEPTH = 100
"""Levels of lists and objects within each other. GitHub's answers and our documents have less than twenty."""


def loads(text: str | bytes, *, of_pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """Return the value of a JSON text. `of_pairs` makes an object of its pairs. Default: the last of equal names.

    Raises:
        ValueError: it is no JSON, or nested too deeply: to print it may take more stack than to read it. Or a text in
            it has half of a surrogate pair, which cannot be written as UTF-8.
    """
    try:
        value = json.loads(text, object_pairs_hook=of_pairs)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if (b"\\ud" if isinstance(text, bytes) else "\\ud") in text.lower():  # type: ignore[operator]
        json.dumps(value, ensure_ascii=False).encode()
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level if isinstance(outer, (dict, list)) for inner in _within(outer)]
        if not level:
            return value
    raise ValueError(f"it is nested too deeply, beyond {MAX_DEPTH} levels")


def _within(outer: dict[str, Any] | list[Any]) -> Any:
    return outer.values() if isinstance(outer, dict) else outer
