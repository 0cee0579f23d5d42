"""A GraphQL request before it is executed: its document, its name, and whether it writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, OperationType
from graphql import parse as parse_document


@dataclass(frozen=True)
class GraphQLRequest:
    """``names``: the operation's name (if any) and its root fields, which is what faults can match on."""

    document: DocumentNode | None = None
    text: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    name: str | None = None
    names: frozenset[str] = frozenset()
    mutation: bool = False
    problem: Mapping[str, Any] | None = None


@lru_cache(maxsize=256)
def parsed(text: str) -> DocumentNode:
    """Raises GraphQLError."""
    return parse_document(text)


def parse(body: bytes) -> GraphQLRequest:
    """Never raises: a body that is no request carries its ``problem``."""
    try:
        data = json.loads(body)
        text, variables, wanted = (data["query"], data.get("variables") or {}, data.get("operationName"))
        document = parsed(text)
    except GraphQLError as error:
        return GraphQLRequest(problem=error.formatted)
    except (ValueError, KeyError, TypeError, AttributeError):
        return GraphQLRequest(problem={"message": "A query attribute must be specified and must be a string."})
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    chosen = next(
        (o for o in operations if wanted and o.name and o.name.value == wanted), operations[0] if operations else None
    )
    if chosen is None:
        return GraphQLRequest(problem={"message": "No operation to execute."})
    fields = [s.name.value for s in chosen.selection_set.selections if isinstance(s, FieldNode)]
    name = chosen.name.value if chosen.name else (fields[0] if fields else None)
    return GraphQLRequest(
        document, text, variables, wanted, name, frozenset([*fields, *([name] if name else [])]),
        chosen.operation is OperationType.MUTATION,
    )  # fmt: skip
