"""Errors of a server that is too old for a mutation, with graphql-ruby's messages (refined-github#6946)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
)

Problem = Mapping[str, Any]


def input_of(mutation: str) -> str:
    """Return the input type of a mutation."""
    return f"{mutation[0].upper()}{mutation[1:]}Input"


def problems(document: DocumentNode, unknown: Collection[str]) -> list[Problem]:
    """Return an error for each variable of an unknown input type, and for each unknown mutation in the document."""
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    return [p for o in operations if o.operation is OperationType.MUTATION for p in _of(o, unknown)]


def _of(operation: OperationDefinitionNode, unknown: Collection[str]) -> Iterator[Problem]:
    own = f"mutation {operation.name.value}" if operation.name else "mutation"
    inputs = {input_of(name) for name in unknown}
    for variable in operation.variable_definitions or ():
        kind, name = variable.type, variable.variable.name.value
        named = kind.type if isinstance(kind, NonNullTypeNode) else kind
        if isinstance(named, NamedTypeNode) and (wanted := named.name.value) in inputs:
            about = {"code": "variableRequiresValidType", "typeName": wanted, "variableName": name}
            yield _problem(variable, [own], about, f"{wanted} isn't a defined input type (on ${name})")
    for field in operation.selection_set.selections:
        if isinstance(field, FieldNode) and (wanted := field.name.value) in unknown:
            about = {"code": "undefinedField", "typeName": "Mutation", "fieldName": wanted}
            path = [own, field.alias.value if field.alias else wanted]
            yield _problem(field, path, about, f"Field '{wanted}' doesn't exist on type 'Mutation'")


def _problem(node: Node, path: list[str], about: Mapping[str, str], words: str) -> Problem:
    start = node.loc.start_token if node.loc else None
    where = [{"line": start.line, "column": start.column}] if start else []
    return {"path": path, "extensions": about, "locations": where, "message": words}
