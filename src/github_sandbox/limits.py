"""GitHub's published limits, and the ledger that counts each token's requests against them.

Every number is from https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api unless it names
another page. Primary budgets always apply. A limit that is None in ``Limits`` is not enforced.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from github_sandbox.request_log import CONTENT, GRAPHQL, SEARCH, WRITE

MINUTE_SECONDS, HOUR_SECONDS = 60, 3600

REST_PER_HOUR = 5000
ACTIONS_PER_HOUR = 1000
"""For GITHUB_TOKEN, per repository."""
ANONYMOUS_PER_HOUR = 60
GRAPHQL_POINTS_PER_HOUR = 5000
"""https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api"""
GRAPHQL_NODES = 500_000
"""The most nodes of one query (same page)."""
GRAPHQL_TIMEOUT_SECONDS = 10
"""https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#timeouts"""
CONCURRENT_REQUESTS = 100
"""REST and GraphQL together."""
REST_POINTS_PER_MINUTE = 900
GRAPHQL_POINTS_PER_MINUTE = 2000
READ_POINTS, WRITE_POINTS = 1, 5
"""Secondary points: 1 for GET, HEAD and queries; 5 for other methods and mutations."""
CONTENT_PER_MINUTE, CONTENT_PER_HOUR = 80, 500
SEARCH_PER_MINUTE, CODE_SEARCH_PER_MINUTE = 30, 10
"""https://docs.github.com/rest/search/search#rate-limit: searches for code have a budget apart."""
SEARCH_RESULTS = 1000
SEARCH_REPOSITORIES = 4000
"""https://docs.github.com/rest/search/search#about-search. Assumed: more repositories make a search incomplete."""
TREE_ENTRIES = 100_000
"""https://docs.github.com/rest/git/trees#get-a-tree: the most entries of a recursive tree before it is truncated."""
ISSUE_COMMENTS = 2_500
"""Not documented; see FACTS.md."""
WAIT_SECONDS = 60
"""The wait without a Retry-After header (same page, "Exceeding the rate limit")."""

CODE_SEARCH = "code_search"
"""Name of the budget of searches for code."""
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The enforced limits. ``Limits()``: primary budgets only; ``Limits.published()``: all of them."""

    reported: bool = True
    """Whether the server has rate limits: otherwise ``GET /rate_limit`` answers 404, and no header names a budget."""
    rest_per_hour: int = REST_PER_HOUR
    actions_per_hour: int = REST_PER_HOUR
    anonymous_per_hour: int = ANONYMOUS_PER_HOUR
    graphql_points_per_hour: int = GRAPHQL_POINTS_PER_HOUR
    graphql_nodes: int = GRAPHQL_NODES
    graphql_nodes_in_time: int | None = None
    """The most nodes that a query returns in its ten seconds; GitHub publishes no such number."""
    graphql_cost: bool = False
    """Whether a query costs the sum of its connections; otherwise it costs 1 point."""
    search_per_minute: int | None = None
    search_repositories: int | None = None
    """The number of repositories that one search visits before it ends with ``incomplete_results``."""
    issue_comments: int = ISSUE_COMMENTS
    """The most comments of one issue or pull request."""
    tree_entries: int | None = None
    """The most entries of a recursive tree before it is ``truncated``; its 7 MB are not modelled."""
    concurrent_requests: int | None = None
    rest_points_per_minute: int | None = None
    graphql_points_per_minute: int | None = None
    content_per_minute: int | None = None
    content_per_hour: int | None = None
    secondary_status: int = 403
    """403 or 429; GitHub uses both."""
    primary_status: int = 403
    retry_after: bool = True
    """Whether a secondary refusal names the wait; GitHub's do not always."""

    @classmethod
    def published(cls, **changes: Any) -> Self:
        """Return every published limit at its published value, except ``changes``."""
        return replace(
            cls(
                actions_per_hour=ACTIONS_PER_HOUR, graphql_cost=True, search_repositories=SEARCH_REPOSITORIES,
                search_per_minute=SEARCH_PER_MINUTE, tree_entries=TREE_ENTRIES,
                concurrent_requests=CONCURRENT_REQUESTS, rest_points_per_minute=REST_POINTS_PER_MINUTE,
                graphql_points_per_minute=GRAPHQL_POINTS_PER_MINUTE, content_per_minute=CONTENT_PER_MINUTE,
                content_per_hour=CONTENT_PER_HOUR,
            ),
            **changes,
        )  # fmt: skip


@dataclass
class Budget:
    """A primary budget. ``reset``: the epoch second at which ``used`` returns to 0."""

    limit: int
    reset: int
    used: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def as_json(self) -> dict[str, int]:
        used = min(self.used, self.limit)
        return {"limit": self.limit, "used": used, "remaining": self.remaining, "reset": self.reset}


@dataclass(frozen=True)
class Refusal:
    """A refusal by a secondary limit, and the seconds to wait before the next try."""

    limit: str
    wait_seconds: int


