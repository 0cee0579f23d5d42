"""The input of an action that parks targets, worded and checked once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from action_patterns.errors import Problem

MAX_FAILURES = 100


def park_after_field() -> Any:
    """Return the input `park-after`."""
    return Field(
        default=0,
        ge=0,
        le=MAX_FAILURES,
        description="Failures in a row with the same content after which a target is parked: later runs do not try it"
        " (`blocked: parked`) until the content changes or the action `ledger` frees it. An outage, a limit and a"
        " refused token do not count. Needs `state-repository`. 0: never.",
    )


def parking_problems(park_after: int, state_repository: str | None) -> Iterator[Problem]:
    """Yield a problem if targets shall be parked, and no repository keeps which."""
    if park_after and state_repository is None:
        yield Problem(
            "`park-after` is given, and `state-repository` is not: failures of earlier runs are kept there.",
            "Give a repository that `token` may write to, or remove `park-after`.",
        )
