"""Per-thread counters of requests, writes and waiting, and the lowest rate limit seen."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from action_patterns.limits.published import WRITES, Lane

if TYPE_CHECKING:
    from action_patterns.contracts import RateLimit, Usage

_RESOURCES: dict[Lane, str] = {"graphql": "graphql", "mutation": "graphql", "search": "search"}
"""Which budget a request counts against where no header says it; of all others `core`."""


class Meter(threading.local):
    """Counters of each thread, from its last `begin`.

    A target is worked on by one thread, and threads share a transport: so each target gets its own usage.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Set the counters to zero."""
        self._requests = self._writes = 0
        self._waited = 0.0
        self._lowest: RateLimit | None = None

    def sent(self, lane: Lane) -> None:
        self._requests += 1
        self._writes += lane in WRITES

    def waited(self, seconds: float) -> None:
        self._waited += seconds

    def answered(self, lane: Lane, headers: Mapping[str, str]) -> None:
        """Refusals too: they tell best of all what is left."""
        from action_patterns.contracts.result import tightest  # the first request is sent without it

        self._lowest = tightest((self._lowest, read_limit(lane, headers)))

    def usage(self) -> Usage:
        from action_patterns.contracts import Usage

        return Usage(
            requests=self._requests,
            writes=self._writes,
            seconds_waited=round(self._waited, 3),
            lowest_limit=self._lowest,
        )


def read_limit(lane: Lane, headers: Mapping[str, str]) -> RateLimit | None:
    """Return the primary limit from the headers of an answer. None: they give none, or an impossible one.

    GitHub docs, "Rate limits for the REST API": remaining, limit, reset (UTC epoch seconds) and resource. A GitHub
    Enterprise Server sends none unless its limits are switched on.
    """
    from action_patterns.contracts import RateLimit

    try:
        return RateLimit(
            resource=headers.get("x-ratelimit-resource") or _RESOURCES.get(lane, "core"),
            remaining=int(headers["x-ratelimit-remaining"]),
            limit=int(headers["x-ratelimit-limit"]),
            resets_at=datetime.fromtimestamp(int(headers["x-ratelimit-reset"]), UTC),
        )
    except (KeyError, ValueError, OverflowError, OSError):  # a header is missing, no number, or no time of this era
        return None
