"""Validation against the schema, execution, and errors in GitHub's form (``type``, ``path``, ``message``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_operation_ast,
)

from github_sandbox.errors import ApiError
from github_sandbox.graphql_api import validation, variable_values
from github_sandbox.graphql_api.cost import Cost
from github_sandbox.graphql_api.problems import Problem
from github_sandbox.graphql_api.request import GraphQLRequest, parsed
from github_sandbox.graphql_api.resolvers import bind, resolve_type
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
    bind(built)
    for name in without:
        assert built.mutation_type is not None
        built.mutation_type.fields.pop(name, None)
        built.type_map.pop(f"{name[0].upper()}{name[1:]}Input", None)
    return built


@lru_cache(maxsize=256)
def _problems(text: str, without: frozenset[str]) -> list[Problem]:
    # Cached by text, because the hash of a document visits every node in it.
    return validation.problems(schema(without), parsed(text))


def run(services: Services, token: Token, request: GraphQLRequest, cost: Cost) -> dict[str, Any]:
    """Return the response body: ``data`` and, after any problem, ``errors``."""
    if request.problem or request.document is None:
        return {"errors": [request.problem]}
    unknown = services.edition.unknown_mutations
    problems = _problems(request.text, unknown)
    services.violations += [line for problem in problems if (line := _gap(problem, unknown))]
    operation = get_operation_ast(request.document, request.operation_name)
    if not problems and operation is not None:
        problems = variable_values.problems(schema(unknown), operation, request.variables)
    if problems:
        return {"errors": problems}
    result = execute_sync(
        schema(unknown),
        request.document,
        context_value=Context(services, token, cost),
        variable_values=dict(request.variables),
        operation_name=request.operation_name,
        type_resolver=resolve_type,
        executor_class=Executor,  # The default one also delivers in parts, which GitHub does not.
    )
    assert isinstance(result, ExecutionResult)
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [_error(error) for error in result.errors]
    return body


def _gap(problem: Problem, unknown: frozenset[str]) -> str | None:
    """Return the line of the violations for a field that is not served; None: another problem.

    GitHub may have the field: this schema is trimmed to what the sandbox answers.
    """
    about = problem.get("extensions", {})
    if about.get("code") != "undefinedField" or about["fieldName"] in unknown:
        return None
    return f"not served: the field {about['typeName']}.{about['fieldName']} of GraphQL"


def _error(error: GraphQLError) -> Mapping[str, Any]:
    entry: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, ApiError):
        entry = {"type": cause.graphql_type} | entry
        entry["message"] = cause.graphql_message or cause.message
    return entry
