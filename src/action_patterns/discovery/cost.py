"""Cost of a campaign, and how parallel it may be, from GitHub's published limits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from action_patterns.contracts import Budget
from action_patterns.limits.duration import minimum_seconds
from action_patterns.limits.published import Lane
from action_patterns.limits.shares import jobs_at_once
from action_patterns.ports.rate_limits import Limits

REQUESTS_PER_NEW_PULL_REQUEST = 7
"""Read, tree, commit, ref, pull request, labels and assignees, reviewers."""
FEWEST_WRITES: tuple[Lane, ...] = ("write", "write", "mutation", "content")
"""Writes of every new pull request, in their order: tree, commit, ref, pull request."""


def estimate(owners: Sequence[str], legs: int, limits: Limits | None, *, write_spacing_seconds: float) -> Budget:
    """Return the cost if every target gets a new pull request. `owners`: the owner of each target."""
    targets = len(owners)
    return Budget(
        requests_per_target=REQUESTS_PER_NEW_PULL_REQUEST,
        requests_needed=targets * REQUESTS_PER_NEW_PULL_REQUEST,
        requests_remaining=limits.remaining("core") if limits is not None else None,
        max_parallel=jobs_at_once(legs, FEWEST_WRITES, write_spacing_seconds=write_spacing_seconds, repeated=True),
        # An App has a token for each owner. Legs share a token's pace, so more of them do not write faster.
        minimum_seconds=int(
            minimum_seconds(
                FEWEST_WRITES,
                max(Counter(map(str.lower, owners)).values(), default=0),
                processes=max(1, legs),
                write_spacing_seconds=write_spacing_seconds,
            )
        ),
    )
