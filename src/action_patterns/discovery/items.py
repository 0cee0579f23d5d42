"""Items of any list as targets: read from JSON or lines, each with its exact name. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from action_patterns.content.text import with_lf
from action_patterns.contracts.repository import ITEM_CHARACTERS, is_item
from action_patterns.contracts.target import Scalar
from action_patterns.errors import InputError, Problem
from action_patterns.escape import CODE_CHARACTERS, clip

MOST_ITEMS = 10_000
MATRIX_CHARACTERS = 250_000
"""Longest matrix of items. All outputs of a job together may have 1 MiB, counted as UTF-16."""
MOST_PROBLEMS = 20
"""Problems of one list that are named; the number of the others follows."""

RESERVED = ("index", "name", "repository", "owner", "default-branch", "first", "last")
"""Columns that discover's matrix has with another meaning."""
NAME_KEY = "target"
"""Key of an object that gives the item its name, and column of the matrix with that name."""

_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_LARGEST_EXACT = 2**53 - 1
"""GitHub's expressions hold a number as a double."""


class Item(NamedTuple):
    """One item."""

    name: str
    columns: Mapping[str, Scalar]
    """Further columns of the matrix, in the order of the list."""


@dataclass(frozen=True, slots=True)
class _Inexact:
    """A number that GitHub would show with another spelling."""

    spelling: str


def read(text: str, source: str) -> tuple[Item, ...]:
    """Return the items of a JSON list, or one for each line that is not blank.

    Args:
        text: the list.
        source: the input or file, as messages name it.

    Raises:
        InputError: every item that is none, and every two whose names are too much alike.
    """
    given = _json(text, source) if text.lstrip().startswith(("[", "{")) else lines(text)
    if not given and not text.lstrip().startswith("["):
        raise InputError(Problem(f"{source} is empty.", "Write one item a line; write `[]` for a list without items."))
    if len(given) > MOST_ITEMS:
        what = f"{source} has {len(given):,} items; discover takes at most {MOST_ITEMS:,}."
        raise InputError(Problem(what, "Divide the list among several workflows."))
    items, problems = list[Item](), list[Problem]()
    for number, value in enumerate(given, 1):
        item = _item(value, f"Item {number} of {source}")
        if isinstance(item, Item):
            items.append(item)
        else:
            problems += item
    problems += _alike(items, source)
    if more := len(problems) - MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = (
            [Problem(f"{source} has {more:,} more problems.", "Correct these; the next run names the others.")]
            if more > 0
            else []
        )
    if problems:
        raise InputError(*problems)
    return tuple(items)


def lines(text: str) -> list[str]:
    """Return the lines that are not blank, without the spaces around them."""
    return [line.strip() for line in with_lf(text).split("\n") if line.strip()]


def _json(text: str, source: str) -> list[Any]:
    try:
        value = json.loads(
            text, parse_int=_integer, parse_float=_decimal, parse_constant=_Inexact, object_pairs_hook=_Object
        )
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(Problem(f"{source} begins like JSON and is none: {why}.", _LIST)) from None
    if isinstance(value, _Object) or not isinstance(value, list):
        raise InputError(Problem(f"{source} is a JSON object, no list.", _LIST))
    return value


_LIST = 'Write a list as ["linux", "windows"] or [{"target": "linux", "python": "3.13"}], or one item a line.'


class _Object(list[tuple[str, Any]]):
    """The pairs of a JSON object, with keys that are written twice."""


def _integer(spelling: str) -> int | _Inexact:
    exact = len(spelling) <= 17 and abs(int(spelling)) <= _LARGEST_EXACT and str(int(spelling)) == spelling
    return int(spelling) if exact else _Inexact(spelling)


def _decimal(spelling: str) -> float | _Inexact:
    value = float(spelling)
    return value if f"{value:.15g}" == spelling else _Inexact(spelling)


def _item(value: Any, place: str) -> Item | list[Problem]:
    if isinstance(value, _Object):
        return _described(value, place)
    if problem := _refuse_scalar(value, place):
        return [problem]
    name = spelled(value)
    if problem := _refuse_name(name, place):
        return [problem]
    return Item(name, {})


def _described(pairs: _Object, place: str) -> Item | list[Problem]:
    """Return the item that an object describes, or every problem of it."""
    problems = list[Problem]()
    columns: dict[str, Scalar] = {}
    keys: dict[str, str] = {}
    for key, value in pairs:
        if problem := _refuse_column(key, place, keys) or _refuse_scalar(value, f"`{key}` of {_within(place)}"):
            problems.append(problem)
        keys.setdefault(key.lower(), key)
        columns[key] = value
    if not pairs:
        problems.append(Problem(f"{place} is an object without keys.", 'Write its columns: {"python": "3.13"}.'))
    if problems:
        return problems
    name = columns.pop(NAME_KEY, None)
    given = isinstance(name, str)
    if name is not None and not given:
        return [Problem(f"`{NAME_KEY}` of {_within(place)} is no text.", "Write the item's name in quotes.")]
    name = name if isinstance(name, str) else " / ".join(f"{key} {spelled(value)}" for key, value in columns.items())
    if problem := _refuse_name(name, place):
        fix = problem.fix if given else f"Give the item a name by the key `{NAME_KEY}`. {problem.fix}"
        return [Problem(problem.what, fix)]
    return Item(name, columns)


