"""Cost of a campaign, and how parallel it may be, from GitHub's published limits. Pure."""

from __future__ import annotations

from action_patterns.contracts import Budget
from action_patterns.ports.rate_limits import Limits

REQUESTS_PER_NEW_PULL_REQUEST = 7
"""Read, tree, commit, ref, pull request, labels and assignees, reviewers."""
WRITES_PER_NEW_PULL_REQUEST = 6
POINTS_PER_MINUTE = 900
"""GitHub docs, "Rate limits for the REST API": points per minute; a read is 1, a write 5."""
POINTS_PER_WRITE = 5
CONTENT_PER_HOUR = 500
"""The same page: requests an hour that make something people see; a pull request is one."""
MAX_PARALLEL = 10
"""More legs than this gain nothing: the limits on writes are the token's, not the leg's."""


def estimate(targets: int, legs: int, limits: Limits | None, *, write_spacing_seconds: float) -> Budget:
    """Worst case: every target gets a new pull request. One leg paces its own writes; legs share the token."""
    writes_per_minute_of_a_leg = 60 / max(write_spacing_seconds, 0.02)
    by_points = int(POINTS_PER_MINUTE / POINTS_PER_WRITE / writes_per_minute_of_a_leg)
    parallel = max(1, min(MAX_PARALLEL, by_points, legs or 1))
    if write_spacing_seconds < 1.0:
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
            3_600 * ((targets - 1) // CONTENT_PER_HOUR) if write_spacing_seconds >= 1.0 and targets else 0,
        ),
    )
