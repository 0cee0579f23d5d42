"""Facts that the entries of directories show: patterns of `has-file` that hold, and kinds of project. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from action_patterns.content.patterns import Pattern
from action_patterns.content.project_types import UNKNOWN, types_of


class Entry(NamedTuple):
    """An entry of a directory. `kind` is git's: blob, tree or commit."""

    name: str
    kind: str


class FilePattern(NamedTuple):
    """A pattern of `has-file`: a directory by its name, and a pattern for one entry of it."""

    directory: str
    """Path of the directory; empty for the root."""
    name: str
    is_directory: bool
    """The pattern ends with a slash: it stands for a directory."""


def file_pattern(text: str) -> FilePattern:
    """Return the parts of a pattern of `has-file`."""
    directory, _, name = text.removesuffix("/").rpartition("/")
    return FilePattern(directory, name, text.endswith("/"))


def directories(patterns: Iterable[str], *, types: bool) -> tuple[str, ...]:
    """Return the directories whose entries answer these patterns and, on request, the kinds of project."""
    named = {file_pattern(pattern).directory for pattern in patterns}
    return tuple(sorted(named | ({""} if types else set())))


def holding(patterns: Iterable[str], entries: Mapping[str, Sequence[Entry]]) -> tuple[str, ...]:
    """Return the patterns, as written, that an entry matches. `entries`: by directory; an absent one has none."""
    return tuple(pattern for pattern in patterns if _holds(file_pattern(pattern), entries))


def project_types(root: Sequence[Entry]) -> tuple[str, ...]:
    """Return every kind of project that the files of the root directory show, or `unknown`."""
    return types_of(entry.name for entry in root if entry.kind == "blob") or (UNKNOWN,)


def _holds(pattern: FilePattern, entries: Mapping[str, Sequence[Entry]]) -> bool:
    return any(
        (entry.kind != "blob") == pattern.is_directory and _pattern(pattern.name).matches(entry.name)
        for entry in entries.get(pattern.directory, ())
    )


@lru_cache(maxsize=256)
def _pattern(text: str) -> Pattern:
    return Pattern(text)
