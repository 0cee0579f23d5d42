"""GitHub's published limits, and the ledger that holds a token's requests against them.

Every number is from https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api unless it says
otherwise. Primary budgets are always kept; what is None in ``Limits`` is not enforced.
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
"""GITHUB_TOKEN, per repository."""
ANONYMOUS_PER_HOUR = 60
GRAPHQL_POINTS_PER_HOUR = 5000
"""https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api"""
GRAPHQL_NODES = 500_000
"""Same page: what one query may ask for."""
GRAPHQL_TIMEOUT_SECONDS = 10
"""https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#timeouts"""
CONCURRENT_REQUESTS = 100
"""REST and GraphQL together."""
REST_POINTS_PER_MINUTE = 900
GRAPHQL_POINTS_PER_MINUTE = 2000
READ_POINTS, WRITE_POINTS = 1, 5
"""Secondary points: GET, HEAD and queries; everything else and mutations."""
CONTENT_PER_MINUTE, CONTENT_PER_HOUR = 80, 500
SEARCH_PER_MINUTE = 30
"""https://docs.github.com/rest/search/search#rate-limit"""
SEARCH_RESULTS = 1000
SEARCH_REPOSITORIES = 4000
"""https://docs.github.com/rest/search/search#about-search; that more of them make a search incomplete is assumed."""
TREE_ENTRIES = 100_000
"""https://docs.github.com/rest/git/trees#get-a-tree: what a recursive tree shows before it is truncated."""
WAIT_SECONDS = 60
"""What to wait where no header says (same page, "Exceeding the rate limit")."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Limits:
    """What is enforced. ``Limits()`` = primary budgets only; ``Limits.published()`` = all of it."""

    rest_per_hour: int = REST_PER_HOUR
    actions_per_hour: int = REST_PER_HOUR
    anonymous_per_hour: int = ANONYMOUS_PER_HOUR
    graphql_points_per_hour: int = GRAPHQL_POINTS_PER_HOUR
    graphql_nodes: int = GRAPHQL_NODES
    graphql_nodes_in_time: int | None = None
    """How many nodes fit into the ten seconds a query has; GitHub publishes no such number."""
    graphql_cost: bool = False
    """Whether a query costs the points its connections add up to; otherwise 1."""
    search_per_minute: int | None = None
    search_repositories: int | None = None
    """How many repositories one search looks at before it gives up with ``incomplete_results``."""
    tree_entries: int | None = None
    """How many entries a recursive tree shows before it is ``truncated``; its 7 MB are not modelled."""
    concurrent_requests: int | None = None
    rest_points_per_minute: int | None = None
    graphql_points_per_minute: int | None = None
    content_per_minute: int | None = None
    content_per_hour: int | None = None
    secondary_status: int = 403
    """403 or 429: GitHub uses both."""
    primary_status: int = 403
    retry_after: bool = True
    """Whether a secondary refusal says how long to wait: GitHub's do not always."""

    @classmethod
    def published(cls, **changes: Any) -> Self:
        """Every published limit at its published value, but for ``changes``."""
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
    """``reset`` is the epoch second at which ``used`` starts again at 0."""

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
    """A secondary limit that was hit, and the seconds until the next try makes sense."""

    limit: str
    wait_seconds: int


class Ledger:
    """What each caller has used. Thread safe. A caller is a token's budget key, or "" for anonymous requests."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.RLock()
        self._budgets: dict[Key, Budget] = {}
        self._spent: dict[Key, deque[tuple[float, int]]] = {}
        self._blocked: dict[str, tuple[float, str]] = {}
        self._under_way: dict[str, int] = {}
        self.overrides: dict[Key, int] = {}
        """(token, resource) -> limit of its own."""

    # -- primary -----------------------------------------------------------------------------------------------------

    def budget(self, caller: str | None, resource: str, kind: str | None = None) -> Budget:
        """The current budget (``core``, ``graphql`` or ``search``), renewed when its time has passed."""
        key = (caller or "", resource)
        with self._lock:
            now, budget = int(self._clock()), self._budgets.get(key)
            if budget is None or budget.reset <= now:
                span = MINUTE_SECONDS if resource == SEARCH else HOUR_SECONDS
                limit = self.overrides.get(key, self._limit(caller, resource, kind))
                budget = self._budgets[key] = Budget(limit, now + span)
            return budget

    def _limit(self, caller: str | None, resource: str, kind: str | None) -> int:
        limits = self.limits
        if resource == SEARCH:
            return SEARCH_PER_MINUTE if limits.search_per_minute is None else limits.search_per_minute
        if caller is None:
            return limits.anonymous_per_hour
        if kind == "actions":
            return limits.actions_per_hour
        return limits.graphql_points_per_hour if resource == GRAPHQL else limits.rest_per_hour

    def spend(self, caller: str | None, resource: str, points: int = 1, *, kind: str | None = None) -> bool:
        """Take points; False when the budget was already used up (the request is then refused)."""
        if resource == SEARCH and self.limits.search_per_minute is None:
            return True
        with self._lock:
            budget = self.budget(caller, resource, kind)
            if budget.remaining <= 0:
                return False
            budget.used += points
            return True

    def refund(self, caller: str | None, resource: str, points: int = 1) -> None:
        """For a 304, which is free."""
        with self._lock:
            budget = self.budget(caller, resource)
            budget.used = max(0, budget.used - points)

    def headers(self, caller: str | None, resource: str) -> dict[str, str]:
        values = self.budget(caller, resource).as_json()
        return {f"X-RateLimit-{k.title()}": str(values[k]) for k in ("limit", "remaining", "used", "reset")} | {
            "X-RateLimit-Resource": resource
        }

    # -- secondary ---------------------------------------------------------------------------------------------------

    def enter(self, caller: str | None, classes: Sequence[str]) -> Refusal | None:
        """Admit a request or say which secondary limit refuses it. Every ``enter`` has its ``leave``.

        Asking again before the wait is over starts the wait anew.
        """
        who = caller or ""
        with self._lock:
            self._under_way[who] = self._under_way.get(who, 0) + 1
            now = self._clock()
            until, limit = self._blocked.get(who, (0.0, ""))
            broken = limit if now < until else self._broken(who, classes, now)
            if broken is None:
                return None
            self._blocked[who] = (now + WAIT_SECONDS, broken)
            return Refusal(broken, WAIT_SECONDS)

    def leave(self, caller: str | None) -> None:
        with self._lock:
            self._under_way[caller or ""] -= 1

    def _broken(self, who: str, classes: Sequence[str], now: float) -> str | None:
        limits, points = self.limits, WRITE_POINTS if WRITE in classes else READ_POINTS
        if limits.concurrent_requests is not None and self._under_way[who] > limits.concurrent_requests:
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
            spent = self._spent.setdefault((who, name), deque())
            while spent and spent[0][0] <= now - span:
                spent.popleft()
            if sum(cost for _, cost in spent) + cost > most:
                return name
        for name, _, _, cost in counted:
            self._spent[who, name].append((now, cost))
        return None
