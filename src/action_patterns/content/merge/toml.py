"""Merge of TOML: keys are edited by position, and the result is read again and compared. Pure."""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

from action_patterns.content.merge.document import Names, merged
from action_patterns.content.merge.toml_text import Edits, Node, Source, add_to_braces
from action_patterns.content.merge.toml_tree import Path, Section, TomlDocument, TomlEntry, parse
from action_patterns.errors import InputError

_LINE = re.compile(r" \(at line (\d+), column \d+\)")
MAX_DEPTH = 100
"""Levels of tables and lists within each other."""
_BY_HAND = "Change the file by hand once, or remove `merge` from its rule"
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_MISSING = object()


def read(text: str, names: Names) -> Any:
    """Return the data of a document, comparable by `==`.

    Raises:
        InputError: it is no TOML, or has a key twice. The message has the line.
    """
    try:
        return _comparable(tomllib.loads(text), names, 0)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        line = _LINE.search(said)
        what = f"is no TOML ({_LINE.sub('', said)})"
        raise names.refusal(what, "Correct it", int(line[1]) if line else None) from None


def _comparable(value: Any, names: Names, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise names.refusal(f"is nested beyond {MAX_DEPTH} levels", "Flatten it")
    if isinstance(value, dict):
        return {key: _comparable(each, names, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each, names, depth + 1) for each in value]
    return value if isinstance(value, str) else (type(value).__name__, repr(value))


def merge_text(there: str, owned: str, *, names: Names, source: Names) -> str:
    """Return the text that is there with the keys of `owned`.

    Raises:
        InputError: one of them is no TOML, or has a table where the other has a value.
    """
    current, patch = read(there, names), read(owned, source)
    expected = merged(current, patch)
    if current == expected:
        return there
    document = Source.of(there, names)
    patch_document = Source.of(owned.replace("\r\n", "\n"), source)
    merging = _Merge(document, parse(document, current), patch_document, parse(patch_document, patch))
    merging.run()
    text = merging.edits.applied(document.text)
    if not there.endswith("\n"):
        text = text.removesuffix(document.newline)
    if _data(text) != expected:
        what = "is laid out in a way that no edit of single lines can change"
        raise names.refusal(what, "Write the keys of the rule into plain tables, or remove `merge` from its rule")
    return text


def _data(text: str) -> Any:
    try:
        return read(text, Names("", ""))
    except InputError:
        return None


class _Value(NamedTuple):
    """One value of a document, and the section whose lines hold it."""

    section: Section
    node: Node


class _Merge:
    def __init__(self, there: Source, document: TomlDocument, owned: Source, patch: TomlDocument) -> None:
        self._there = there
        self._document = document
        self._owned = owned
        self._patch = patch
        self._values: dict[Path, _Value] = {}
        """Every value of the target by its full path, those in inline tables included, those in arrays not."""
        self._tables: dict[Path, Section] = {}
        """Every section of the target by its header, without those of arrays of tables."""
        self._last: dict[Path, Section] = {}
        """The last section of the target whose header begins with a path."""
        self._dotted: dict[Path, tuple[Section, TomlEntry]] = {}
        """The last key of a section of the target that begins with a path longer than the section's header."""
        self._implied: set[Path] = set()
        """Tables that only exist because a header names one below them."""
        self._inline: dict[int, tuple[Node, list[str]]] = {}
        """Texts to add to an inline table, by its position."""
        self._new: dict[Path, list[str]] = {}
        """The lines of each section that the target has not, by its header."""
        self.edits = Edits()
        for section in document.sections:
            if not section.in_array:
                self._tables[section.header] = section
                for entry in section.entries:
                    path = section.header + entry.path
                    self._note(section, path, entry.node)
                    for length in range(len(section.header) + 1, len(path)):
                        self._dotted[path[:length]] = (section, entry)
            for length in range(len(section.header) + 1):
                self._last[section.header[:length]] = section
            self._implied |= {section.header[:length] for length in range(len(section.header))}

    def _note(self, section: Section, path: Path, node: Node) -> None:
        self._values[path] = _Value(section, node)
        for entry in node.entries or ():
            self._note(section, path + tuple(entry.key.split("\0")), entry.node)

    def run(self) -> None:
        sections = self._patch.sections
        for at, section in enumerate(sections):
            if section.in_array:
                if section.array and not (
                    at and sections[at - 1].in_array and self._continues(sections[at - 1], section)
                ):
                    self._array_of_tables(at)
                continue
            for entry in section.entries:
                self._set(section, section.header + entry.path, entry)
            if not section.entries and self._at(section.header, self._document.data) is _MISSING:
                self._add_table(section)
        for node, texts in self._inline.values():
            add_to_braces(self.edits, self._there.text, node, texts)
        for header, lines in self._new.items():
            self._insert_section(header, lines)

    @staticmethod
    def _continues(before: Section, section: Section) -> bool:
        """Return whether a section belongs to the array of tables that the section before it belongs to."""
        shorter = min(len(before.header), len(section.header))
        return (
            shorter > 0
            and before.header[:1] == section.header[:1]
            and (before.header[:shorter] == section.header[:shorter])
        )

    def _at(self, path: Path, data: Any) -> Any:
        """Return the data at a path; _MISSING: it has none.

        Raises:
            UnmergeableError: a value stands on the way.
        """
        for length, part in enumerate(path):
            if not isinstance(data, dict):
                self._other_kind(path[:length], "a value", "a table")
            if part not in data:
                return _MISSING
            data = data[part]
        return data

    def _other_kind(self, path: Path, there: str, owned: str) -> None:
        value = self._values.get(path)
        below = [each for each in self._document.sections if each.header[: len(path)] == path and each.header]
        at = value.node.start if value else below[0].start if below else 0
        what = f"holds {there} at {_dotted(path)!r}, and the source has {owned} there"
        self._there.refuse(at, what, _BY_HAND)

    def _set(self, section: Section, path: Path, entry: TomlEntry) -> None:
        wanted = self._at(path, self._patch.data)
        present = self._at(path, self._document.data)
        if present is _MISSING:
            self._add(section, path, entry)
        elif isinstance(present, dict) and isinstance(wanted, dict):
            for each in entry.node.entries or ():
                below = tuple(each.key.split("\0"))
                inner = TomlEntry(path=entry.path + below, start=each.start, key_end=each.key_end, node=each.node)
                self._set(section, path + below, inner)
        elif isinstance(present, dict) or isinstance(wanted, dict):
            kinds = ("a table", "a value") if isinstance(present, dict) else ("a value", "a table")
            self._other_kind(path, *kinds)
        elif present != wanted:
            value = self._values.get(path)
            if value is None:
                self._other_kind(path, "an array of tables under `[[…]]`", "an array in brackets")
            else:
                self.edits.replace(value.node.start, value.node.end, self._text(entry.node.start, entry.node.end))

    def _array_of_tables(self, at: int) -> None:
        """Set the array of tables that begins at a section of the source."""
        sections = self._patch.sections
        path = sections[at].header
        last = at
        while last + 1 < len(sections) and sections[last + 1].header[: len(path)] == path:
            last += 1
        text = self._text(sections[at].start, self._owned.line_end(sections[last].content_end))
        present = self._at(path, self._document.data)
        if present is _MISSING:
            self._new[path] = [text]
            return
        if present == self._at(path, self._patch.data):
            return
        places = [place for place, each in enumerate(self._document.sections) if each.header[: len(path)] == path]
        if not places or not self._document.sections[places[0]].array:
            self._other_kind(path, "no array of tables under `[[…]]`", "one")
        if places[-1] - places[0] + 1 != len(places):
            apart = self._document.sections[places[-1]]
            self._there.refuse(apart.start, f"holds a part of {_dotted(path)!r} apart from the others", _BY_HAND)
        first, end = (self._document.sections[place] for place in (places[0], places[-1]))
        self.edits.replace(first.start, self._there.line_end(end.content_end), text)

    def _table_of(self, path: Path) -> Path:
        """Return the longest path before the last part of a key that is a table in the target."""
        data, length = self._document.data, 0
        for part in path[:-1]:
            if part not in data:
                break
            data = data[part]
            length += 1
        return path[:length]

    def _takes_headers(self, table: Path) -> bool:
        """Return whether a header may define a table below one. TOML forbids it below braces and dotted keys."""
        return table in self._tables or table in self._implied

    def _add(self, section: Section, path: Path, entry: TomlEntry) -> None:
        """Add a key that the target has not."""
        table = self._table_of(path)
        if len(table) < len(section.header) and self._takes_headers(table):
            end = self._owned.line_end(section.content_end)
            self._new.setdefault(section.header, [self._text(section.start, end)])
            return
        rest = path[len(table) :]
        value = self._values.get(table)
        if value is not None:
            self._inline.setdefault(value.node.start, (value.node, []))[1].append(self._inline_entry(rest, entry))
            return
        if table in self._tables:
            self._insert_entry(self._tables[table], rest, entry)
            return
        if table in self._dotted:
            home, beside = self._dotted[table]
            self._insert_entry(home, path[len(home.header) :], entry, behind=beside)
            return
        self._new.setdefault(table, [f"[{_dotted(table)}]"]).append(self._line(rest, entry, ""))

    def _add_table(self, section: Section) -> None:
        """Add a table without a key, which the target has not."""
        table = self._table_of(section.header)
        if not self._takes_headers(table):
            at = self._values[table].node.start if table in self._values else 0
            what = f"holds {_dotted(table)!r} in braces or as a dotted key, where the source has the header of a table"
            self._there.refuse(at, what, _BY_HAND)
        self._new.setdefault(section.header, [self._text(section.start, section.header_end)])

    def _inline_entry(self, rest: Path, entry: TomlEntry) -> str:
        return f"{_dotted(rest)} = {self._text(entry.node.start, entry.node.end)}"

    def _line(self, rest: Path, entry: TomlEntry, indentation: str) -> str:
        """Return a key of the source as a line, with the comment behind it."""
        owned = self._owned
        key = owned.text[entry.start : entry.key_end] if rest == entry.path else _dotted(rest)
        behind = owned.text[entry.node.end : owned.line_end(entry.node.end)]
        comment = behind if behind.lstrip(" \t").startswith("#") else ""
        between = owned.text[entry.key_end : entry.node.start]
        return indentation + key + between + self._text(entry.node.start, entry.node.end) + comment

    def _insert_entry(self, section: Section, rest: Path, entry: TomlEntry, *, behind: TomlEntry | None = None) -> None:
        source = self._there
        beside = behind or (section.entries[-1] if section.entries else None)
        indentation = source.indentation(beside.start) if beside else ""
        line = self._line(rest, entry, indentation) + source.newline
        if beside is not None:
            at = source.next_line(beside.node.end)
        elif section.header:
            at = source.next_line(section.header_end)
        else:
            at = self._before_first_header()
            line += source.newline if len(self._document.sections) > 1 else ""
        self.edits.replace(at, at, line)

    def _before_first_header(self) -> int:
        """Return the position above the first header and the comment that stands right above it."""
        source = self._there
        if len(self._document.sections) == 1:
            return len(source.text)
        at = self._document.sections[1].start
        while at and source.text[source.line_start(at - 1) : at].lstrip(" \t").startswith("#"):
            at = source.line_start(at - 1)
        return at

    def _insert_section(self, header: Path, lines: list[str]) -> None:
        """Insert a section behind those that its header has most in common with, or at the end."""
        source = self._there
        shared = max(length for length in range(len(header) + 1) if header[:length] in self._last)
        section = self._last[header[:shared]]
        at = source.next_line(section.content_end) if section.header or section.entries else self._before_first_header()
        at = self._behind_comments(at)
        before = source.newline if at > len(source.text) - len(source.text.lstrip()) else ""
        rest = source.text[at : source.text.find("\n", at) + 1] if at < len(source.text) else ""
        behind = source.newline if rest.strip() else ""
        self.edits.replace(at, at, before + source.newline.join(lines) + source.newline + behind)

    def _behind_comments(self, at: int) -> int:
        """Return the position behind comments that follow a section and do not stand right above another header."""
        source, end = self._there, at
        while end < len(source.text):
            line = source.text[end : source.next_line(end)].strip()
            if not line:
                return end
            if not line.startswith("#"):
                return at
            end = source.next_line(end)
        return end

    def _text(self, start: int, end: int) -> str:
        return self._owned.text[start:end].replace("\n", self._there.newline)


def _dotted(path: Path) -> str:
    return ".".join(part if _BARE.match(part) else _quoted(part) for part in path)


def _quoted(part: str) -> str:
    escaped = part.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
