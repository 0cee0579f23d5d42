"""Values of variables against their types, with the errors of graphql-ruby, which serves GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)

from github_sandbox.graphql_api.problems import Problem, shaped

Fault = tuple[tuple[str | int, ...], str]
"""The place in the value, and the explanation."""


def problems(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> list[Problem]:
    """Return one problem for each variable whose value does not suit its type."""
    found = []
    for definition in operation.variable_definitions or ():
        name, kind = definition.variable.name.value, type_from_ast(schema, definition.type)
        if definition.default_value is not None and name not in given:
            continue
        value = given.get(name)
        faults = list(_faults(value, kind, ()))
        if faults:
            places = ", ".join(f"{'.'.join(map(str, path))} ({words})" for path, words in faults if path)
            message = f"Variable ${name} of type {kind} was provided invalid value{places and f' for {places}'}"
            entries = [{"path": list(path), "explanation": words} for path, words in faults]
            extensions = {"value": value, "problems": entries}
            found.append(shaped(GraphQLError(message, definition, extensions=extensions)))
    return found


def _faults(value: Any, kind: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if value is None:
        if is_non_null_type(kind):
            yield path, "Expected value to not be null"
    elif is_non_null_type(kind):
        yield from _faults(value, kind.of_type, path)
    elif is_list_type(kind):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _faults(item, kind.of_type, (*path, index))
        else:
            yield from _faults(value, kind.of_type, path)
    elif is_input_object_type(kind):
        yield from _object_faults(value, kind, path)
    else:
        yield from _leaf_faults(value, kind, path)


def _object_faults(value: Any, kind: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield path, f"Expected {value!r} to be a key-value object."
        return
    for name in value:
        if name not in kind.fields:
            yield (*path, name), f"Field is not defined on {kind.name}"
    for name, field in kind.fields.items():
        if name in value or is_required_input_field(field):
            yield from _faults(value.get(name), field.type, (*path, name))


def _leaf_faults(value: Any, kind: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    try:
        kind.parse_value(value)
    except Exception:  # noqa: BLE001 - scalars raise what they like
        if is_enum_type(kind):
            yield path, f'Expected "{value}" to be one of: {_choices(kind)}'
        else:
            yield path, f"Could not coerce value {_shown(value)} to {kind.name}"


def _choices(kind: GraphQLEnumType) -> str:
    return ", ".join(kind.values)


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
