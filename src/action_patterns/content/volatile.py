"""Parts of a file that alone are no reason to write it: lines, values and blocks that differ on every run. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from action_patterns.content.linear_regex import LinearRegex, searchable
from action_patterns.content.patterns import PatternError
from action_patterns.errors import InputError, Problem

if TYPE_CHECKING:
    from action_patterns.content.merge.document import Node

MAX_CHARACTERS = 1_000_000
"""Length of a file whose keys are compared."""
MAX_EXPRESSION_CHARACTERS = 1_000
_STEP = re.compile(r"\.(?P<name>[\w-]+)|\[(?P<index>[0-9]{1,6})\]|\[(?P<quoted>\"(?:[^\"\\]|\\.)*\")\]")
_FORMATS = {"json": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml"}
_BOM = "\ufeff"
_MARK = "\0"
"""Stands for a volatile value. No text of these formats holds it."""
_HOW = (
    "Write `/regular expression/` for whole lines, `BEGIN…END` for the lines between two texts, or `$.key.path` for a "
    "value in JSON, YAML or TOML."
)

Key = tuple[str | int, ...]


class Between(NamedTuple):
    """The lines after one that holds `begin`, up to the next one that holds `end`."""

    begin: str
    end: str


class VolatileParts:
    """Parts that do not count when two contents of a file are compared."""

    def __init__(self, lines: Sequence[LinearRegex], blocks: Sequence[Between], keys: Sequence[Key]) -> None:
        self._lines = tuple(lines)
        self._blocks = tuple(blocks)
        self._keys = tuple(keys)

    @classmethod
    def of(cls, lines: Sequence[str], *, path: str) -> VolatileParts:
        """Read expressions. `path` is that of the file they are about.

        Raises:
            InputError: expressions that are none, all at once.
        """
        problems: list[Problem] = []
        found = cls((), (), ())
        for text in lines:
            try:
                found = found._with(text.strip(), path)
            except PatternError as error:
                why, fix = error.refusal
                what = f"The volatile part {text[:80]!r} of {path} cannot be found: {why}."
                problems.append(Problem(what, f"{fix}."))
        if problems:
            raise InputError(*problems)
        return found

    def _with(self, text: str, path: str) -> VolatileParts:
        if len(text) > MAX_EXPRESSION_CHARACTERS:
            raise PatternError(f"it has more than {MAX_EXPRESSION_CHARACTERS:,} characters", "Write several")
        if text.startswith("$"):
            return VolatileParts(self._lines, self._blocks, (*self._keys, _key(text, path)))
        if len(text) > 2 and text.startswith("/") and text.endswith("/"):
            line = _line_regex(text[1:-1])
            return VolatileParts((*self._lines, line), self._blocks, self._keys)
        begin, dots, end = text.partition("…")
        begin, end = begin.strip(), end.strip()
        if dots and begin and end and "…" not in end:
            return VolatileParts(self._lines, (*self._blocks, Between(begin, end)), self._keys)
        raise PatternError("it is no expression", _HOW.removesuffix("."))

    def same(self, there: bytes, desired: bytes, path: str) -> bool:
        """Return whether two contents differ in volatile parts at most. A file that cannot be parsed: False."""
        if there == desired:
            return True
        stable = self.stable(there, path)
        return stable is not None and stable == self.stable(desired, path)

    def stable(self, content: bytes, path: str) -> tuple[str, ...] | None:
        """Return the lines of a content that count. None: its volatile parts cannot be found, so each byte counts."""
        try:
            return tuple(self._stable(content.decode(), path))
        except (ValueError, InputError):
            return None

    def _stable(self, text: str, path: str) -> list[str]:
        """Return the lines that count. Raises ValueError or InputError: the volatile parts cannot be found."""
        if self._keys:
            text = _masked(text, self._keys, path)
        lines: list[str] = []
        inside: Between | None = None
        for line in text.split("\n"):
            if inside is not None and inside.end in line:
                inside = None
            elif inside is not None:
                continue
            elif (inside := next((each for each in self._blocks if each.begin in line), None)) is None:
                plain = searchable(line.removesuffix("\r"))
                if any(each.search(plain) for each in self._lines):
                    continue
            lines.append(line)
        if inside is not None:
            raise ValueError(f"no line holds {inside.end!r}")
        return lines


def _line_regex(expression: str) -> LinearRegex:
    """Return a matcher of whole lines."""
    try:
        LinearRegex(expression)
    except ValueError as error:
        raise PatternError(str(error), "Correct it. Look-around and references to groups are not offered") from None
    # The group keeps the alternatives of the expression together.
    return LinearRegex(f"^(?:{expression})$")


def _key(text: str, path: str) -> Key:
    if _format(path) is None:
        raise PatternError("the file is neither .json, .yaml, .yml nor .toml, so it has no keys", "Write `/…/`")
    steps: list[str | int] = []
    at = 1
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            raise PatternError(
                f"{text[at : at + 20]!r} in it is no step to a value",
                'Write `.key`, `[0]` for an item of a list, or `["key"]` for a key with other characters',
            )
        at = step.end()
        steps.append(_step(step))
    if not steps:
        raise PatternError("`$` is the whole file", "Name a key, as in `$.key`")
    return tuple(steps)


def _step(step: re.Match[str]) -> str | int:
    if step["name"] is not None:
        return step["name"]
    if step["index"] is not None:
        return int(step["index"])
    try:
        return str(json.loads(step["quoted"]))
    except ValueError:
        raise PatternError(f"{step['quoted']} in it is no text of JSON", "Correct its escapes") from None


def _format(path: str) -> str | None:
    return _FORMATS.get(path.rpartition("/")[2].rpartition(".")[2].lower())


def _masked(text: str, keys: Sequence[Key], path: str) -> str:
    """Return a text with an equal mark for each value of these keys, so that all else of it still counts."""
    # A key inside another one goes with it.
    outer = [key for key in keys if not any(key[: len(each)] == each for each in keys if len(each) < len(key))]
    kind = _format(path)
    if kind == "toml":
        return _masked_toml(text, outer)
    # For the rules that name a key.
    from action_patterns.content.merge.document import Edit, Names, applied

    if kind == "json":
        from action_patterns.content.merge.json import read
    else:
        from action_patterns.content.merge.yaml import read
    if len(text) > MAX_CHARACTERS:
        raise ValueError("too long")
    begin = len(_BOM) if text.startswith(_BOM) else 0
    body = text[begin:]
    root = read(body, Names(path, kind or ""))
    found = (_value(root, key) for key in dict.fromkeys(outer))
    return applied(body, [Edit(node.start, node.end, _MARK) for node in found if node is not None])


def _value(node: Node, key: Key) -> Node | None:
    """Return the value of a key. None: there is none."""
    for step in key:
        if isinstance(step, int):
            if step >= len(node.items):
                return None
            node = node.items[step]
        else:
            entry = next((each for each in node.entries if each.key == step), None)
            if entry is None:
                return None
            node = entry.value
    return node


def _masked_toml(text: str, keys: Sequence[Key]) -> str:
    # Imports inside the function: for the rules that name a key of TOML.
    from action_patterns.content.merge.document import Names
    from action_patterns.content.merge.toml import read
    from action_patterns.content.merge.toml_text import Edits, Source
    from action_patterns.content.merge.toml_tree import parse, values

    if len(text) > MAX_CHARACTERS:
        raise ValueError("too long")
    names = Names("", "")
    source = Source.of(text.removeprefix(_BOM), names)
    edits = Edits()
    masked: set[int] = set()
    for path, node in values(parse(source, read(source.text, names))):
        # Values come before those in them, and one within another is hidden with it.
        if node.start not in masked and any(path[: len(key)] == key for key in keys):
            edits.replace(node.start, node.end, _MARK)
            masked |= set(range(node.start, node.end))
    return edits.applied(source.text)
