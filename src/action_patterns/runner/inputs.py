"""Inputs of an action, out of the environment and into its model: every problem at once, none of them a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, Literal, NamedTuple, TypeVar, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

from action_patterns.action.inputs import Inputs
from action_patterns.contracts.wording import closest, reason
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name
from action_patterns.redaction import Secrets

I = TypeVar("I", bound=Inputs)

PREFIX = "INPUT_"
_SHOWN_CHARACTERS = 80
_CLOSE = 0.75
_NAMES = ("name", "key", "operation", "breaker")
"""Inputs that say which record a step shares with others."""
_LOOSE_END = re.compile(r"\A[-:=,|+]|[-_/:=.@+,|]\Z")


class Parsed(NamedTuple, Generic[I]):
    """The inputs, and hints about a misspelt input and about a name that lacks a part."""

    inputs: I
    hints: tuple[str, ...]


def variable_name(name: str) -> str:
    """`dry-run` -> `INPUT_DRY_RUN`, the spelling of our own composites."""
    return PREFIX + input_name(name).replace("-", "_").upper()


def parse(model: type[I], environment: Mapping[str, str], secrets: Secrets) -> Parsed[I]:
    """Read an action's inputs. Secret ones are masked before anything is looked at, let alone printed.

    Raises:
        InputError: with one problem per input that is wrong.
    """
    for name, field in model.model_fields.items():
        if is_secret(field):
            for variable in _spellings(name):
                secrets.add(environment.get(variable, "").strip())
    given = {input_name(name): value for name in model.model_fields if (value := _read(name, environment)) is not None}
    hints = (*_hints(model, environment), *_loose_ends(given))
    try:
        inputs = model.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InputError(*(_problem(model, given, detail, hints) for detail in details)) from None
    return Parsed(inputs, hints)


@contextmanager
def named_in_problems(inputs: Inputs) -> Iterator[None]:
    """Put the names of the inputs that hold a path before each problem of that path."""
    try:
        yield
    except InputError as error:
        raise InputError(*(_named(problem, inputs) for problem in error.problems)) from error.__cause__


def _named(problem: Problem, inputs: Inputs) -> Problem:
    holding = [f"`{input_name(name)}`" for name, value in inputs if problem.path in _lines(value)]
    if not holding:
        return problem
    what = f"{' and '.join(holding)}: {problem.what}"
    return Problem(what, problem.fix, file=problem.file, line=problem.line, path=problem.path)


def _lines(value: object) -> list[object]:
    if isinstance(value, str):
        return list(value.splitlines())
    return list(value) if isinstance(value, (list, tuple)) else []


def variables_of(model: type[Inputs]) -> frozenset[str]:
    """Return the variables that hold the inputs of an action, in every spelling."""
    return frozenset(variable for name in model.model_fields for variable in _spellings(name))


def is_secret(field: FieldInfo) -> bool:
    """Return whether the field holds a SecretStr, in any wrapping."""
    return SecretStr in _leaves(field.annotation)


def default_text(field: FieldInfo) -> str | None:
    """A field's default, spelled so that `parse` reads the same value back; None for a required field."""
    if field.is_required():
        return None
    default = field.get_default(call_default_factory=True)
    if default is None or default is PydanticUndefined:
        return ""
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, str):
        return default
    if isinstance(default, (list, tuple)):
        return "\n".join(str(item) for item in default)
    if isinstance(default, dict):
        return json.dumps(default)
    return str(default)


def allowed_values(field: FieldInfo) -> tuple[str, ...]:
    """The values of a closed set (a Literal or a flag); empty for any other type."""
    leaves = _leaves(field.annotation)
    values = tuple(str(value) for leaf in leaves if get_origin(leaf) is Literal for value in get_args(leaf))
    return values or (("true", "false") if bool in leaves else ())


def _leaves(annotation: object) -> tuple[object, ...]:
    if get_origin(annotation) is Literal:
        return (annotation,)
    arguments = get_args(annotation)
    return tuple(leaf for each in arguments for leaf in _leaves(each)) if arguments else (annotation,)


def _spellings(name: str) -> tuple[str, ...]:
    # act and other runners keep the hyphen, as GitHub does for JavaScript actions.
    return variable_name(name), PREFIX + input_name(name).upper()


def _read(name: str, environment: Mapping[str, str]) -> str | None:
    for variable in _spellings(name):
        if value := environment.get(variable, "").strip():
            return value
    return None


def _hints(model: type[Inputs], environment: Mapping[str, str]) -> Iterator[str]:
    known = {spelling for name in model.model_fields for spelling in _spellings(name)}
    names = [input_name(name) for name in model.model_fields]
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in known and environment[variable].strip():
            given = variable.removeprefix(PREFIX).lower().replace("_", "-")
            if close := closest(given, names, _CLOSE):
                yield f"There is no input `{given}`; did you mean `{close}`?"


def _loose_ends(given: Mapping[str, str]) -> Iterator[str]:
    """Yield a hint for each name with a separator at an end: `deploy-`, of `deploy-${{ matrix.typo }}`."""
    for name in _NAMES:
        value = given.get(name, "")
        if _LOOSE_END.search(value):
            yield (
                f"Input `{name}` is `{_shortened(value)}`, with a separator at an end: if an expression is there, it"
                " came to nothing, and other jobs and runs share the name."
            )


def _problem(model: type[Inputs], given: Mapping[str, str], detail: ErrorDetails, hints: tuple[str, ...]) -> Problem:
    if not detail["loc"]:  # a rule over several inputs; its author worded it
        return Problem(f"{reason(detail)}.", "Correct the inputs under `with:`.")
    name = str(detail["loc"][0])
    field = model.model_fields.get(name.replace("-", "_"))
    if field is None:
        return Problem(f"There is no input `{name}`.", f"Remove `{name}` from `with:`.")
    if detail["type"] == "missing":
        hint = next((f" {text}" for text in hints if f"`{name}`" in text), "")
        return Problem(f"Input `{name}` is required and was not given.{hint}", _fix(name, field, "Add"))
    value = given.get(name, "")
    if detail["type"] == "literal_error":
        close = closest(value, allowed_values(field))
        why = "not one of the allowed values" + (f"; did you mean `{close}`?" if close else ".")
        return Problem(f"Input `{name}` is `{_shortened(value)}`, which is {why}", _fix(name, field, "Correct"))
    shown = "the given value" if is_secret(field) else f"`{_shortened(value)}`"
    fix = detail.get("ctx", {}).get("fix")
    from action_patterns.contracts.durations import number_meant  # a run whose inputs are right does not need it

    meant = number_meant(name, value) if detail["type"].startswith(("int", "float")) else None
    end = f"; did you mean `{meant}`?" if meant else "."
    return Problem(
        f"Input `{name}` is {shown}: {reason(detail)}{end}", f"{fix}." if fix else _fix(name, field, "Correct")
    )


def _fix(name: str, field: FieldInfo, verb: str) -> str:
    parts = [f"{verb} `{name}` under `with:`. {field.description or ''}".strip()]
    if allowed := allowed_values(field):
        parts.append(f"Allowed: {', '.join(allowed)}.")
    if default := default_text(field):
        parts.append(f"Default: {_shortened(default)}.")
    return " ".join(parts)


def _shortened(value: str) -> str:
    text = value.replace("\r", "\\r").replace("\n", "\\n")
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}… ({len(value)} characters)"
