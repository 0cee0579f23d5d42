"""Directories of one repository as targets: chosen by patterns, each with a name that no other has. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from action_patterns.content import glob
from action_patterns.content.changes import ancestors, path_problem
from action_patterns.content.pattern_dialect import foreign_dialect, spelled_out
from action_patterns.contracts import SelectionWarning
from action_patterns.contracts.wording import closest
from action_patterns.discovery.markers import UNKNOWN, types_of
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

    A pattern that ends in a slash names directories; any other names files, and chooses the directory that each is in.
    The last pattern that matches a directory or file decides, and `!` excludes.

    Raises:
        InputError: a pattern can match nothing, or a chosen directory has a name that no job could be given.
    """
    lines = _read(patterns)
    files: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        files[path.rpartition("/")[0] or ROOT].append(path)
    directories = {ROOT, *files} | {above for path in files for above in ancestors(f"{path}/")}
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


class _Line(NamedTuple):
    """One pattern."""

    text: str
    """As it is written."""
    path: str
    """Without the sign and the slash at the end."""
    includes: bool
    of_directories: bool

    def matches(self, path: str, *, is_file: bool) -> bool:
        """Return whether the pattern decides about a file or a directory."""
        if not self.of_directories:
            return (is_file or not self.includes) and _matches(path, self.path)
        if self.includes:
            return not is_file and _matches(path, self.path)
        # An excluded directory takes with it what is below.
        above = ancestors(path) if is_file else [*ancestors(path), path]
        return any(_matches(each, self.path) for each in above)


def _selects(path: str, lines: Sequence[_Line], *, is_file: bool) -> bool:
    return next((line.includes for line in reversed(lines) if line.matches(path, is_file=is_file)), False)


def _matches(path: str, pattern: str) -> bool:
    """Return whether a path is of a pattern: `*` and `?` stay within a directory, `**` crosses them."""
    if path == pattern:
        return True
    parts, ends = path.split("/"), {0}
    for part in pattern.split("/"):
        if part == "**":
            ends = set(range(min(ends), len(parts) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(parts) and glob.matches(parts[end], part)}
        if not ends:
            return False
    return len(parts) in ends


def _read(patterns: Sequence[str]) -> list[_Line]:
    """Return the lines.

    Raises:
        InputError: every pattern that can match nothing.
    """
    lines, problems = [], list[Problem]()
    for text in patterns:
        path = text.removeprefix("!")
        plain = path.removeprefix("./").rstrip("/") or (ROOT if path in ("./", ROOT) else "")
        if why := _refused(plain):
            shown = clip(repr(text), CODE_CHARACTERS)
            problems.append(Problem(f"The pattern {shown} in `components` matches nothing: it {why[0]}.", why[1]))
        lines.append(_Line(text, plain, not text.startswith("!"), path.endswith("/") or plain == ROOT))
    if lines and not lines[0].includes:
        what = f"{patterns[0]!r} in `components` excludes from nothing: no pattern stands before it."
        problems.append(Problem(what, "Write a pattern that chooses directories before it, for example `**/go.mod`."))
    if problems:
        raise InputError(*problems)
    return lines


def _refused(path: str) -> tuple[str, str] | None:
    """Return why no tracked path is of a pattern, and what to write. None: one may be."""
    if path == ROOT:
        return None
    if why := path_problem(path):
        return why.partition(";")[0], "Write it relative to the repository's root, for example `services/*/`."
    if "\\" in path:
        return "has a backslash", "Write `/` between directories."
    if len(path) > glob.MAX_PATTERN_CHARACTERS:
        return f"has more than {glob.MAX_PATTERN_CHARACTERS:,} characters", "Write several patterns."
    if foreign_dialect(path) == "braces":
        return "has braces, which are a part of the name here", f"{spelled_out(path)}."
    return None


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


def names_of(directories: Iterable[str]) -> Mapping[str, str]:
    """Return a name for each directory: its path with hyphens, and a hash of it where two would be equal."""
    digits = dict.fromkeys(directories, 0)
    while True:
        names = {each: _name(each, number) for each, number in digits.items()}
        times = Counter(names.values())
        shared = [each for each, name in names.items() if times[name] > 1]
        if not shared:
            return names
        digits |= {each: max(8, 2 * digits[each]) for each in shared}


def _name(directory: str, digits: int) -> str:
    plain = "root" if directory == ROOT else _NOT_IN_A_NAME.sub("-", directory.lower()).strip("-") or "directory"
    if not digits:
        return plain[:NAME_CHARACTERS].rstrip("-")
    digest = hashlib.sha256(directory.encode("utf-8", "surrogateescape")).hexdigest()[:digits]
    return f"{plain[: NAME_CHARACTERS - 1 - digits].rstrip('-')}-{digest}"


_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def _warnings(lines: Iterable[_Line], paths: Sequence[str], directories: Iterable[str]) -> Iterator[SelectionWarning]:
    for line in lines:
        of = "directories" if line.of_directories else "files"
        seen = directories if line.of_directories else paths
        # A pattern of files that excludes may be about a directory that another pattern names.
        others = () if line.of_directories or line.includes else directories
        if any(line.matches(each, is_file=not line.of_directories) for each in seen):
            continue
        if any(line.matches(each, is_file=False) for each in others):
            continue
        near = _nearest(line, seen)
        hint = f" The nearest name is {near}." if near else ""
        done = "selected" if line.includes else "excluded"
        message = f"`{line.text}` in `components` {done} nothing: no tracked {of} match it.{hint}"
        yield SelectionWarning(key="components", value=line.text, message=f"{message} Correct it, or remove it.")


def _nearest(line: _Line, paths: Iterable[str]) -> str | None:
    """Return the path, or the last part of one, that a pattern is nearest to."""
    above, _, last = line.path.rpartition("/")
    if set(above) & set("*?["):
        candidates = {path.rpartition("/")[2] for path in paths}
        return closest(last, sorted(candidates))
    return closest(line.path, sorted(paths))
