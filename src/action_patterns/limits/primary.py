"""Primary limits: what is left of a budget, when enough of it is left, and when many jobs are through with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

ANONYMOUS_PER_HOUR = 60
JOB_TOKEN_PER_HOUR = 1_000
"""GITHUB_TOKEN, for each repository: all its jobs and workflows share it."""
TOKEN_PER_HOUR = 5_000
"""A person's token, and an App's installation, which grows with its repositories and members."""
ENTERPRISE_PER_HOUR = 15_000
"""For what an organization of GitHub Enterprise Cloud owns (all four: docs, "Rate limits for the REST API")."""

PUBLISHED_PER_MINUTE = {"search": 30, "code_search": 10}
"""Budgets that are full again after a minute, the others after an hour (docs, "REST API endpoints for search")."""
RESET_MARGIN = timedelta(seconds=1)
"""Wait beyond a reset: GitHub names whole seconds, and clocks need not agree to the second."""


class PrimaryLimit(NamedTuple):
    """One budget of a token, as GitHub reports it."""

    resource: str
    """GitHub's name: `core` is REST, `graphql` counts points."""
    limit: int
    used: int
    remaining: int
    resets_at: datetime

    @property
    def window(self) -> timedelta:
        """Time from one reset to the next."""
        return timedelta(minutes=1 if self.resource in PUBLISHED_PER_MINUTE else 60)


def published(resource: str, per_hour: int, now: datetime) -> PrimaryLimit:
    """Return a full budget of the published size, for one that GitHub does not report. `per_hour`: the token's."""
    limit = PUBLISHED_PER_MINUTE.get(resource, per_hour)
    budget = PrimaryLimit(resource, limit, 0, limit, now)
    return budget._replace(resets_at=now + budget.window)


def available_at(budget: PrimaryLimit, calls: int, reserve: int, now: datetime) -> datetime | None:
    """Return when so many calls may be sent without a pause, with the reserve left. None: never, a full budget is less.

    Others may use what a reset gives: read the budget again then. A reset that is over and gave nothing comes yet.
    """
    if calls <= budget.remaining - reserve:
        return now
    if calls > budget.limit - reserve:
        return None
    return max(now, budget.resets_at) + RESET_MARGIN


def done_at(budget: PrimaryLimit, calls: int, reserve: int, now: datetime) -> datetime | None:
    """Return the earliest time at which the last of so many calls may be sent, over as many resets as it takes.

    None: never, as the reserve leaves nothing.
    """
    missing = calls - max(0, budget.remaining - reserve)
    if missing <= 0:
        return now
    usable = budget.limit - reserve
    if usable <= 0:
        return None
    resets = -(-missing // usable)
    return max(now, budget.resets_at) + RESET_MARGIN + (resets - 1) * budget.window


def jobs_that_fit(budget: PrimaryLimit, calls_per_job: int, reserve: int) -> int | None:
    """Return how many jobs may begin before the reset: none sees what the others use. None: they use nothing of it."""
    return max(0, budget.remaining - reserve) // calls_per_job if calls_per_job else None
