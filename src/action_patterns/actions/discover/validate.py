"""Checks of discover's inputs, alone and beside each other, and the selection that they give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from action_patterns.actions.discover.interface import DiscoverInputs
from action_patterns.contracts.artifact import NAME_RULE, is_name
from action_patterns.discovery import items
from action_patterns.discovery.selection import Selection, input_problems
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name


def is_of_items(inputs: DiscoverInputs) -> bool:
    """Return whether the targets are items of a list."""
    return bool(inputs.items or inputs.items_file)


def validate(inputs: DiscoverInputs) -> None:
    """Raise InputError with every input that is wrong, alone or beside another."""
    problems: list[Problem] = []
    given = [input_name(name) for name in _given(inputs)]
    if inputs.distribution and given:
        problems.append(
            Problem(
                f"`distribution` and {', '.join(f'`{name}`' for name in given)} are both given.",
                "Write the selection under `targets` in the distribution file, or leave `distribution` out.",
            )
        )
    beside = [*given, *(["distribution"] if inputs.distribution else []), *(["only"] if inputs.only else [])]
    if inputs.components and beside:
        problems.append(
            Problem(
                f"`components` and {', '.join(f'`{name}`' for name in beside)} are both given.",
                "The targets of a run are directories of this repository, or repositories. Give one of the two; narrow"
                " directories by the patterns of `components`.",
            )
        )
    problems += _of_items(inputs, given)
    if inputs.name is not None and not is_name(inputs.name):
        problems.append(
            Problem(
                f"`name` is {inputs.name!r}; it becomes part of artifact names.",
                f"{NAME_RULE.capitalize()}.",
            )
        )
    if problems:
        raise InputError(*problems)


def _of_items(inputs: DiscoverInputs, given: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the list of items, or beside it."""
    if not is_of_items(inputs):
        return
    source = "items" if inputs.items else "items-file"
    others = {"distribution": inputs.distribution, "components": inputs.components}
    if inputs.items and inputs.items_file:
        yield Problem("`items` and `items-file` are both given.", "Give one of the two.")
    if beside := [*given, *(name for name, value in others.items() if value)]:
        yield Problem(
            f"`{source}` and {', '.join(f'`{name}`' for name in beside)} are both given.",
            "Items are no repositories: no source adds to them, and no fact on GitHub filters them. Give one of the"
            " two; narrow items by `only` and `limit`.",
        )
    if inputs.items:
        try:
            items.read(inputs.items, "`items`")
        except InputError as error:
            yield from error.problems


def selection_of(inputs: DiscoverInputs) -> Selection:
    """Return the selection that the inputs give. Raises InputError: one of them is wrong."""
    given: dict[str, Any] = _given(inputs)
    if not given:
        raise InputError(
            Problem(
                "No input names a target: name at least one owner in `owners` or one repository in `repositories`, or"
                " give `teams`, `installation`, `search`, `repositories-file`, `distribution`, `components` or"
                " `items`.",
                "Give one of them. If an expression is there, it came to nothing on this event.",
            )
        )
    if "properties" in given:
        given["properties"] = _properties(inputs.properties)
    try:
        return Selection(**given)
    except ValidationError as error:
        raise InputError(*input_problems(error.errors(include_url=False))) from None


def _given(inputs: DiscoverInputs) -> dict[str, Any]:
    """Return the inputs of the selection that say something, by field."""
    names = (name for name in Selection.model_fields if name in DiscoverInputs.model_fields)
    found = {name: getattr(inputs, name) for name in names if getattr(inputs, name)}
    if found.get("visibility") == ("all",):
        del found["visibility"]
    return found


def _properties(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values by property.

    Raises:
        InputError: a line is not `name=value`.
    """
    if wrong := [line for line in lines if "=" not in line]:
        raise InputError(
            *(Problem(f"`properties`: {line[:80]!r} is not of the form name=value.", _PROPERTY) for line in wrong)
        )
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, _, value = line.partition("=")
        found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return found


_PROPERTY = "Write each as `team=platform`, one a line."
