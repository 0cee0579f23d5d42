"""YAML with line numbers and without surprises.

Every scalar stays the text that was written: YAML 1.1 would make `on` and `yes` booleans and `12:30` a number. The
models decide what a text means.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.composer import Composer

from action_patterns.content.bounded_yaml import TOO_DEEP, BoundedLoader
from action_patterns.errors import InputError, Problem

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """Plain data, and the line (from 1) on which each key or item stands."""

    data: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """The line of a key, or of the nearest thing around it that has one."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


MAX_CHARACTERS = 1_000_000
"""Length of a document. Ten thousand repositories, named one by one, have a third of that."""


def parse(text: str, *, name: str) -> YamlDocument:
    """Read one YAML document.

    Raises:
        InputError: as for `read`, and for a merge key, a key that is no text, or one given twice; with its line.
    """
    document, problems = read(text, name=name)
    if problems:
        raise InputError(*problems)
    return document


def read(text: str, *, name: str) -> tuple[YamlDocument, list[Problem]]:
    """Read one YAML document, and what is wrong with its keys: each of those is left out.

    Raises:
        InputError: too long, nested too deeply, not YAML, more than one document, a tag or an anchor; with its line.
    """
    lines: dict[Location, int] = {}
    problems: list[Problem] = []
    if len(text) > MAX_CHARACTERS:
        what = f"{name} has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read."
        raise InputError(Problem(what, "Split it into several files, each with its own `name`.", file=name))
    try:
        events = []
        # An alias may point at what holds it, or grow a few lines into gigabytes.
        for event in yaml.parse(text, Loader=BoundedLoader):
            events.append(event)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
                line = event.start_mark.line + 1 if event.start_mark else 1
                what = "an anchor or alias ('&' or '*'), which is not supported here"
                raise InputError(Problem(f"{name} has {what}.", "Write it out in full.", file=name, line=line))
            if (tag := getattr(event, "tag", None)) is not None:
                line = event.start_mark.line + 1 if event.start_mark else 1
                what = f"the tag {_written(tag)!r}; every value here is plain text, and a tag would have no effect"
                raise InputError(Problem(f"{name} has {what}.", "Remove the tag.", file=name, line=line))
        # Composing builds nodes and constructs nothing: no tag in the document can run anything.
        data = _value(_Composed(events).get_single_node(), (), lines, problems, name)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what, fix = _in_our_words(" ".join(part for part in (error.context, error.problem) if part))
        raise InputError(Problem(f"{name} is not valid YAML: {what}.", f"{fix}.", file=name, line=line)) from None
    except yaml.reader.ReaderError as error:
        # The message of PyYAML names a position; people count lines.
        line = text.count("\n", 0, error.position) + 1
        what = f"it holds the character {error.character:#04x}, which no text has"
        raise InputError(Problem(f"{name} is not valid YAML: {what}.", "Remove it.", file=name, line=line)) from None
    except RecursionError:
        raise InputError(Problem(f"{name} is nested too deeply.", "Flatten it.", file=name, line=1)) from None
    return YamlDocument(data, lines), problems


class _Composed(Composer):
    """Nodes of events that were read already. Reading takes most of the time, and no tag counts here."""

    def __init__(self, events: list[yaml.Event]) -> None:
        super().__init__()
        self._events = deque(events)

    def check_event(self, *kinds: type[yaml.Event]) -> bool:
        """Return whether the next event is of one of these kinds."""
        return isinstance(self._events[0], kinds)

    def peek_event(self) -> yaml.Event:
        """Return the next event, and leave it."""
        return self._events[0]

    def get_event(self) -> yaml.Event:
        """Return the next event, and go on."""
        return self._events.popleft()

    def resolve(self, *_: object) -> str:
        """Return the tag of a node. Every scalar stays the text that was written."""
        return ""

    def descend_resolver(self, *_: object) -> None:
        """Take no note of a place: no tag depends on it."""

    def ascend_resolver(self) -> None:
        """See descend_resolver."""


_MISTAKES = (
    (TOO_DEEP, f"it is {TOO_DEEP}", "Flatten it"),
    (
        "mapping values are not allowed",
        "a second `key: value` stands where one value ends",
        "Correct the indentation, or quote the value",
    ),
    ("'\\t'", "a tab stands before a value", "Indent with spaces alone"),
    (
        "cannot start any token",
        "a value begins with a character that has a meaning in YAML",
        "Write the value in quotes",
    ),
    ("quoted scalar found unexpected end", "a quote is not closed", "Close it"),
    ("escape character", "a text in double quotes has a backslash with another meaning", "Write it in single quotes"),
    ("flow sequence", "a `[` is not closed, or an item in it needs quotes", "Close it with `]`, or quote the item"),
    ("flow mapping", "a `{` is not closed, or a value in it needs quotes", "Close it with `}`, or quote the value"),
    ("another document", "a second document begins at `---`", "Write one document into each file"),
    ("<block end>", "the line does not belong to what stands above it", "Indent it like its neighbours"),
    ("block scalar", "text stands behind `|` or `>`", "Begin the text in the next line, indented, or quote the value"),
    ("alias", "a value begins with `*` or `&`", "Write the value in quotes"),
)
"""A part of PyYAML's message, the mistake, and how to correct it. Both without a full stop."""


def _in_our_words(message: str) -> tuple[str, str]:
    for part, what, fix in _MISTAKES:
        if part in message:
            return what, fix
    return "the structure of the line cannot be read", "Correct the line, or write its value in quotes"


def _written(tag: str) -> str:
    """Return a tag as the file has it; YAML's own are kept by their full name."""
    return tag.replace("tag:yaml.org,2002:", "!!", 1)


def _value(
    node: yaml.Node | None, location: Location, lines: dict[Location, int], problems: list[Problem], name: str
) -> Any:
    if node is None:
        return None
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or key == "<<" or key in found:
                what = "a key that is not plain text" if key is None else f"the key {key!r} a second time"
                what = "a merge key ('<<'), which is not supported here" if key == "<<" else what
                problems.append(
                    Problem(f"{name} has {what}.", "Write each key once, out in full.", file=name, line=line)
                )
                continue
            lines[(*location, key)] = line
            found[key] = _value(value_node, (*location, key), lines, problems, name)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*location, index), lines, problems, name) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and node.style is None and node.value in ("", "~", "null", "Null", "NULL"):
        return None
    return node.value
