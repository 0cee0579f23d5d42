"""Rate limits of a token."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from action_patterns.ports.permissions import needs


class Limits(NamedTuple):
    """Primary rate limits of the token, as GitHub reports them."""

    core_remaining: int
    graphql_remaining: int
    resets_at: datetime


class RateLimits(Protocol):
    """GitHub docs, "Rate limits for the REST API"."""

    @needs()
    def read(self, scope: str) -> Limits | None:
        """Return the token's primary limits for an owner or repository. None: the server has rate limits off (404)."""
