"""`only` and `limit` over items: a part of the list for one run, and each item left out with its reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from action_patterns.contracts import Exclusion, SelectionWarning
from action_patterns.contracts.plan import NOT_IN_ONLY
from action_patterns.contracts.wording import closest
from action_patterns.discovery.items import Item, lines, shown
from action_patterns.errors import InputError, Problem


class Items(NamedTuple):
    """The items that a run works on, and those that `only` and `limit` leave out."""

    items: tuple[Item, ...]
    excluded: tuple[Exclusion, ...] = ()
    warnings: tuple[SelectionWarning, ...] = ()


class _Line:
    """One line of `only`: the exact name of an item, or a pattern with `*` and `?` over the whole name."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text = text
        # A name counts first: it may begin with `!`, or have a star.
        self.includes = text in names or not text.startswith("!")
        self.body = text if self.includes else text[1:].strip()
        self.is_name = self.body in names or not set("*?") & set(self.body)
        pattern = re.escape(self.body).replace(r"\*", ".*").replace(r"\?", ".")
        self._pattern = None if self.is_name else re.compile(pattern, re.DOTALL)

    def matches(self, name: str) -> bool:
        return name == self.body if self._pattern is None else self._pattern.fullmatch(name) is not None


def only_lines(text: str) -> tuple[str, ...]:
    """Return names and patterns of items, one a line: a comma may be a part of a name."""
    return tuple(lines(text))


def narrow(items: Sequence[Item], only: Sequence[str], limit: int | None) -> Items:
    """Keep the items that `only` and `limit` leave, in their order, and give each other one its reason."""
    names = frozenset(item.name for item in items)
    parts = _read_only(only, names)
    kept, excluded = list[Item](), list[Exclusion]()
    for item in items:
        if parts and not next((line.includes for line in reversed(parts) if line.matches(item.name)), False):
            excluded.append(Exclusion(repository=item.name, reason=NOT_IN_ONLY, detail="It is not in `only`."))
        elif limit is not None and len(kept) >= limit:
            detail = f"It is beyond the first {limit:,} of `limit`."
            excluded.append(Exclusion(repository=item.name, reason=NOT_IN_ONLY, detail=detail))
        else:
            kept.append(item)
    warnings = (
        SelectionWarning(
            key="only",
            value=line.text,
            message=f"`{line.text}` in `only` {'selected' if line.includes else 'excluded'} nothing: it does not match"
            f" any of {len(items):,} items. Correct it, or remove it.",
        )
        for line in parts
        if not any(map(line.matches, names))
    )
    return Items(tuple(kept), tuple(excluded), tuple(warnings))


def _read_only(only: Sequence[str], names: Collection[str]) -> list[_Line]:
    return [_Line(text, names) for text in dict.fromkeys(only)]


def check_only(items: Sequence[Item], only: Sequence[str]) -> None:
    """Raise InputError with every name in `only` that is no item, or if its first line excludes."""
    names = frozenset(item.name for item in items)
    parts = _read_only(only, names)
    problems = [
        Problem(f"{shown(line.body)} in `only` is no item.", f"Write {shown(near)}." if near else _EXACT)
        for line in parts
        if line.is_name and line.includes and line.body not in names
        for near in [closest(line.body, names)]
    ]
    if parts and not parts[0].includes:
        what = f"`only` begins with {shown(parts[0].text)}, which takes out what no line has put in."
        problems.append(Problem(what, "Write `*` before it to begin with all items."))
    if problems:
        raise InputError(*problems)


_EXACT = "Write the exact name of an item, one a line, or a pattern with `*`."
