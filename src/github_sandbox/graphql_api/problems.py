"""The form of a refused document: the place of a problem, and the entry in ``errors``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
)

Problem = dict[str, Any]


def shaped(error: GraphQLError) -> Problem:
    """Return an error in GitHub's form and order."""
    known = error.formatted
    order = ("path", "extensions", "locations", "message")
    return {name: known[name] for name in order if name in known}  # type: ignore[literal-required]


def step(node: Any) -> str | None:
    """Return the part of a path that a node stands for; None: none."""
    match node:
        case OperationDefinitionNode():
            return f"{node.operation.value} {node.name.value}" if node.name else node.operation.value
        case FragmentDefinitionNode():
            return f"fragment {node.name.value}"
        case InlineFragmentNode():
            return f"... on {node.type_condition.name.value}" if node.type_condition else "..."
        case FragmentSpreadNode():
            return f"... {node.name.value}"
        case FieldNode():
            return node.alias.value if node.alias else node.name.value
        case ArgumentNode() | ObjectFieldNode():
            return node.name.value
    return None


def above(where: Sequence[Any]) -> list[Any]:
    """Return all that a node is in, outermost first. ``where``: its key, its parent, its path and their ancestors."""
    return [*where[3], where[1]]


def path_of(where: Sequence[Any], node: Node) -> list[str]:
    return [name for item in (*above(where), node) if (name := step(item)) is not None]
