"""Cost of a campaign, and how parallel it may be, from GitHub's published limits. Pure."""

from __future__ import annotations

from action_patterns.contracts import Budget
from action_patterns.limits.published import CONTENT_PER_HOUR, REST_POINTS, WRITE_POINTS, WRITE_SPACING_SECONDS
from action_patterns.ports.rate_limits import Limits

REQUESTS_PER_NEW_PULL_REQUEST = 7
"""Read, tree, commit, ref, pull request, labels and assignees, reviewers."""
WRITES_PER_NEW_PULL_REQUEST = 6
MAX_PARALLEL = 10
"""More legs than this gain nothing: the limits on writes are the token's, not the leg's."""


def estimate(targets: int, legs: int, limits: Limits | None, *, write_spacing_seconds: float) -> Budget:
    """Worst case: every target gets a new pull request. One leg paces its own writes; legs share the token."""
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
        # Legs share the token's pace, so more of them do not write faster.
        minimum_seconds=max(
            int(targets * WRITES_PER_NEW_PULL_REQUEST * write_spacing_seconds),
            int(CONTENT_PER_HOUR.seconds * ((targets - 1) // CONTENT_PER_HOUR.capacity))
            if write_spacing_seconds >= WRITE_SPACING_SECONDS and targets
            else 0,
        ),
    )
