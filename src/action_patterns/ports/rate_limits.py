"""Rate limits of a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from action_patterns.ports.permissions import needs


@dataclass(frozen=True, slots=True)
class Limits:
    """Primary rate limits of the token, as GitHub reports them."""

    core_remaining: int
    graphql_remaining: int
    resets_at: datetime


class RateLimits(Protocol):
    """GitHub docs, "Rate limits for the REST API"."""

    @needs()
    def read(self, scope: str) -> Limits | None:
        """Return the token's primary limits for an owner or repository. None: the server has rate limits off (404)."""
