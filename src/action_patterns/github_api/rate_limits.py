"""Rate limits of a token."""

from __future__ import annotations

from datetime import UTC, datetime

from action_patterns.errors import NotFoundError
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.rate_limits import Limits


class RateLimitsClient:
    """ports.RateLimits."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, scope: str) -> Limits | None:
        try:
            resources = self._calls.transport.send("safe", "read", "GET", "/rate_limit", scope=scope).data["resources"]
        except NotFoundError:
            return None  # A server whose administrator switched rate limiting off.
        return Limits(
            core_remaining=resources["core"]["remaining"],
            graphql_remaining=resources["graphql"]["remaining"],
            resets_at=datetime.fromtimestamp(max(resources["core"]["reset"], resources["graphql"]["reset"]), UTC),
        )