def _within(place: str) -> str:
    return place[0].lower() + place[1:]


def spelled(value: Scalar) -> str:
    """Return a value as GitHub writes it into a text."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.15g}"
        case _:
            return str(value)


def _refuse_scalar(value: Any, place: str) -> Problem | None:
    match value:
        case _Inexact(spelling):
            return Problem(
                f"{place} is the number {clip(spelling, CODE_CHARACTERS)}, which GitHub shows with another spelling.",
                f'Write it as text, in quotes: "{clip(spelling, CODE_CHARACTERS)}".',
            )
        case str():
            # Line ends and tabs are a column's own business; a name is printable.
            if any(unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t" for each in value):
                return Problem(
                    f"{place} is {shown(value)}, which has a control character.", "Write the text without it."
                )
            return None
        case bool() | int() | float():
            return None
        case None:
            return Problem(f"{place} is null.", 'Write `""` for an empty text, or leave it out.')
    return Problem(
        f"{place} is a list or an object.",
        "Write text, numbers, `true` or `false`: a matrix holds nothing else. Hand on more by its index, in a file.",
    )


def _refuse_column(key: str, place: str, keys: Mapping[str, str]) -> Problem | None:
    if key.lower() in RESERVED:
        fix = f"Write `{NAME_KEY}` for the item's name, and" if key.lower() == "name" else "Write"
        what = f"{place} has the column `{key}`, which the matrix of discover has itself."
        return Problem(what, f"{fix} another key.")
    if not _COLUMN.fullmatch(key) or (key.lower() == NAME_KEY and key != NAME_KEY):
        return Problem(
            f"{place} has the column {shown(key)}, which no expression can read as `matrix.<column>`.",
            f"Use letters, digits, `_` and `-`, starting with a letter or `_`; the item's name is `{NAME_KEY}`.",
        )
    if (other := keys.get(key.lower())) is not None:
        return Problem(
            f"{place} has the columns `{other}` and `{key}`, which are one: GitHub ignores the case.",
            "Leave one of them out.",
        )
    return None


def _refuse_name(name: str, place: str) -> Problem | None:
    if is_item(name):
        return None
    if not name.strip():
        return Problem(f"{place} has an empty name.", "Give it a name, or leave the item out.")
    if len(name) > ITEM_CHARACTERS:
        what = f"{place}, {shown(name)}, has a name of {len(name):,} characters."
        return Problem(what, f"Shorten it to {ITEM_CHARACTERS} characters.")
    if not name.isprintable():
        return Problem(
            f"{place}, {shown(name)}, has a character in its name that is not printable.",
            "Write one line of letters, digits, signs and single spaces; no tab, line end or direction mark.",
        )
    what = f"{place}, {shown(name)}, has spaces around its name or side by side in it, which no report shows."
    return Problem(what, f"Write {shown(' '.join(name.split()))}.")


def _alike(items: Sequence[Item], source: str) -> Iterator[Problem]:
    """Yield a problem for each name that people, or GitHub's `==`, take for an earlier one."""
    first: dict[str, str] = {}
    for item in items:
        key = unicodedata.normalize("NFKC", item.name).casefold()
        if (same := first.get(key)) is None:
            first[key] = item.name
        elif same == item.name:
            yield Problem(f"{source} has two items {shown(item.name)}.", "Leave one out, or give each its name.")
        else:
            yield Problem(
                f"{source} has the items {shown(same)} and {shown(item.name)}, which differ by case or by the form of"
                " a character alone.",
                "Give each a name that a report, and a comparison with `==`, tells apart.",
            )


def shown(text: str) -> str:
    """Return a name for a message, with what does not print spelled out."""
    return clip(ascii(text) if not text.isprintable() else repr(text), CODE_CHARACTERS)


def check_masked(items: Sequence[Item], redact: Callable[[str], str]) -> None:
    """Raise InputError with every item that holds a secret: GitHub drops a job output with a masked value."""
    problems = [
        Problem(
            f"The item {shown(redact(item.name))} holds a secret of this run.",
            "Leave the secret out of its name and columns, and read it in the job. GitHub drops an output that holds"
            " a masked value, so no job would start.",
        )
        for item in items
        if any(redact(text) != text for text in (item.name, *(spelled(value) for value in item.columns.values())))
    ]
    if problems:
        raise InputError(*problems[:MOST_PROBLEMS])
