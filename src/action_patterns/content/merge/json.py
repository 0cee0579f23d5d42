"""Merge of JSON: a scanner that keeps positions, and edits by position. Pure."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import NoReturn

from action_patterns.content.bounded_json import MAX_DEPTH
from action_patterns.content.merge.document import Edit, Entry, Names, Node, Text
from action_patterns.content.merge.flow import differences, edit_entries

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"(?:true|false|null)(?!\w)")
_WORDS = {"true": ("flag", True), "false": ("flag", False), "null": None}
_MOST_DIGITS = 1_000
"""Characters of a number."""


def read(text: str, names: Names) -> Node:
    """Read a document.

    Raises:
        InputError: it is no JSON, or has comments, trailing commas or a key twice. The message has the line.
    """
    scanner = _Scanner(text, names)
    root = scanner.value(0)
    scanner.space()
    if scanner.at < len(text):
        scanner.refuse("has text behind its value", "Remove it")
    return root


class _Scanner:
    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.at = 0
        self._names = names

    def refuse(self, what: str, fix: str, at: int | None = None) -> NoReturn:
        line = self.text.count("\n", 0, self.at if at is None else at) + 1
        raise self._names.refusal(what, fix, line)

    def space(self) -> str:
        """Skip white space, and return the next character."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        if self.text.startswith(("//", "/*", "#"), self.at):
            self.refuse("has a comment", "Remove it: JSON has none. A file with comments cannot be merged")
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self.refuse(f"is nested beyond {MAX_DEPTH} levels", "Flatten it")
        match self.space():
            case "{":
                return self._object(depth)
            case "[":
                return self._list(depth)
            case '"':
                start = self.at
                return Node(kind="scalar", start=start, data=self._string(), end=self.at)
        start = self.at
        if (word := _WORD.match(self.text, start)) is not None:
            self.at = word.end()
            return Node(kind="scalar", start=start, end=self.at, data=_WORDS[word[0]])
        number = _NUMBER.match(self.text, start)
        if number is None:
            self._refuse_value()
        if len(number[0]) > _MOST_DIGITS:
            self.refuse(f"has a number of more than {_MOST_DIGITS:,} characters", "Write it as a text")
        self.at = number.end()
        return Node(kind="scalar", start=start, end=self.at, data=("number", Decimal(number[0])))

    def _refuse_value(self) -> NoReturn:
        letter = self.text[self.at : self.at + 1]
        if not letter:
            self.refuse("ends where a value is expected", "Complete it")
        if letter == "'":
            self.refuse("has a text in single quotes", "Write double quotes")
        self.refuse(f"has {self.text[self.at : self.at + 20].split()[0]!r} where a value is expected", "Correct it")

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        try:
            found = json.loads(match[0]) if match else None
        except ValueError:
            found = None
        if match is None or not isinstance(found, str):
            self.refuse("has a text that is not closed, or an escape that JSON does not have", "Correct the text")
        self.at = match.end()
        return found

    def _object(self, depth: int) -> Node:
        start = self.at
        entries: dict[str, Entry] = {}
        while self._goes_on("}", first=self.at == start):
            if self.space() != '"':
                self.refuse("has a key without double quotes", "Write the key in double quotes")
            begin = self.at
            key = self._string()
            end = self.at
            if key in entries:
                self.refuse(f"has the key {key!r} twice", "Write each key once", begin)
            if self.space() != ":":
                self.refuse(f"has no colon behind the key {key!r}", "Write one")
            self.at += 1
            entries[key] = Entry(key, begin, end, self.value(depth + 1))
        data = {key: each.value.data for key, each in entries.items()}
        return Node(kind="mapping", start=start, end=self.at, data=data, entries=list(entries.values()))

    def _list(self, depth: int) -> Node:
        start = self.at
        items: list[Node] = []
        while self._goes_on("]", first=self.at == start):
            items.append(self.value(depth + 1))
        return Node(kind="list", start=start, end=self.at, data=[each.data for each in items], items=items)

    def _goes_on(self, end: str, *, first: bool) -> bool:
        """Skip what stands before the next item, and return whether there is one."""
        if first:
            self.at += 1
            if self.space() != end:
                return True
            self.at += 1
            return False
        letter = self.space()
        if letter not in (",", end):
            self.refuse(f"has neither `,` nor `{end}` behind a value", "Write one")
        comma = self.at
        self.at += 1
        if letter == "," and self.space() == end:
            self.refuse("has a trailing comma", "Remove it", comma)
        return letter == ","


def change(target: Text, node: Node, owned: Node, clean: Text, spelled: Node) -> list[Edit]:
    """Return the edits of an object."""
    if not node.entries and spelled.entries:
        return [Edit(node.start, node.end, _spell(target, clean, spelled, target.indent(node.start), single=False))]
    found = differences(node, owned, spelled)
    edits = [each for there, *inner in found.inner for each in change(target, there.value, inner[0], clean, inner[1])]

    def spell(source: Text, value: Node, indent: str, single: bool) -> str:  # noqa: FBT001 - as `Spell` has it
        return _spell(target, source, value, indent, single=single)

    return edits + edit_entries(target, node, found, clean, spell, None)


def _spell(target: Text, source: Text, value: Node, indent: str, *, single: bool) -> str:
    """Return a value as the source spells it, indented like the target. No text of JSON holds a line end."""
    first, *lines = source.body[value.start : value.end].splitlines()
    if single:
        return " ".join((first, *(line.strip() for line in lines)))
    base, theirs, ours = len(source.indent(value.start)), _unit(source), _unit(target) or _unit(source)
    made = [first]
    for line in lines:
        content = line.lstrip(" \t")
        levels, rest = divmod(max(0, len(line) - len(content) - base), len(theirs) or 1)
        made.append(indent + ours * levels + " " * rest + content if content else "")
    return target.line_end.join(made)


def _unit(text: Text) -> str:
    """Return the indentation of one level. Empty: no line is indented."""
    return text.indent(text.root.entries[0].start) if text.root.entries else ""
