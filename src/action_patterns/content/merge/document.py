"""Documents with the position of every key and value, and edits of their text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from action_patterns.content.text import read_text
from action_patterns.errors import InputError, Problem

MAX_CHARACTERS = 1_000_000
"""Length of a document."""
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True, kw_only=True)
class Node:
    """One value of a document."""

    kind: Literal["mapping", "list", "scalar"]
    start: int
    end: int
    """Position behind its last character."""
    data: Any
    """Its meaning. Equal data is the same value; numbers and flags are pairs, so that `1` is not `true`."""
    block: bool = False
    """YAML: its indentation holds it together, not brackets or quotes."""
    entries: list[Entry] = field(default_factory=list)
    """The keys of a mapping."""
    items: list[Node] = field(default_factory=list)
    """The items of a list."""


class Entry(NamedTuple):
    """One key of a mapping, with its value."""

    key: str
    start: int
    end: int
    """Position behind the key, before its colon."""
    value: Node


class Text(NamedTuple):
    """The text of a document."""

    body: str
    root: Node

    @property
    def line_end(self) -> str:
        """Its line end: that of the first line."""
        at = self.body.find("\n")
        return "\r\n" if at > 0 and self.body[at - 1] == "\r" else "\n"

    def indent(self, at: int) -> str:
        """Return the spaces and tabs that begin the line of a position."""
        begin = line_start(self.body, at)
        end = begin
        while self.body[end : end + 1] in (" ", "\t"):
            end += 1
        return self.body[begin:end]

    def begins_line(self, at: int) -> bool:
        """Return whether only spaces and tabs stand before a position in its line."""
        return len(self.indent(at)) >= at - line_start(self.body, at)


class UnsafeError(Exception):
    """An edit would change more than its key."""


class Edit(NamedTuple):
    """One part of a text, and what replaces it."""

    start: int
    end: int
    text: str


def applied(text: str, edits: list[Edit]) -> str:
    """Return a text with its edits. The list orders two of one position."""
    parts: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda each: each[:2]):
        parts += (text[end : edit.start], edit.text)
        end = edit.end
    return "".join((*parts, text[end:]))


def overlap(edits: list[Edit]) -> bool:
    """Return whether two edits change one position."""
    ordered = sorted(edits, key=lambda each: each[:2])
    return any(one.end > other.start for one, other in pairwise(ordered))


def line_start(text: str, at: int) -> int:
    """Return where the line of a position begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Return where the line of a position ends, before its line end."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if end > at and text[end - 1] == "\r" else end


def next_line(text: str, at: int) -> int:
    """Return where the line after that of a position begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def merged(target: Any, patch: Any) -> Any:
    """Return the data that RFC 7396 gives."""
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


class Names(NamedTuple):
    """How messages call a document."""

    document: str
    """`.eslintrc.json of the target`, say: the subject of a sentence."""
    format: str

    def refusal(self, what: str, fix: str, line: int | None = None) -> InputError:
        """Return the error for a document that cannot be merged. Both texts without a full stop."""
        place = "" if line is None else f" in line {line}"
        return InputError(Problem(f"{self.document} cannot be merged: it {what}{place}.", f"{fix}."))


def decoded(content: bytes, names: Names) -> tuple[bytes, str]:
    """Return the byte order mark of a file, and its text.

    Raises:
        InputError: it is not UTF-8, or too long.
    """
    text = read_text(content, names.document)
    if len(text) > MAX_CHARACTERS:
        raise names.refusal(f"has {len(text):,} characters, of at most {MAX_CHARACTERS:,}", "Split it")
    return (_BOM if content.startswith(_BOM) else b""), text


def merge_text(
    there: str, owned: str, read: Callable[[str, Names], Node], change: Change, *, names: Names, source: Names
) -> str:
    """Return the text that is there with the keys of `owned`.

    Raises:
        InputError: one of them cannot be read, or the change cannot be written without other changes.
    """
    patch = Text(owned, _mapping(read(owned, source), source))
    clean = _changed(patch, patch, patch, read, change, source)
    target = Text(there, _mapping(read(there, names), names))
    return _verified(target, patch, Text(clean, read(clean, source)), read, change, names)


def without_nulls(owned: str, read: Callable[[str, Names], Node], change: Change, source: Names) -> str:
    """Return a document without the keys whose value is null."""
    patch = Text(owned, _mapping(read(owned, source), source))
    return _verified(patch, patch, patch, read, change, source)


Change = Callable[[Text, Node, Node, Text, Node], list[Edit]]
"""Gives the edits of a mapping: the target's, with the source's, and the source's without its nulls."""


def _mapping(root: Node, names: Names) -> Node:
    if root.kind != "mapping":
        what = {"list": "is a list", "scalar": "is a single value"}[root.kind]
        raise names.refusal(f"{what}, and only the keys of a mapping are merged", "Remove `merge` from its rule")
    return root


def _changed(
    target: Text, patch: Text, clean: Text, read: Callable[[str, Names], Node], change: Change, names: Names
) -> str:
    added = "" if target.body.endswith("\n") else target.line_end
    # Every line has an end while lines are inserted and deleted.
    whole = Text(target.body + added, read(target.body + added, names)) if added else target
    try:
        edits = change(whole, whole.root, patch.root, clean, clean.root)
    except UnsafeError:
        raise _unsafe(names) from None
    if overlap(edits):
        raise _unsafe(names)
    return applied(whole.body, edits).removesuffix(added)


def _verified(
    target: Text, patch: Text, clean: Text, read: Callable[[str, Names], Node], change: Change, names: Names
) -> str:
    """Return the changed text, once it is known to mean what RFC 7396 says."""
    text = _changed(target, patch, clean, read, change, names)
    try:
        right = read(text, names).data == merged(target.root.data, patch.root.data)
    except InputError:
        right = False
    if not right:
        raise _unsafe(names)
    return text


def _unsafe(names: Names) -> InputError:
    return names.refusal(
        "is laid out in a way that no edit of single lines can change",
        f"Write the keys of the rule into plain lines of {names.format}, or remove `merge` from its rule",
    )
