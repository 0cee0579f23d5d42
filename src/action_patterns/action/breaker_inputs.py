"""The inputs of an action that works behind a circuit breaker, worded once."""

from __future__ import annotations

from typing import Any

from pydantic import Field

MAX_THRESHOLD = 100
MAX_OPEN_SECONDS = 35 * 86_400
"""GitHub's limit for a workflow run."""


def breaker_field(behaviour: str) -> Any:
    """Return the input `breaker`. `behaviour`: sentences about the action while the breaker is open."""
    return Field(default=None, description=f"Key of a circuit breaker, as the action `breaker` has it. {behaviour}")


def threshold_field(of: str) -> Any:
    """Return the input `breaker-threshold`. `of`: what fails."""
    return Field(default=5, ge=1, le=MAX_THRESHOLD, description=f"{of} that fail in a row until the breaker opens.")


def open_seconds_field(then: str) -> Any:
    """Return the input `breaker-open-seconds`. `then`: who is refused, and who probes after them."""
    return Field(
        default=300, ge=1, le=MAX_OPEN_SECONDS, description=f"Seconds for which an open breaker refuses all {then}"
    )
