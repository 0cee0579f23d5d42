"""Rate limits of a token."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from action_patterns.limits.primary import PrimaryLimit
from action_patterns.ports.permissions import needs


class Limits(NamedTuple):
    """Primary rate limits of the token, as GitHub reports them."""

    budgets: tuple[PrimaryLimit, ...]
    read_at: datetime
    """Time of the answer by GitHub's clock, which the resets are of. By the local one, if the answer names no time."""
    token: str = ""
    """Kind of the token in words. Empty: not known."""

    def budget(self, resource: str) -> PrimaryLimit | None:
        """Return the budget of that name. None: GitHub does not report it."""
        return next((each for each in self.budgets if each.resource == resource), None)

    def remaining(self, resource: str) -> int | None:
        """Return what is left of that budget. None: GitHub does not report it."""
        found = self.budget(resource)
        return None if found is None else found.remaining


class RateLimits(Protocol):
    """GitHub docs, "Rate limits for the REST API"."""

    @needs(metadata="read")
    def read(self, scope: str) -> Limits | None:
        """Return the token's primary limits for an owner or repository. None: the server has rate limits off.

        The request counts against no primary limit (GitHub docs, "REST API endpoints for rate limits"). It needs no
        permission. Every token has `metadata`, so an App's token for this verb alone gets that one.
        """
