"""Spellings of inputs: how the text of an input becomes a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator


def input_name(field_name: str) -> str:
    """`dry_run` -> `dry-run`: the public spelling of a field. `class_` -> `class`, which is a keyword of Python."""
    return field_name.rstrip("_").replace("_", "-")


def split_names(text: str) -> tuple[str, ...]:
    """Return names that commas or new lines separate."""
    return tuple(item.strip() for line in text.splitlines() for item in line.split(",") if item.strip())


def _split(value: object) -> object:
    return split_names(value) if isinstance(value, str) else value


def _split_lines(value: object) -> object:
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return value


def split_patterns(value: object) -> object:
    """Return names and patterns, separated by commas or new lines.

    A comma in braces separates nothing. A regular expression, which begins with a slash, has its line alone.
    """
    if not isinstance(value, str):
        return value
    lines = (line.strip() for line in value.splitlines())
    parts = (each for line in lines for each in ([line] if line.startswith(("/", "!/")) else _split_outside(line)))
    return tuple(part for part in map(str.strip, parts) if part)


def _split_outside(line: str) -> Iterator[str]:
    """Yield the parts between the commas that are in no braces."""
    depth, begin = 0, 0
    for place, character in enumerate(line):
        depth = max(0, depth + (character == "{") - (character == "}"))
        if character == "," and not depth:
            yield line[begin:place]
            begin = place + 1
    yield line[begin:]


def values_of(text: str) -> tuple[str, ...]:
    """Return one value a line. The line end of a block's last line counts for nothing.

    Raises:
        ValueError: a line is empty. Without it, the lists `a`, and `a` and nothing, would be one.
    """
    lines = tuple(line.strip() for line in text.splitlines())
    empty = [number for number, line in enumerate(lines, 1) if not line]
    if empty:
        raise ValueError(
            f"has an empty value in line {', '.join(map(str, empty))} of {len(lines)}: an expression there came to"
            " nothing. Give it a value on every event, or leave the line out"
        )
    return lines


def _split_values(value: object) -> object:
    return values_of(value) if isinstance(value, str) else value


def _flag(value: object) -> object:
    if isinstance(value, str):
        # The spellings of YAML 1.2's core schema, as GitHub's own getBooleanInput takes them. "yes" and "1" are not
        # among them, and guessing what they mean is how a dry run becomes a real one.
        if value in ("true", "True", "TRUE"):
            return True
        if value in ("false", "False", "FALSE"):
            return False
        raise ValueError("must be true or false")
    return value


NameList = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Names separated by commas or new lines."""

LineList = Annotated[tuple[str, ...], BeforeValidator(_split_lines)]
"""Values that may contain commas (paths, globs), one a line."""

ValueList = Annotated[tuple[str, ...], BeforeValidator(_split_values)]
"""Values that count each, one a line. An empty line is refused: it may not be dropped, as other values would be."""

Flag = Annotated[bool, BeforeValidator(_flag)]
"""`true` or `false`."""
