"""Names of repositories from a file of the workspace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from action_patterns.content.text import read_text, with_lf
from action_patterns.discovery.patterns import refuse_repository
from action_patterns.discovery.selection import Place, Selection, once
from action_patterns.errors import InputError, Problem
from action_patterns.ports.workspace import Files

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"(?:\A|\s)#.*")


class _Item(NamedTuple):
    name: str
    line: int


def with_files(selection: Selection, files: Files) -> Selection:
    """Return a selection that has the names of its `repositories-file`, and so for the selections inside.

    Raises:
        InputError: a file cannot be read, or names no repository; or a line of any of them is no name.
    """
    problems: list[Problem] = []
    found = _with_files(selection, files, problems)
    if problems:
        raise InputError(*problems)
    return found


def _with_files(selection: Selection, files: Files, problems: list[Problem]) -> Selection:
    changed: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for key, parts in selection.parts.items():
        if parts:
            changed[key.replace("-", "_")] = tuple(_with_files(part, files, problems) for part in parts)
    if path := selection.repositories_file:
        try:
            items = _read(read_text(files.read(path), path), path)
        except InputError as error:
            problems += error.problems
        else:
            changed["repositories"] = once((*selection.repositories, *(item.name for item in items)))
            places = {item.name: Place(path, item.line) for item in items}
    if not changed:
        return selection
    found = selection.model_copy(update=changed)
    for name, place in places.items():
        found.locate("repositories", name, place)
    return found


def _read(text: str, path: str) -> list[_Item]:
    """Return the names of a file.

    Raises:
        InputError: every line that is no name, at once.
    """
    items = list(_json(text, path) if text.lstrip().startswith(("[", "{")) else _lines(text))
    problems = [
        Problem(f"{path}: {refusal.why}.", f"{refusal.fix}.", file=path, line=item.line)
        for item in items
        if (refusal := refuse_repository(item.name))
    ]
    if not items:
        problems.append(
            Problem(f"{path} names no repository.", "Write one 'owner/name' a line, or remove `repositories-file`.")
        )
    if problems:
        raise InputError(*problems)
    return items


def _lines(text: str) -> Iterator[_Item]:
    for number, line in enumerate(with_lf(text).split("\n"), 1):
        if name := _COMMENT.sub("", line).strip():
            yield _Item(name, number)


def _json(text: str, path: str) -> Iterable[_Item]:
    try:
        data = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        problem = Problem(f"{path} begins like a JSON list and is none: {error}.", _LIST, file=path, line=line)
        raise InputError(problem) from None
    if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
        raise InputError(Problem(f"{path} is JSON, but no list of names.", _LIST, file=path, line=1))
    # A list of texts has no other texts, so they stand in the same order.
    lines = (text.count("\n", 0, found.start()) + 1 for found in _STRING.finditer(text))
    return [_Item(name, line) for name, line in zip(data, lines, strict=True)]


_LIST = 'Write a list as ["acme/api", "acme/web"], or one \'owner/name\' a line.'
