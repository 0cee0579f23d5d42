"""A parsed GraphQL request: its document, its name, and whether it writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, OperationType
from graphql import parse as parse_document


@dataclass(frozen=True, kw_only=True)
class GraphQLRequest:
    """A parsed request. ``names``: the operation's name, if any, and its root fields; a fault may select by them."""

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
    """Return the parsed document. Raises GraphQLError."""
    return parse_document(text)


def parse(body: bytes) -> GraphQLRequest:
    """Parse a request. Never raises: an invalid body has a ``problem``."""
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
        document=document, text=text, variables=variables, operation_name=wanted, name=name,
        names=frozenset([*fields, *([name] if name else [])]),
        mutation=chosen.operation is OperationType.MUTATION,
    )  # fmt: skip
