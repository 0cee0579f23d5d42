"""GitHub's primary rate limits: one REST budget and one GraphQL budget per token, per hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HOUR_SECONDS = 3600
ANONYMOUS_LIMIT = 60


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


class Limits:
    """Budgets by token and resource (``core`` or ``graphql``). Used under the world's lock only."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._budgets: dict[tuple[str | None, str], Budget] = {}
        self.overrides: dict[tuple[str, str], int] = {}

    def budget(self, token: str | None, resource: str) -> Budget:
        """The current budget, renewed when its hour has passed."""
        now = int(self._clock())
        budget = self._budgets.get((token, resource))
        if budget is None or budget.reset <= now:
            default = 5000 if token else ANONYMOUS_LIMIT
            limit = self.overrides.get((token or "", resource), default)
            budget = self._budgets[(token, resource)] = Budget(limit, now + HOUR_SECONDS)
        return budget

    def spend(self, token: str | None, resource: str, points: int = 1) -> bool:
        """Take points; False when the budget was already used up (the request is then refused)."""
        budget = self.budget(token, resource)
        if budget.remaining <= 0:
            return False
        budget.used += points
        return True

    def headers(self, token: str | None, resource: str) -> dict[str, str]:
        budget = self.budget(token, resource)
        values = budget.as_json()
        return {f"X-RateLimit-{k.title()}": str(values[k]) for k in ("limit", "remaining", "used", "reset")} | {
            "X-RateLimit-Resource": resource
        }
