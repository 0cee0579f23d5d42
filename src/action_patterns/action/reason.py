"""Reasons: the stable codes an action answers with."""

from __future__ import annotations

from dataclasses import dataclass


def anchor(code: str) -> str:
    """Return the anchor of a reason in the README that explains it."""
    return f"reason-{code}"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason code an action can answer with, what it means, and what to do. Listed in the action's README."""

    code: str
    outcome: str
    meaning: str
    remedy: str
