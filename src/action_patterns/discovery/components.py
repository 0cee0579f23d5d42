"""Directories of one repository as targets: chosen by patterns, each with a name that no other has. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from action_patterns.content.changes import ancestors
from action_patterns.content.patterns import Pattern, PatternError
from action_patterns.content.project_types import UNKNOWN, types_of
from action_patterns.contracts import SelectionWarning
from action_patterns.contracts.wording import closest
from action_patterns.errors import InputError, Problem
from action_patterns.escape import CODE_CHARACTERS, clip

ROOT = "."
NAME_CHARACTERS = 63
"""As many as a name of artifacts may have."""


class Component(NamedTuple):
    """One directory."""

    directory: str
    """Path in the repository; `.` for its root."""
    name: str
    """Name that no other component has: lower-case letters, digits and hyphens, at most 63."""
    types: tuple[str, ...]
    """Kinds of project, by the marker files right in it."""


class Found(NamedTuple):
    """The directories that patterns choose."""

    components: tuple[Component, ...]
    """In the order of their paths."""
    warnings: tuple[SelectionWarning, ...]
    """One for each pattern without effect."""


def find(paths: Sequence[str], patterns: Sequence[str]) -> Found:
    """Return the directories that the patterns choose among those of the tracked files.

    A pattern that ends in a slash, or is the path of a directory, names directories. Any other names files, and chooses
    the directory that each is in.
    The last pattern that matches a directory or file decides, and `!` excludes.

    Raises:
        InputError: a pattern can match nothing, or a chosen directory has a name that no job could be given.
    """
    files: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        files[path.rpartition("/")[0] or ROOT].append(path)
    directories = {ROOT, *files} | {above for path in files for above in ancestors(path)}
    lines = _read(patterns, directories)
    chosen = {each for each in directories if _selects(each, lines, is_file=False)}
    chosen |= {above for above, below in files.items() if any(_selects(each, lines, is_file=True) for each in below)}
    _check_names(chosen)
    names = names_of(chosen)
    components = tuple(
        Component(each, names[each], types_of(path.rpartition("/")[2] for path in files.get(each, ())))
        for each in sorted(chosen)
    )
    return Found(components, tuple(_warnings(lines, paths, directories)))


def type_of(types: Sequence[str]) -> str:
    """Return the types as one text for the matrix: `go`, or `go,node` for a directory of both."""
    return ",".join(types) or UNKNOWN


class _Line:
    """One pattern. It names the root, directories (a slash at its end, or the path of one), or files."""

    def __init__(self, text: str, directories: Collection[str]) -> None:
        """Read a pattern. Raises PatternError."""
        self.text = text
        self.includes = not text.startswith("!")
        path = text.removeprefix("!")
        self.is_root = path in (ROOT, "./")
        self.path = ROOT if self.is_root else path.removeprefix("./").removesuffix("/")
        is_directory = self.path in directories
        self.of_directories = self.is_root or path.endswith("/") or is_directory
        self._is_literal = is_directory
        given = "*" if self.is_root else path.removeprefix("./")  # the root needs none
        self._pattern, above = Pattern(given), given.removesuffix("/")
        self._children, self._below = Pattern(f"{above}/*"), Pattern(f"{above}/")

    def matches(self, path: str, *, is_file: bool) -> bool:
        """Return whether the pattern decides about a file or a directory."""
        if self.is_root:
            return ("/" not in path) if is_file else path == ROOT
        if not self.includes:
            # An excluded directory takes with it what is below.
            inside = path if is_file else _file_in(path)
            return inside.startswith(f"{self.path}/") if self._is_literal else self._pattern.matches(inside)
        if is_file == self.of_directories:
            return False
        if is_file:
            return self._pattern.matches(path) and not self._below.matches(path)
        return path == self.path if self._is_literal else self._children.matches(_file_in(path))


def _file_in(directory: str) -> str:
    """Return the path of a file in a directory, for a pattern of paths."""
    return "_" if directory == ROOT else f"{directory}/_"


def _selects(path: str, lines: Sequence[_Line], *, is_file: bool) -> bool:
    return next((line.includes for line in reversed(lines) if line.matches(path, is_file=is_file)), False)


def _read(patterns: Sequence[str], directories: Collection[str]) -> list[_Line]:
    """Return the lines.

    Raises:
        InputError: every pattern that can match nothing.
    """
    lines, problems = [], list[Problem]()
    for text in patterns:
        try:
            lines.append(_Line(text, directories))
        except PatternError as error:
            why, fix = error.refusal
            shown = clip(repr(text), CODE_CHARACTERS)
            problems.append(Problem(f"The pattern {shown} in `components` matches nothing: {why}.", f"{fix}."))
    if patterns and patterns[0].startswith("!"):
        what = f"{patterns[0]!r} in `components` excludes from nothing: no pattern stands before it."
        problems.append(Problem(what, "Write a pattern that chooses directories before it, for example `**/go.mod`."))
    if problems:
        raise InputError(*problems)
    return lines


def _check_names(directories: Iterable[str]) -> None:
    """Refuse the directories that a matrix cannot hold or a shell would read as two lines.

    Raises:
        InputError: every such directory.
    """
    problems = [
        Problem(
            f"The directory {clip(repr(each), CODE_CHARACTERS)} has a control character in its name, or is not UTF-8.",
            "Rename it, or exclude it with a pattern that begins with `!`.",
        )
        for each in sorted(directories)
        if any(character < " " or character == "\x7f" or "\ud800" <= character <= "\udfff" for character in each)
    ]
    if problems:
        raise InputError(*problems)


def names_of(directories: Iterable[str], of: str = "directory") -> Mapping[str, str]:
    """Return a name for each directory or item: its path with hyphens, and a hash of it where two would be equal.

    One without a letter or digit is named by `of`, the kind.
    """
    digits = dict.fromkeys(directories, 0)
    while True:
        names = {each: _name(each, number, of) for each, number in digits.items()}
        times = Counter(names.values())
        shared = [each for each, name in names.items() if times[name] > 1]
        if not shared:
            return names
        digits |= {each: max(8, 2 * digits[each]) for each in shared}


def _name(directory: str, digits: int, of: str) -> str:
    plain = "root" if directory == ROOT else _NOT_IN_A_NAME.sub("-", directory.lower()).strip("-") or of
    if not digits:
        return plain[:NAME_CHARACTERS].rstrip("-")
    digest = hashlib.sha256(directory.encode("utf-8", "surrogateescape")).hexdigest()[:digits]
    return f"{plain[: NAME_CHARACTERS - 1 - digits].rstrip('-')}-{digest}"


_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def _warnings(lines: Iterable[_Line], paths: Sequence[str], directories: Collection[str]) -> Iterator[SelectionWarning]:
    for line in lines:
        # A pattern that excludes may be about files or about directories.
        if any(line.matches(each, is_file=True) for each in paths):
            continue
        if any(line.matches(each, is_file=False) for each in directories):
            continue
        of, done = "directories" if line.of_directories else "files", "selected" if line.includes else "excluded"
        near = _nearest(line, directories if line.of_directories else paths)
        hint = f" The nearest name is {near}." if near else ""
        if not line.of_directories and any(_Line(f"{line.path}/", ()).matches(d, is_file=False) for d in directories):
            hint = f" It matches directories: write `{line.text}/`."
        message = f"`{line.text}` in `components` {done} nothing: no tracked {of} match it.{hint}"
        yield SelectionWarning(key="components", value=line.text, message=f"{message} Correct it, or remove it.")


def _nearest(line: _Line, paths: Iterable[str]) -> str | None:
    """Return the path, or the last part of one, that a pattern is nearest to."""
    above, _, last = line.path.rpartition("/")
    if set(above) & set("*?["):
        candidates = {path.rpartition("/")[2] for path in paths}
        return closest(last, sorted(candidates))
    return closest(line.path, sorted(paths))
