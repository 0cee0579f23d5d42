"""The text of a TOML document with the places of its lines and values, and edits by position. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from action_patterns.content.merge.document import Names

_INDENTATION = re.compile(r"[ \t]*")


class Source(NamedTuple):
    """One of the two documents of a merge."""

    names: Names
    text: str
    """The text, with a newline at its end."""
    newline: str = "\n"
    """The line end of most lines."""

    @classmethod
    def of(cls, text: str, names: Names) -> Source:
        newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
        return cls(names, text if text.endswith("\n") else text + newline, newline)

    def refuse(self, at: int, what: str, fix: str) -> NoReturn:
        """Raise the refusal of a position: `what` continues a sentence about the document."""
        raise self.names.refusal(what, fix, self.text.count("\n", 0, at) + 1)

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Return the position behind the last character of a line, before its line end."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > at and self.text[end - 1] == "\r" else end

    def next_line(self, at: int) -> int:
        return self.text.index("\n", at) + 1

    def indentation(self, at: int) -> str:
        """Return the white space at the start of the line of a position."""
        found = _INDENTATION.match(self.text, self.line_start(at))
        return found[0] if found else ""


class Entry(NamedTuple):
    """One key of a mapping, with its value."""

    key: str
    start: int
    """Position of the key's first character."""
    key_end: int
    """Position behind the key's last character."""
    node: Node

    @property
    def end(self) -> int:
        return self.node.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One value: its place in the text."""

    start: int
    end: int
    """Position behind the last character of the value's content."""
    entries: tuple[Entry, ...] | None = None
    """The keys of a mapping. None: it is none."""
    items: tuple[Node, ...] | None = None
    """The items of a sequence. None: it is none."""


class Edits:
    """Replacements in one text, none of which overlaps another."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, text: str) -> None:
        self._edits.append((start, end, text))

    def __bool__(self) -> bool:
        return bool(self._edits)

    def applied(self, text: str) -> str:
        """Return the edited text. Insertions at one position keep the order of the calls."""
        return "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        at = 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[0]):
            yield text[at:start]
            yield new
            at = max(at, end)
        yield text[at:]


def add_to_braces(edits: Edits, text: str, node: Node, added: Sequence[str]) -> None:
    """Add texts of keys at the end of a table in braces, in the style of its neighbours."""
    entries = node.entries or ()
    if not entries:
        edits.replace(node.start + 1, node.end - 1, f" {', '.join(added)} ")
        return
    between = _gap(text, node)
    edits.replace(entries[-1].end, entries[-1].end, "".join(between + each for each in added))


def _gap(text: str, node: Node) -> str:
    """Return what stands between two keys of a mapping in braces that has one or more."""
    entries = node.entries or ()
    if len(entries) > 1:
        return text[entries[-2].end : entries[-1].start]
    (only,) = entries
    before = text[node.start + 1 : only.start]
    if "\n" in before:
        return "," + before
    return ", " if text[only.key_end : only.node.start].endswith(" ") else ","
