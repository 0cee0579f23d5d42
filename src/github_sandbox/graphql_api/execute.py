"""Validation against the schema, execution, and errors in GitHub's form (``type``, ``path``, ``message``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, build_schema, execute_sync, validate

from github_sandbox.errors import ApiError
from github_sandbox.graphql_api import unknown_mutations
from github_sandbox.graphql_api.cost import Cost
from github_sandbox.graphql_api.request import GraphQLRequest, parsed
from github_sandbox.graphql_api.resolvers import resolve_field, resolve_type
from github_sandbox.schemas import graphql_text
from github_sandbox.services import Services
from github_sandbox.tokens import Token


@dataclass
class Context:
    """The facts that a resolver may use."""

    services: Services
    token: Token
    cost: Cost


@lru_cache(maxsize=4)
def schema(without: frozenset[str] = frozenset()) -> GraphQLSchema:
    """Return the trimmed schema, ``without`` these mutations and their inputs; built on first use, kept for the
    process.
    """
    built = build_schema(graphql_text(), assume_valid=True, no_location=True)
    for name in without:
        assert built.mutation_type is not None
        built.mutation_type.fields.pop(name, None)
        built.type_map.pop(unknown_mutations.input_of(name), None)
    return built


@lru_cache(maxsize=256)
def _problems(text: str) -> list[GraphQLError]:
    # Cached by text, because the hash of a document visits every node in it.
    return validate(schema(), parsed(text))


def run(services: Services, token: Token, request: GraphQLRequest, cost: Cost) -> dict[str, Any]:
    """Return the response body: ``data`` and, after any problem, ``errors``."""
    if request.problem or request.document is None:
        return {"errors": [request.problem]}
    unknown = unknown_mutations.problems(request.document, services.edition.unknown_mutations)
    if unknown:
        return {"errors": unknown}
    problems = _problems(request.text)
    if problems:
        return {"errors": [dict(error.formatted) for error in problems]}
    result = execute_sync(
        schema(services.edition.unknown_mutations),
        request.document,
        context_value=Context(services, token, cost),
        variable_values=dict(request.variables),
        operation_name=request.operation_name,
        field_resolver=resolve_field,
        type_resolver=resolve_type,
    )
    assert isinstance(result, ExecutionResult)
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [_error(error) for error in result.errors]
    return body


def _error(error: GraphQLError) -> Mapping[str, Any]:
    entry: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, ApiError):
        entry = {"type": cause.graphql_type} | entry
        entry["message"] = cause.graphql_message or cause.message
    return entry
