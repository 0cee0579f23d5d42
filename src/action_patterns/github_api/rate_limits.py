"""Rate limits of a token."""

from __future__ import annotations

from datetime import UTC, datetime

from action_patterns.errors import NotFoundError
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.rate_limits import Limits


class RateLimitsClient:
    """ports.RateLimits."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, scope: str) -> Limits | None:
        try:
            resources = self._calls.get("/rate_limit", scope=scope)["resources"]
        except NotFoundError:
            return None  # A server whose administrator switched rate limiting off.
        core, graphql = resources["core"], resources["graphql"]
        reset = max((each["reset"] for each in (core, graphql)), key=Answer.number)
        try:
            resets_at = datetime.fromtimestamp(reset.number(), UTC)
        except (OSError, OverflowError, ValueError):
            raise reset.error("is no time") from None
        return Limits(
            core_remaining=core["remaining"].number(),
            graphql_remaining=graphql["remaining"].number(),
            resets_at=resets_at,
        )
