"""JSON and YAML of others as typed values: YAML by its core schema, so that `on` and `12:30` are texts. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from math import inf, isinf
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import yaml

Format = Literal["json", "yaml"]
MOST_NODES = 1_000_000
"""Nodes of a document with its aliases written out. A few lines of YAML may stand for billions."""


def format_of(path: str) -> Format:
    """Return the format that a file's name says: YAML by `.yml` and `.yaml`, JSON otherwise."""
    return "yaml" if path.lower().endswith((".yml", ".yaml")) else "json"


def load(text: str, document_format: Format) -> Any:
    """Return the value of a document.

    Raises:
        ValueError: it is none. The message is a clause that says why.
    """
    return _json(text) if document_format == "json" else _yaml(text)


def _json(text: str) -> Any:
    from action_patterns.content.bounded_json import loads

    try:
        value = loads(text, of_pairs=_object)
        # Python reads NaN and Infinity, which JSON has not.
        json.dumps(value, allow_nan=False)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg}, line {error.lineno}, column {error.colno}") from None
    except UnicodeError:
        raise ValueError("it is no JSON: a text in it cannot be written as UTF-8") from None
    except ValueError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Programs differ in which of two equal names counts (RFC 8259, section 4)."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r} is there twice")
        found[name] = value
    return found


def _yaml(text: str) -> Any:
    import yaml

    try:
        node = yaml.compose(text, Loader=_loader())
        if node is not None and _size(node, {}) > MOST_NODES:
            raise ValueError(f"with its aliases written out it has more than {MOST_NODES:,} parts")
        return None if node is None else _value(node)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"it is no YAML: {error.problem or error.context}{line}") from None
    except yaml.YAMLError:
        raise ValueError("it is no YAML: it has a character that no text has") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _size(node: yaml.Node, known: dict[int, float]) -> float:
    """Return the number of nodes with aliases written out; infinite for one that holds itself."""
    if isinstance(node.value, str):
        return 1
    if id(node) not in known:
        known[id(node)] = inf
        known[id(node)] = 1 + sum(_size(each, known) for each in _inner(node))
    return known[id(node)]


def _inner(node: yaml.Node) -> list[yaml.Node]:
    return [each for part in node.value for each in (part if isinstance(part, tuple) else (part,))]


def _value(node: yaml.Node) -> Any:
    tag = node.tag.removeprefix("tag:yaml.org,2002:")
    if tag == "seq":
        return [_value(each) for each in node.value]
    if tag == "map":
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key.value, str):
                why = f"a key is no text, line {_line(key)}"
                raise ValueError(f"it is no YAML that JSON can hold: {why}")  # noqa: TRY004 - text of a user
            if key.value in found:
                raise ValueError(f"it is no YAML: the key {key.value!r} is there twice, line {_line(key)}")
            found[key.value] = _value(value)
        return found
    if tag not in _SCALARS:
        raise ValueError(f"it has the tag {node.tag!r}, which means nothing here, line {_line(node)}")
    try:
        return _SCALARS[tag](node.value)
    except ValueError:
        raise ValueError(f"it has a number that is none, or too long, line {_line(node)}") from None


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def _float(text: str) -> float:
    if isinf(number := float(text)):
        raise ValueError("too large")
    return number


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": lambda text: int(text, 16 if text.startswith("0x") else 10),
    "float": _float,
}


@cache
def _loader() -> Any:
    """Return a loader that resolves scalars by YAML 1.2's core schema."""
    from action_patterns.content.bounded_yaml import BoundedLoader

    class CoreLoader(BoundedLoader):
        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's declaration

    for tag, expression, first in (
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?[0-9]+|0x[0-9a-fA-F]+", list("-+0123456789")),
        ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ):
        CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{expression})\Z"), first)
    return CoreLoader
