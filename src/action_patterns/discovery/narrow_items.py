"""`only` and `limit` over items: a part of the list for one run, and each item left out with its reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from action_patterns.contracts import Exclusion, SelectionWarning
from action_patterns.contracts.plan import NOT_IN_ONLY
from action_patterns.contracts.wording import closest
from action_patterns.discovery.items import MOST_PROBLEMS, Item, lines, shown
from action_patterns.errors import InputError, Problem


class Items(NamedTuple):
    """The items that a run works on, and those that `only` and `limit` leave out."""

    items: tuple[Item, ...]
    excluded: tuple[Exclusion, ...] = ()
    warnings: tuple[SelectionWarning, ...] = ()


class _Line:
    """One line of `only`: the exact name of an item, or a pattern with `*` and `?` over the whole name."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text
        # A name counts first: it may begin with `!`, or have a star.
        self.includes = text in names or not text.startswith("!")
        self.body = text if self.includes else text[1:].strip()
        self.is_name = self.body in names or not set("*?") & set(self.body)
        pattern = re.escape(self.body).replace(r"\*", ".*").replace(r"\?", ".")
        self._pattern = None if self.is_name else re.compile(pattern, re.DOTALL)

    def select(self, names: frozenset[str]) -> set[str]:
        """Return the names that the line is about."""
        if self._pattern is None:
            return {self.body} & names
        return set(filter(self._pattern.fullmatch, names))


def only_lines(text: str) -> tuple[str, ...]:
    """Return names and patterns of items, one a line: a comma may be a part of a name."""
    return tuple(lines(text))


def narrow(items: Sequence[Item], only: Sequence[str], limit: int | None) -> Items:
    """Keep the items that `only` and `limit` leave, in their order, and give each other one its reason."""
    names = frozenset(item.name for item in items)
    chosen = set() if only else set(names)
    warnings = list[SelectionWarning]()
    for text in only:
        line = _Line(text, names)
        found = line.select(names)
        if line.includes:
            chosen |= found
        else:
            chosen -= found
        if not found:
            message = (
                f"`{text}` in `only` {'selected' if line.includes else 'excluded'} nothing: it does not match any of"
                f" {len(items):,} items. Correct it, or remove it."
            )
            warnings.append(SelectionWarning(key="only", value=text, message=message))
    kept, excluded = list[Item](), list[Exclusion]()
    for item in items:
        if item.name not in chosen:
            excluded.append(Exclusion(repository=item.name, reason=NOT_IN_ONLY, detail="It is not in `only`."))
        elif limit is not None and len(kept) >= limit:
            detail = f"It is beyond the first {limit:,} of `limit`."
            excluded.append(Exclusion(repository=item.name, reason=NOT_IN_ONLY, detail=detail))
        else:
            kept.append(item)
    return Items(tuple(kept), tuple(excluded), tuple(warnings))


def check_only(items: Sequence[Item], only: Sequence[str]) -> None:
    """Raise InputError with every name in `only` that is no item, or if its first line excludes."""
    names = frozenset(item.name for item in items)
    given = [_Line(text, names) for text in only]
    problems = list[Problem]()
    if given and not given[0].includes:
        what = f"`only` begins with {shown(given[0].text)}, which takes out what no line has put in."
        problems.append(Problem(what, "Write `*` before it to begin with all items."))
    unknown = [line.body for line in given if line.is_name and line.includes and line.body not in names]
    for name in unknown[:MOST_PROBLEMS]:
        near = closest(name, names)
        problems.append(Problem(f"{shown(name)} in `only` is no item.", f"Write {shown(near)}." if near else _EXACT))
    if more := len(unknown[MOST_PROBLEMS:]):
        problems.append(Problem(f"`only` has {more:,} more names that are no items.", _EXACT))
    if problems:
        raise InputError(*problems)


_EXACT = "Write the exact name of an item, one a line, or a pattern with `*`."
