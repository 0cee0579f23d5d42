"""JSON paths of users (RFC 9535). Pure.

`match` and `search` take linear time: their expressions go to Rust's engine, and never to one that backtracks.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from action_patterns.content.linear_regex import LinearRegex, searchable

if TYPE_CHECKING:
    from jsonpath import JSONPathEnvironment

MOST_CHARACTERS = 500
"""Length of a path. Its parser takes more stack for each level."""
MOST_DESCENTS = 2
"""Segments `..` of one path. Each multiplies the work by the depth of the document."""
MOST_NODES = 1_000
"""Nodes that one path may find. More is a path that names no value."""


class Node(NamedTuple):
    """A value of a document, and its normalized path."""

    place: str
    value: Any


class JsonPath:
    """A path of RFC 9535."""

    __slots__ = ("_path",)

    def __init__(self, path: str) -> None:
        """Compile a path.

        Raises:
            ValueError: it is none. The message is a clause that says why.
        """
        from jsonpath import JSONPathError

        if len(path) > MOST_CHARACTERS:
            raise ValueError(f"it has {len(path):,} characters, and at most {MOST_CHARACTERS} are taken")
        if _QUOTED.sub("", path).count("..") > MOST_DESCENTS:
            raise ValueError(f"it descends with `..` more than {MOST_DESCENTS} times")
        try:
            compiled = _environment().compile(path)
        except JSONPathError as error:
            raise ValueError(f"it is no JSONPath of RFC 9535: {_in_words(str(error.message))}") from None
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        self._path = compiled

    def find(self, document: object) -> tuple[Node, ...]:
        """Return the nodes that the path names, in the document's order.

        Raises:
            ValueError: there are more than `MOST_NODES`.
        """
        if not isinstance(document, dict | list):
            # The library reads a text as JSON.
            return (Node("$", document),) if str(self._path) == "$" else ()
        found = tuple(islice(self._path.finditer(document), MOST_NODES + 1))
        if len(found) > MOST_NODES:
            raise ValueError(f"it finds more than {MOST_NODES:,} nodes")
        return tuple(Node(match.path, match.obj) for match in found)


def _in_words(message: str) -> str:
    """Return the library's message without the names of its constants."""
    return _TOKEN.sub(lambda found: {"ROOT": "`$`", "EOF": "the end"}.get(found[1], found[1].lower()), message)


_TOKEN = re.compile(r"'TOKEN_(\w+)'")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


@cache
def _environment() -> JSONPathEnvironment:
    from jsonpath import JSONPathEnvironment

    environment = JSONPathEnvironment(strict=True)
    environment.function_extensions["search"] = _expression("search", "{}")
    environment.function_extensions["match"] = _expression("match", "^(?:{})$")
    return environment


def _expression(name: str, template: str) -> Any:
    """Return the function of RFC 9535, section 2.4, which is false for what is no text or no expression."""
    from jsonpath.function_extensions import ExpressionType, FilterFunction

    class Expression(FilterFunction):
        arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - the library's declaration
        return_type = ExpressionType.LOGICAL

        def __call__(self, value: object, expression: object) -> bool:
            if not isinstance(value, str) or not isinstance(expression, str):
                return False
            compiled = _compiled(template.format(expression))
            return compiled is not None and compiled.search(searchable(value))

    Expression.__name__ = name
    return Expression()


@cache
def _compiled(expression: str) -> LinearRegex | None:
    try:
        return LinearRegex(expression)
    except ValueError:
        return None
