"""Cost of a campaign, and how parallel it may be, from GitHub's published limits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from action_patterns.contracts import Budget
from action_patterns.limits.duration import minimum_seconds
from action_patterns.limits.published import REST_POINTS, WRITE_POINTS, WRITE_SPACING_SECONDS, Lane
from action_patterns.ports.rate_limits import Limits

REQUESTS_PER_NEW_PULL_REQUEST = 7
"""Read, tree, commit, ref, pull request, labels and assignees, reviewers."""
FEWEST_WRITES: tuple[Lane, ...] = ("write", "write", "mutation", "content")
"""Writes of every new pull request, in their order: tree, commit, ref, pull request."""
MAX_PARALLEL = 10
"""More legs than this gain nothing: the limits on writes are the token's, not the leg's."""


def estimate(owners: Sequence[str], legs: int, limits: Limits | None, *, write_spacing_seconds: float) -> Budget:
    """Return the cost if every target gets a new pull request. `owners`: the owner of each target."""
    targets = len(owners)
    writes_per_minute_of_a_leg = 60 / max(write_spacing_seconds, 0.02)
    by_points = int(REST_POINTS.capacity / WRITE_POINTS / writes_per_minute_of_a_leg)
    parallel = max(1, min(MAX_PARALLEL, by_points, legs or 1))
    if write_spacing_seconds < WRITE_SPACING_SECONDS:
        # Not GitHub: a sandbox is configured to take writes faster.
        parallel = max(1, min(MAX_PARALLEL, legs or 1))
    return Budget(
        requests_per_target=REQUESTS_PER_NEW_PULL_REQUEST,
        requests_needed=targets * REQUESTS_PER_NEW_PULL_REQUEST,
        requests_remaining=limits.core_remaining if limits is not None else None,
        max_parallel=parallel,
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
