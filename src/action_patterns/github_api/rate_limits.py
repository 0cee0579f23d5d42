"""Rate limits of a token."""

from __future__ import annotations

from datetime import UTC, datetime

from action_patterns.errors import NotFoundError
from action_patterns.github_api.transport.answer import Answer, Source
from action_patterns.github_api.transport.calls import Calls
from action_patterns.limits.primary import PrimaryLimit
from action_patterns.limits.refusal import read_date
from action_patterns.ports.rate_limits import Limits

_PATH = "/rate_limit"
_RESOURCES = ("graphql", "search", "code_search")
"""Budgets beside `core` that work of ours may use. Which of them are reported depends on the server's version."""
_OFF = "rate limit"
"""Part of GitHub's 404 where an administrator switched rate limits off: "Rate limiting is not enabled"."""


class RateLimitsClient:
    """ports.RateLimits."""

    def __init__(self, calls: Calls) -> None:
        self._transport = calls.transport

    def read(self, scope: str) -> Limits | None:
        transport = self._transport
        try:
            response = transport.send("safe", "read", "GET", _PATH, scope=scope)
        except NotFoundError as error:
            if _OFF not in error.message.lower():
                raise  # The App is not installed there, or the address is none of GitHub's API.
            return None
        source = Source(f"GET {_PATH}", response.headers.get("x-github-request-id"))
        resources = Answer(response.data, source)["resources"]
        names = ("core", *(name for name in _RESOURCES if resources[name]))
        return Limits(
            budgets=tuple(_budget(name, resources[name]) for name in names),
            read_at=read_date(response.headers) or transport.now(),
            token="GITHUB_TOKEN" if transport.is_job_token else transport.token_kind,
        )


def _budget(name: str, found: Answer) -> PrimaryLimit:
    reset = found["reset"]
    try:
        resets_at = datetime.fromtimestamp(reset.number(), UTC)
    except (OSError, OverflowError, ValueError):
        raise reset.error("is no time") from None
    return PrimaryLimit(
        resource=name,
        limit=found["limit"].number(),
        used=found["used"].number(),
        remaining=found["remaining"].number(),
        resets_at=resets_at,
    )
