"""The request that the inputs make, after every check: each problem is named before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from action_patterns.action.input_checks import (
    known_secrets,
    public_name_problems,
    repository_problems,
)
from action_patterns.action.values import read_input_file
from action_patterns.actions.state.interface import DAY_SECONDS, TAKES, StateInputs
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.state import key as keys
from action_patterns.state import values
from action_patterns.state.json_value import read_json, secrets_in
from action_patterns.state.record import MAX_MESSAGE_BYTES, Holder
from action_patterns.state.values import ABSENT, PutRequest

_VERSION = re.compile(rf"{ABSENT}|[0-9a-f]{{40}}(\.[\w+/=-]+)?")


@dataclass(frozen=True, kw_only=True)
class StateRequest:
    """The inputs, checked."""

    repository: str
    asked: PutRequest
    """The key and version of every mode but `list`, and the value of those that write."""
    default: JsonValue


def gather(inputs: StateInputs, ports: Ports) -> StateRequest:
    """Return the request that the inputs make.

    Raises:
        InputError: they make none; every problem is named.
    """
    repository = inputs.repository or ports.context.repository
    problems = [*_problems(inputs), *_key_problems(inputs)]
    problems += repository_problems("repository", repository)
    given: dict[str, JsonValue] = {}
    try:
        of_file = None if inputs.value_path is None else read_input_file("value-path", inputs.value_path, ports)
    except InputError as error:
        of_file = None
        problems.extend(error.problems)
    for name, text in (("value", inputs.value), ("value-path", of_file), ("default", inputs.default)):
        if text is None:
            continue
        try:
            given[name.removesuffix("-path")] = read_json(text)
        except ValueError as error:
            problems.append(
                Problem(f"`{name}` is no JSON: {error}.", 'Write JSON. A text is in quotes: `"v1"`, not `v1`.')
            )
    if "value" in given:
        problems.extend(_value_problems(inputs, given["value"], ports.context))
    if problems:
        raise InputError(*problems)
    return StateRequest(
        repository=repository,
        asked=_put_request(inputs, given.get("value"), ports.context),
        default=given.get("default"),
    )


def _put_request(inputs: StateInputs, value: JsonValue, context: Context) -> PutRequest:
    days = None if inputs.ttl_days is None else inputs.ttl_days * DAY_SECONDS
    return PutRequest(
        key=inputs.key or "",
        us=Holder(
            repository=context.repository,
            repository_id=context.repository_id,
            run_id=context.run_id,
            attempt=context.run_attempt,
            url=f"{context.run_url}/attempts/{context.run_attempt}",
        ),
        value=value,
        merge=inputs.merge or "replace",
        ttl_seconds=days if inputs.ttl_seconds is None else inputs.ttl_seconds,
        version=inputs.version,
    )


def _problems(inputs: StateInputs) -> Iterator[Problem]:
    mode = inputs.mode
    for name in dict.fromkeys(each for names in TAKES.values() for each in names):
        if getattr(inputs, name) is not None and name not in TAKES[mode]:
            modes = ", ".join(f"`{each}`" for each in TAKES if name in TAKES[each])
            yield Problem(
                f"`{input_name(name)}` is given, and has no effect on `{mode}`.", f"Leave it out; it is for {modes}."
            )
    if "value" in TAKES[mode]:
        if inputs.value is None and inputs.value_path is None:
            yield Problem(
                f"Neither `value` nor `value-path` is given, and `{mode}` writes a value.",
                "Give the value as JSON. If an expression is there, it came to nothing on this event. To remove the"
                " key, use `mode: delete`.",
            )
        if inputs.value is not None and inputs.value_path is not None:
            yield Problem("`value` and `value-path` are both given.", "Give one of the two.")
    if inputs.ttl_days is not None and inputs.ttl_seconds is not None:
        yield Problem("`ttl-days` and `ttl-seconds` are both given.", "Give one of the two.")
    if mode == "compare-and-swap" and inputs.version is None:
        yield Problem(
            "`version` is not given, and `compare-and-swap` replaces one version only.",
            "Pass the output `version` of the step that read the key. If it is empty, that step failed or was skipped.",
        )
    if inputs.version is not None:
        if not _VERSION.fullmatch(inputs.version):
            yield Problem(
                f"`version` is {inputs.version[:80]!r}, which is no version.",
                "Pass the output `version` of the step that read the key, unchanged.",
            )
        if inputs.merge not in (None, "replace"):
            yield Problem(
                f"`version` and `merge: {inputs.merge}` are both given.",
                "Leave one out: a merge keeps what other runs wrote, and needs no version.",
            )


def _key_problems(inputs: StateInputs) -> Iterator[Problem]:
    if "key" in TAKES[inputs.mode] and not inputs.key:
        yield Problem("`key` is not given.", "Name the value.")
    for name, text in (("key", inputs.key), ("prefix", inputs.prefix)):
        if text is None:
            continue
        try:
            length = len(keys.encode(text))
        except ValueError:
            yield Problem(f"`{name}` is no text in UTF-8.", "Write it in UTF-8.")
            continue
        if length > keys.MAX_LENGTH:
            yield Problem(
                f"`{name}` takes {length} bytes as a ref's name; at most {keys.MAX_LENGTH} are possible. Each byte but"
                " letters, digits, `-` and `_` takes three.",
                "Shorten it.",
            )
        yield from public_name_problems(name, text, inputs)


def _value_problems(inputs: StateInputs, value: JsonValue, context: Context) -> Iterator[Problem]:
    for place, kind in secrets_in(value, known_secrets(inputs)):
        yield Problem(
            f"The value holds {kind}, at {place!r} (JSON Pointer).",
            "Keep secrets as secrets of GitHub Actions, and their names here. Everybody who can read the repository"
            " reads the value.",
        )
    length = len(values.record_of_put(_put_request(inputs, value, context)).message())
    if length > MAX_MESSAGE_BYTES:
        yield Problem(
            f"The value makes a record of {length:,} bytes (JSON in ASCII); at most {MAX_MESSAGE_BYTES:,} are kept.",
            "Divide it over several keys, or keep it in an artifact and its address here.",
        )
