"""The way on after an attempt that got no answer to rely on."""

from __future__ import annotations

from typing import Literal, NamedTuple

from action_patterns.resilience.backoff import backoff_seconds
from action_patterns.resilience.classification import OperationClass

MAX_ATTEMPTS = 5
"""Attempts of one request at most."""


class WayOn(NamedTuple):
    """`retry`: send it again after the wait. `look-up`: read first whether it took effect. `give-up`: raise."""

    step: Literal["retry", "look-up", "give-up"]
    wait_seconds: float = 0.0


def after_no_answer(kind: OperationClass, attempt: int, *, random: float, seconds_left: float) -> WayOn:
    """Return the way on after a lost answer or a server's error. `attempt` counts from 1; `random` in [0, 1)."""
    if kind == "unsafe":
        return WayOn("look-up")
    seconds = backoff_seconds(attempt, random)
    if attempt >= MAX_ATTEMPTS or seconds > seconds_left:
        return WayOn("give-up")
    return WayOn("retry", seconds)
