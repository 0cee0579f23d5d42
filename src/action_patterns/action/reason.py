"""Reasons: the stable codes an action answers with."""

from __future__ import annotations

from typing import NamedTuple


def anchor(code: str) -> str:
    """Return the anchor of a reason in the README that explains it."""
    return f"reason-{code}"


class Reason(NamedTuple):
    """A reason code an action can answer with, what it means, and what to do. Listed in the action's README."""

    code: str
    outcome: str
    meaning: str
    remedy: str
