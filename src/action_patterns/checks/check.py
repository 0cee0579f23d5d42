"""One question with its answer, and the judgement of a list of them.

A list names every obstacle at once, in the order in which a person would remove them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Answer = Literal["yes", "no", "unknown"]


class Check(NamedTuple):
    """One question. `code` is the reason of the block if the answer is no."""

    code: str
    answer: Answer
    detail: str = ""
    """The facts behind an answer other than yes."""


def check(code: str, holds: bool | None, detail: str = "") -> Check:  # noqa: FBT001 - a fact, not a switch
    """Return the check with its answer. `holds` None: not known."""
    answer: Answer = "unknown" if holds is None else "yes" if holds else "no"
    return Check(code, answer, "" if holds else detail)


def blocking(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks that block, in their order. An unknown answer does not block: the server has the last word."""
    return tuple(each for each in checks if each.answer == "no")
