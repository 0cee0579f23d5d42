"""Reviewers: all of a list, or some of it, chosen by the target. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

from action_patterns.input_types import split_names

_SOME = re.compile(r"\s*(\d+)\s+of\s+\[?([^\[\]]*)\]?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """Logins, and how many of them are asked."""

    names: tuple[str, ...] = ()
    number: int | None = None
    """None: all."""

    def __str__(self) -> str:
        names = ", ".join(self.names)
        return names if self.number is None else f"{self.number} of [{names}]"

    def for_target(self, target: str) -> tuple[str, ...]:
        """Return the logins for a target: the same on every run.

        A login that joins or leaves the list changes the choice of as few targets as possible (rendezvous hashing).
        """
        if self.number is None:
            return self.names

        def weight(name: str) -> str:
            return hashlib.sha256(f"{target.lower()}\0{name.lower()}".encode()).hexdigest()

        return tuple(sorted(self.names, key=weight)[: self.number])


NOBODY = Choice()


def _choice(value: object) -> object:
    if isinstance(value, Choice):
        return value
    number = None
    if isinstance(value, str) and (found := _SOME.fullmatch(value)):
        number, value = int(found[1]), found[2]
    names = split_names(value) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError("must be a list of logins, or some of them as in `2 of [ann, bob, cy]`")
    chosen = Choice(tuple(names), number)
    if number is not None and not 0 < number <= len({name.lower() for name in chosen.names}):
        raise ValueError(f"asks for {number} of {len(chosen.names)} logins")
    return chosen


Reviewers = Annotated[Choice, BeforeValidator(_choice)]
"""Logins separated by commas or new lines, or some of them: `2 of [ann, bob, cy]`."""