class Ledger:
    """The usage of each caller. Thread safe. A caller is a token's budget key, or "" for anonymous requests."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.RLock()
        self._budgets: dict[Key, Budget] = {}
        self._spent: dict[Key, deque[tuple[float, int]]] = {}
        self._blocked: dict[str, tuple[float, str]] = {}
        self._in_flight: dict[str, int] = {}
        self.overrides: dict[Key, int] = {}
        """(token, resource) -> limit that the seed gives this token."""

    # -- primary -----------------------------------------------------------------------------------------------------

    def budget(self, caller: str | None, resource: str, kind: str | None = None) -> Budget:
        """Return the current budget (``core``, ``graphql``, ``search`` or ``code_search``), renewed after its reset."""
        key = (caller or "", resource)
        with self._lock:
            now, budget = int(self._clock()), self._budgets.get(key)
            if budget is None or budget.reset <= now:
                span = MINUTE_SECONDS if resource in (SEARCH, CODE_SEARCH) else HOUR_SECONDS
                limit = self.overrides.get(key, self._limit(caller, resource, kind))
                budget = self._budgets[key] = Budget(limit, now + span)
            return budget

    def _limit(self, caller: str | None, resource: str, kind: str | None) -> int:
        limits = self.limits
        if resource == CODE_SEARCH:
            return CODE_SEARCH_PER_MINUTE
        if resource == SEARCH:
            return SEARCH_PER_MINUTE if limits.search_per_minute is None else limits.search_per_minute
        if caller is None:
            return limits.anonymous_per_hour
        if kind == "actions":
            return limits.actions_per_hour
        return limits.graphql_points_per_hour if resource == GRAPHQL else limits.rest_per_hour

    def spend(self, caller: str | None, resource: str, points: int = 1, *, kind: str | None = None) -> bool:
        """Spend points; False: the budget is used up, and the request is refused."""
        if not self.limits.reported:
            return True
        if resource == SEARCH and self.limits.search_per_minute is None:
            return True
        with self._lock:
            budget = self.budget(caller, resource, kind)
            if budget.remaining <= 0:
                return False
            budget.used += points
            return True

    def refund(self, caller: str | None, resource: str, points: int = 1) -> None:
        """Return points, because a 304 is free."""
        with self._lock:
            budget = self.budget(caller, resource)
            budget.used = max(0, budget.used - points)

    def headers(self, caller: str | None, resource: str) -> dict[str, str]:
        if not self.limits.reported:
            return {}
        values = self.budget(caller, resource).as_json()
        return {f"X-RateLimit-{k.title()}": str(values[k]) for k in ("limit", "remaining", "used", "reset")} | {
            "X-RateLimit-Resource": resource
        }

    # -- secondary ---------------------------------------------------------------------------------------------------

    def enter(self, caller: str | None, classes: Sequence[str]) -> Refusal | None:
        """Admit a request, or return the secondary limit that refuses it. Every ``enter`` needs a ``leave``.

        A request during the wait restarts the wait.
        """
        key = caller or ""
        with self._lock:
            self._in_flight[key] = self._in_flight.get(key, 0) + 1
            now = self._clock()
            until, limit = self._blocked.get(key, (0.0, ""))
            exceeded = limit if now < until else self._exceeded(key, classes, now)
            if exceeded is None:
                return None
            self._blocked[key] = (now + WAIT_SECONDS, exceeded)
            return Refusal(exceeded, WAIT_SECONDS)

    def leave(self, caller: str | None) -> None:
        with self._lock:
            self._in_flight[caller or ""] -= 1

    def _exceeded(self, key: str, classes: Sequence[str], now: float) -> str | None:
        limits, points = self.limits, WRITE_POINTS if WRITE in classes else READ_POINTS
        if limits.concurrent_requests is not None and self._in_flight[key] > limits.concurrent_requests:
            return "concurrent_requests"
        graphql = GRAPHQL in classes
        windows = [
            ("graphql_points_per_minute", limits.graphql_points_per_minute, MINUTE_SECONDS, points, graphql),
            ("rest_points_per_minute", limits.rest_points_per_minute, MINUTE_SECONDS, points, not graphql),
            ("content_per_minute", limits.content_per_minute, MINUTE_SECONDS, 1, CONTENT in classes),
            ("content_per_hour", limits.content_per_hour, HOUR_SECONDS, 1, CONTENT in classes),
        ]
        counted = [(name, most, span, cost) for name, most, span, cost, applies in windows if applies and most]
        for name, most, span, cost in counted:
            spent = self._spent.setdefault((key, name), deque())
            while spent and spent[0][0] <= now - span:
                spent.popleft()
            if sum(cost for _, cost in spent) + cost > most:
                return name
        for name, _, _, cost in counted:
            self._spent[key, name].append((now, cost))
        return None
