"""The files that an input with one path or pattern a line names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from action_patterns.content.admission import without_own
from action_patterns.content.changes import FileChange
from action_patterns.content.patterns import Pattern, PatternError, nearest
from action_patterns.errors import InputError, Problem

if TYPE_CHECKING:
    from action_patterns.ports.workspace import Files


def read_named_files(lines: Sequence[str], files: Files) -> tuple[FileChange, ...]:
    """Return the files that the lines name, each once. A line with a leading `!` takes out what lines above it name.

    Raises:
        InputError: every line that names no file, or takes out none, and lines that together name none: the result
            would be that of another list.
    """
    found: dict[str, FileChange] = {}
    problems: list[Problem] = []
    for line in lines:
        try:
            if line.startswith("!") and not files.exists(line):
                found = _without(found, line)
            else:
                found |= {change.path: change for change in without_own(files.find(line))}
        except InputError as error:
            problems += error.problems
    if not problems and not found and lines:
        what = f"The lines {', '.join(map(repr, lines[:5]))} take out every file that they name."
        problems.append(Problem(what, "Leave files in: without one, every run would be for the same content."))
    if problems:
        raise InputError(*problems)
    return tuple(found.values())


def _without(found: dict[str, FileChange], line: str) -> dict[str, FileChange]:
    try:
        out = Pattern(line).over([*found])
    except PatternError as error:
        raise InputError(Problem(f"{line!r} names no file: {error.refusal.why}.", f"{error.refusal.fix}.")) from None
    kept = {path: change for path, change in found.items() if not out.matches(path)}
    if len(kept) == len(found):
        near = nearest(line, found)
        hint = f" The nearest name is {near!r}." if near else ""
        what = f"{line!r} takes out none of the files that the lines above it name.{hint}"
        raise InputError(Problem(what, "Correct it, write it below the line that names them, or remove it."))
    return kept
