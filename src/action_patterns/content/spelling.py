"""Names that GitHub spells in more than one way, in the one form for comparisons. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

NameKind = Literal["label", "assignee", "reviewer", "team"]


def label(name: str) -> str:
    """Return a label's name for comparisons: GitHub ignores its case."""
    return name.lower()


def login(name: str) -> str:
    """Return a login for comparisons. GraphQL spells an App's login without the suffix `[bot]` that REST wants."""
    return name.lower().removesuffix("[bot]")


def team(name: str) -> str:
    """Return a team's slug for comparisons, with or without its organization in front."""
    return name.rpartition("/")[2].lower()


FORMS: dict[NameKind, Callable[[str], str]] = {"label": label, "assignee": login, "reviewer": login, "team": team}


def difference(kind: NameKind, names: Iterable[str], present: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are not present in any spelling."""
    form = FORMS[kind]
    there = {form(name) for name in present}
    return tuple(name for name in names if form(name) not in there)
