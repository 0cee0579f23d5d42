"""The inputs `groups`, `paths` and `shared` as groups, or every problem at once with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from action_patterns.action.cleaning import misplaced
from action_patterns.action.input_checks import repository_problems
from action_patterns.actions.detect_changes.interface import MAX_KEY_LENGTH, TAKES, DetectChangesInputs
from action_patterns.changes.groups import Group, Selection, cycles
from action_patterns.contracts.wording import closest
from action_patterns.errors import InputError, Problem

if TYPE_CHECKING:
    from action_patterns.distribution.yaml_document import YamlDocument

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}")
_KEYS = ("paths", "depends-on")
_EXAMPLE = "Write `api: services/api/**`, or `api:` with `paths` and `depends-on` below it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The patterns of the inputs."""

    paths: Selection | None
    """None: every path counts."""
    groups: tuple[Group, ...] = ()
    shared: Selection | None = None


def validate(inputs: DetectChangesInputs) -> Wanted:
    """Return the patterns.

    Raises:
        InputError: everything that is wrong with the inputs.
    """
    problems = [*_problems(inputs)]
    groups: tuple[Group, ...] = ()
    if inputs.groups is not None:
        reading = _Reading(inputs.groups)
        problems += reading.problems
        groups = tuple(reading.groups)
    paths = _selection(inputs.paths, "`paths`", problems)
    shared = _selection(inputs.shared, "`shared`", problems)
    if problems:
        raise InputError(*problems)
    return Wanted(paths=paths, groups=groups, shared=shared)


def _selection(lines: tuple[str, ...], place: str, problems: list[Problem]) -> Selection | None:
    if not lines:
        return None
    try:
        return Selection.of(lines, place)
    except InputError as error:
        problems += error.problems
        return None


def _problems(inputs: DetectChangesInputs) -> Iterator[Problem]:
    given = {name for name in frozenset().union(*TAKES.values()) if getattr(inputs, name)}
    for name in sorted(given - TAKES[inputs.source]):
        takers = " or ".join(f"`{source}`" for source, taken in TAKES.items() if name in taken)
        yield Problem(f"`{name}` has no effect with `source: {inputs.source}`.", f"Remove it, or use {takers}.")
    yield from misplaced(inputs, inputs.mode)
    if inputs.mode == "clean":
        for name in sorted(given):
            yield Problem(f"`{name}` has no effect on `clean`.", "Remove it. `prefix` chooses keys.")
        return
    if inputs.mode == "complete":
        if inputs.key is None:
            yield Problem("`key` is not given, and `complete` marks the run of a key.", "Give the `key` of `check`.")
    elif inputs.groups is not None and inputs.paths:
        yield Problem("`paths` and `groups` are both given.", "Write the patterns of `paths` into a group.")
    if inputs.shared and inputs.groups is None and inputs.mode == "check":
        yield Problem("`shared` is given without `groups`.", "Give `groups`, or write the patterns into `paths`.")
    if inputs.key is not None and inputs.base is not None:
        yield Problem("`key` and `base` are both given.", "Give one: `key` takes the last green run as the base.")
    if inputs.key is not None and len(inputs.key) > MAX_KEY_LENGTH:
        yield Problem(f"`key` has {len(inputs.key)} characters; at most {MAX_KEY_LENGTH} count.", "Shorten it.")
    if inputs.base is not None and inputs.base.strip().upper() == "HEAD":
        yield Problem(
            "`base` is HEAD, which is the commit that is checked out.",
            "Write `source: worktree` to compare the files of the workspace with it.",
        )
    if inputs.source == "target" and inputs.directory is None:
        yield Problem("`directory` is not given.", "Name the directory whose files the target shall have.")
    if inputs.repository is not None:
        yield from repository_problems("repository", inputs.repository)


class _Reading:
    """The groups, as far as they can be read, and everything that is wrong with them."""

    def __init__(self, text: str) -> None:
        from action_patterns.distribution import yaml_document  # a step with `paths` needs no YAML

        self.groups: list[Group] = []
        self.problems: list[Problem] = []
        try:
            document, found = yaml_document.read(text, name="`groups`")
        except InputError as error:
            self.problems += map(_placed, error.problems)
            return
        if not isinstance(document.data, dict) or not document.data:
            what = "is empty" if not document.data else "is no mapping of names to patterns"
            self.problems += [Problem(f"`groups` {what}.", _EXAMPLE), *map(_placed, found)]
            return
        for name, value in document.data.items():
            try:
                self.groups.append(_group(name, value))
            except InputError as error:
                line = document.line((name,))
                found += [Problem(each.what, each.fix, line=line) for each in error.problems]
        found += _of_dependants(document.data, document)
        self.problems += map(_placed, sorted(found, key=lambda problem: problem.line or 0))


def _group(name: str, value: Any) -> Group:
    """Return one group.

    Raises:
        InputError: every problem with it.
    """
    problems: list[Problem] = []
    if not _NAME.fullmatch(name):
        fix = "Begin with a letter or digit, and use letters, digits, `_`, `-`, `.` and `/`, at most 100."
        problems.append(Problem(f"the group {name!r} has a name that no output could be read by.", fix))
    given = value if isinstance(value, dict) else {"paths": value}
    meant = {key: closest(key, _KEYS) for key in given if key not in _KEYS}
    for key, near in meant.items():
        fix = f"Write `{near}`." if near else f"Known here: {', '.join(_KEYS)}."
        problems.append(Problem(f"the group {name!r}: `{key}` is not a known key.", fix))
    lines, above = _lines(given.get("paths")), _lines(given.get("depends-on"))
    if lines is None or above is None:
        problems.append(Problem(f"the group {name!r} has a value that is neither a text nor a list.", _EXAMPLE))
    elif not lines and not above and not meant:
        problems.append(Problem(f"the group {name!r} has no pattern, so nothing concerns it.", _EXAMPLE))
    selection = None
    try:
        selection = Selection.of(lines or (), f"the group {name!r}")
    except InputError as error:
        problems += error.problems
    if problems or selection is None:
        raise InputError(*problems)
    return Group(name=name, selection=selection, depends_on=above or ())


def _lines(value: Any) -> tuple[str, ...] | None:
    """Return the lines of a text or the items of a list. None: it is neither."""
    if value is None:
        return ()
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None
    return tuple(item.strip() for item in items if item.strip())


def _of_dependants(data: Mapping[str, Any], document: YamlDocument) -> Iterator[Problem]:
    depends_on = {
        name: (_lines(value.get("depends-on")) or ()) if isinstance(value, dict) else () for name, value in data.items()
    }
    for name, above in depends_on.items():
        for each in above:
            if each not in data:
                near = closest(each, data)
                fix = f"Write `{near}`." if near else "Name a group of this input."
                line = document.line((name, "depends-on"))
                yield Problem(f"the group {name!r} depends on {each!r}, which is no group.", fix, line=line)
    for circle in cycles(depends_on):
        way = " -> ".join(circle)
        fix = "Remove one of the arrows. Groups that are always concerned together are one group."
        yield Problem(f"groups depend on each other in a circle: {way}.", fix, line=document.line((circle[0],)))


def _placed(problem: Problem) -> Problem:
    """Return the problem with its line in words: an input is no file that GitHub could show."""
    fix = "Write a pattern that begins with `!` in quotes." if problem.fix == "Remove the tag." else problem.fix
    if problem.line is None:
        return Problem(problem.what, fix)
    return Problem(f"`groups`, line {problem.line}: {problem.what.removeprefix('`groups` ')}", fix)
