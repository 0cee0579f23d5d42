"""Values of a campaign and of its groups, and the facts of a repository, for templates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any

from pydantic import AfterValidator

from action_patterns.content.template import Template, has_expressions
from action_patterns.contracts import Target
from action_patterns.errors import InputError, Problem

RESERVED = ("repository", "campaign", "group")
"""Names that a template has without any `values`."""
WORDS = frozenset(["true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else"])
"""Names that an expression reads as something else."""
NAME_OF_VALUE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FLAGS = {"true": True, "false": False}

Value = str | tuple[str, ...]


def _names(values: dict[str, Value]) -> dict[str, Value]:
    for name in values:
        if not NAME_OF_VALUE.fullmatch(name):
            plain = re.sub(r"\W", "_", name)
            raise ValueError(f"{name!r} is no name of a value: it has letters, digits and `_`, as {plain!r} has")
        if name in WORDS:
            raise ValueError(f"{name!r} is a word of the templates and cannot be a value. Choose another name")
        if name in RESERVED:
            raise ValueError(f"{name!r} is set for every template and cannot be a value. Choose another name")
    return values


Values = Annotated[dict[str, Value], AfterValidator(_names)]
"""Texts and lists of texts, by name."""


def facts(target: Target) -> dict[str, Any]:
    """Return the value `repository` of a target."""
    return {
        "owner": target.owner,
        "name": target.name,
        "full_name": target.repository,
        "default_branch": target.default_branch,
        "topics": list(target.topics),
        "language": target.language,
        "private": target.private,
        "visibility": target.visibility,
        "properties": {
            name: value if isinstance(value, str) else list(value) for name, value in target.properties.items()
        },
    }


class ValueSet:
    """Values of which some are templates of others."""

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        file: str,
        lines: Mapping[str, int],
        origins: Mapping[str, str] | None = None,
    ) -> None:
        """Parse the values. `lines`: the line of each in `file`, or in the file that `origins` has for it.

        Raises:
            InputError: a value is no template, or values refer to each other in a circle.
        """
        self._values = dict(values)
        places = dict.fromkeys(values, file) | dict(origins or {})
        self._templates: dict[str, tuple[Template, ...]] = {}
        problems: list[Problem] = []
        for name, value in values.items():
            texts = (value,) if isinstance(value, str) else value
            if not any(map(has_expressions, texts)):
                continue
            try:
                line = lines.get(name, 1)
                self._templates[name] = tuple(Template.parse(text, name=places[name], line=line) for text in texts)
            except InputError as error:
                problems += error.problems
        self._order, circles = self._sorted()
        problems += [
            Problem(
                f"{places[circle[0]]}: the values {' → '.join(circle)} refer to each other in a circle.",
                "Write one of them out.",
                file=places[circle[0]],
                line=lines.get(circle[0], 1),
            )
            for circle in circles
        ]
        if problems:
            raise InputError(*problems)

    @property
    def templates(self) -> Iterator[Template]:
        """The values that are templates."""
        for each in self._templates.values():
            yield from each

    def names_of(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names that these depend on, themselves included."""
        found: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += (each for template in self._templates.get(name, ()) for each in template.names)
        return frozenset(found)

    def for_target(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all values. `given` has those that are no values of a campaign: the facts.

        Raises:
            InputError: a value reads what is not set.
        """
        found: dict[str, Any] = dict(given)
        for name, value in self._values.items():
            if name not in self._templates:
                found[name] = _plain(value)
        problems: list[Problem] = []
        for name in self._order:
            if not found.keys() >= set(self._needs(name)):
                continue  # The value that it reads has failed, and is named.
            try:
                texts = [template.render(found) for template in self._templates[name]]
            except InputError as error:
                problems += error.problems
                continue
            found[name] = _plain(texts[0] if isinstance(self._values[name], str) else tuple(texts))
        if problems:
            raise InputError(*problems)
        return found

    def _needs(self, name: str) -> list[str]:
        return sorted({each for template in self._templates[name] for each in template.names & self._templates.keys()})

    def _sorted(self) -> tuple[list[str], list[list[str]]]:
        """Return the values that are templates, each behind those that it reads, and the circles among them."""
        graph = {name: self._needs(name) for name in self._templates}
        circles: list[list[str]] = []
        while True:
            try:
                return list(TopologicalSorter(graph).static_order()), circles
            except CycleError as error:
                circle: list[str] = error.args[1]
                circles.append(circle[::-1])
                for name in circle:
                    graph[name] = []


def _plain(value: Value) -> Any:
    """Return a value as templates see it: `true` and `false` are flags, everything else is as it was written."""
    if isinstance(value, str):
        return _FLAGS.get(value, value)
    return [_FLAGS.get(each, each) for each in value]
