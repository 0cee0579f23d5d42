"""A TOML document as sections, keys and values with their positions. Pure.

tomllib says whether the text is TOML and holds its data. The scanner only finds where each value begins and ends.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from action_patterns.content.bounded_json import MAX_DEPTH
from action_patterns.content.merge.toml_text import Entry, Node, Source

Path = tuple[str, ...]

_SPACE = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_PART = re.compile(r"""([A-Za-z0-9_-]+)|"(?!"")((?:[^"\\\n]|\\.)*)"|'(?!'')([^'\n]*)'""")
_SCALARS = (
    re.compile(r'"""(?:[^"\\]|\\.|""?(?!"))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|''?(?!'))*'{3,5}"),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[^\s,\]}#]+"),
    re.compile(r"[^\s,\[\]{}#=]+"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlEntry:
    """One `key = value` of a section."""

    path: Path
    """The key's parts, without those of the section's header."""
    start: int
    key_end: int
    node: Node


@dataclass(slots=True, kw_only=True)
class Section:
    """The keys under one header, or before the first."""

    header: Path
    start: int
    """The first position of the header's line."""
    header_end: int
    array: bool = False
    """The header is `[[…]]`."""
    in_array: bool = False
    """The section is an item of an array of tables, or below one."""
    entries: list[TomlEntry] = field(default_factory=list)

    @property
    def content_end(self) -> int:
        return self.entries[-1].node.end if self.entries else self.header_end


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlDocument:
    """The sections of a document in their order, and its data."""

    sections: tuple[Section, ...]
    data: Any


def parse(source: Source, data: Any) -> TomlDocument:
    """Return the sections of a document. `data` is that which tomllib found in it.

    Raises:
        InputError: it is no TOML.
    """
    return TomlDocument(sections=_Scanner(source).sections(), data=data)


def values(document: TomlDocument) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Yield each value with its path. The item of a list has its index as a part, a value comes before those in it."""
    items: dict[Path, int] = {}
    for section in document.sections:
        if section.array:
            items[section.header] = items.get(section.header, -1) + 1
        above: list[str | int] = []
        for length, part in enumerate(section.header, 1):
            above.append(part)
            if section.header[:length] in items:
                above.append(items[section.header[:length]])
        for entry in section.entries:
            yield from _values((*above, *entry.path), entry.node)


def _values(path: tuple[str | int, ...], node: Node) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    yield path, node
    for entry in node.entries or ():
        yield from _values((*path, *entry.key.split("\0")), entry.node)
    for index, item in enumerate(node.items or ()):
        yield from _values((*path, index), item)


class _Scanner:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text

    def sections(self) -> tuple[Section, ...]:
        text, end = self._text, len(self._text)
        sections = [Section(header=(), start=0, header_end=0)]
        arrays: set[Path] = set()
        at = self._skip(0)
        while at < end:
            if text[at] == "[":
                array = text.startswith("[[", at)
                path, behind = self._key(at + 1 + array)
                if not text.startswith("]]" if array else "]", behind):
                    self._broken(behind)
                behind += 1 + array
                if array:
                    arrays.add(path)
                in_array = any(path[:length] in arrays for length in range(1, len(path) + 1))
                start = self._source.line_start(at)
                section = Section(header=path, start=start, header_end=behind, array=array, in_array=in_array)
                sections.append(section)
            else:
                entry = self._entry(at, 0)
                sections[-1].entries.append(entry)
                behind = entry.node.end
            at = self._skip(behind)
            if at < end and "\n" not in text[behind:at]:
                self._broken(at)
        return tuple(sections)

    def _skip(self, at: int) -> int:
        found = _BETWEEN.match(self._text, at)
        return found.end() if found else at

    def _entry(self, at: int, depth: int) -> TomlEntry:
        path, key_end = self._key(at)
        if not self._text.startswith("=", self._blank(key_end)):
            self._broken(key_end)
        node = self._value(self._blank(self._blank(key_end) + 1), depth + 1)
        return TomlEntry(path=path, start=at, key_end=key_end, node=node)

    def _blank(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _key(self, at: int) -> tuple[Path, int]:
        """Return the parts of a dotted key, and the position behind it."""
        parts: list[str] = []
        while True:
            found = _PART.match(self._text, self._blank(at))
            if found is None or len(parts) >= MAX_DEPTH:
                self._broken(at)
            bare, _, literal = found.groups()
            parts.append(bare if bare is not None else literal if literal is not None else self._unescaped(found))
            end = self._blank(found.end())
            if not self._text.startswith(".", end):
                return tuple(parts), found.end() if self._text.startswith("=", end) else end
            at = end + 1

    def _unescaped(self, found: re.Match[str]) -> str:
        if "\\" not in found[2]:
            return found[2]
        try:
            return str(tomllib.loads(f"key = {found[0]}")["key"])
        except ValueError:
            self._broken(found.start())

    def _value(self, at: int, depth: int) -> Node:
        first = self._text[at : at + 1]
        if depth > MAX_DEPTH:
            self._source.refuse(at, f"is nested too deeply, beyond {MAX_DEPTH} levels", "Flatten it")
        if first == "[":
            return self._array(at, depth)
        if first == "{":
            return self._inline_table(at, depth)
        found = next((each for pattern in _SCALARS if (each := pattern.match(self._text, at))), None)
        if found is None:
            self._broken(at)
        return Node(start=at, end=found.end())

    def _array(self, start: int, depth: int) -> Node:
        items: list[Node] = []
        at = self._skip(start + 1)
        while not self._text.startswith("]", at):
            items.append(self._value(at, depth + 1))
            at = self._skip(items[-1].end)
            if self._text.startswith(",", at):
                at = self._skip(at + 1)
            elif not self._text.startswith("]", at):
                self._broken(at)
        return Node(start=start, end=at + 1, items=tuple(items))

    def _inline_table(self, start: int, depth: int) -> Node:
        entries: list[Entry] = []
        at = self._skip(start + 1)
        while not self._text.startswith("}", at):
            each = self._entry(at, depth)
            # The parts of a dotted key in one text.
            entries.append(Entry("\0".join(each.path), each.start, each.key_end, each.node))
            at = self._skip(each.node.end)
            if self._text.startswith(",", at):
                at = self._skip(at + 1)
            elif not self._text.startswith("}", at):
                self._broken(at)
        return Node(start=start, end=at + 1, entries=tuple(entries))

    def _broken(self, at: int) -> NoReturn:
        at = min(at, len(self._text) - 1)
        self._source.refuse(at, "is no TOML", "Correct it")
