"""The cost of a query: the largest number of its nodes, and its points.

https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api: each connection counts once
per node of its parents. Nodes: the most that all connections return. Points: requests / 100, rounded, at least 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from github_sandbox.graphql_api.request import GraphQLRequest, parsed

REQUESTS_PER_POINT = 100
_DEEPEST = 50


@dataclass(frozen=True)
class Cost:
    requests: int = 1
    nodes: int = 0

    @property
    def points(self) -> int:
        return max(1, round(self.requests / REQUESTS_PER_POINT))

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.requests + other.requests, self.nodes + other.nodes)


def of(request: GraphQLRequest) -> Cost:
    """Return the cost of a request; an invalid request has the least."""
    if request.document is None:
        return Cost()
    sizes = frozenset((name, value) for name, value in request.variables.items() if isinstance(value, int))
    return _of(request.text, request.operation_name, sizes)


@lru_cache(maxsize=256)
def _of(text: str, operation_name: str | None, sizes: frozenset[tuple[str, int]]) -> Cost:
    document = parsed(text)
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    chosen = next((o for o in operations if o.name and o.name.value == operation_name), operations[0])
    defaults = {
        d.variable.name.value: int(d.default_value.value)
        for d in chosen.variable_definitions or ()
        if isinstance(d.default_value, IntValueNode)
    }
    counted = _counted(document, chosen.selection_set, defaults | dict(sizes), 1, 0)
    return Cost(max(1, counted.requests), counted.nodes)


def _counted(
    document: DocumentNode, chosen: SelectionSetNode, variables: Mapping[str, Any], parents: int, depth: int
) -> Cost:
    total = Cost(0, 0)
    for selection in chosen.selections if depth < _DEEPEST else ():
        inner, per_parent = selection, parents
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            inner = next(
                (d for d in document.definitions if isinstance(d, FragmentDefinitionNode) and d.name.value == name),
                None,  # an unknown fragment costs nothing, and validation refuses it
            )  # type: ignore[assignment]
        elif isinstance(selection, FieldNode) and (size := _size(selection, variables)) is not None:
            total += Cost(parents, parents * size)
            per_parent = parents * size
        below = getattr(inner, "selection_set", None)
        if below:
            total += _counted(document, below, variables, per_parent, depth + 1)
    return total


def _size(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    """Return ``first`` or ``last`` of a connection; None: the field is not a connection."""
    for argument in field.arguments or ():
        if argument.name.value in ("first", "last"):
            value = argument.value
            if isinstance(value, IntValueNode):
                return int(value.value)
            given = variables.get(value.name.value) if isinstance(value, VariableNode) else None
            if isinstance(given, int):
                return given
    return None
