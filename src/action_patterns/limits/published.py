"""The limits that GitHub publishes, and which requests count against them.

GitHub docs: "Rate limits for the REST API", "Rate limits and query limits for the GraphQL API", "Best practices for
using the REST API"; read in 2026.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Lane = Literal["read", "graphql", "search", "write", "mutation", "content", "notify"]
"""Which limits a request counts against.

`read` and `write` are REST; `graphql` and `mutation` are GraphQL; `content` makes something that notifies people
(a pull request, a comment), `notify` only notifies them (a request for review).
"""
WRITES: frozenset[Lane] = frozenset({"write", "mutation", "content", "notify"})
NOTIFYING: frozenset[Lane] = frozenset({"content", "notify"})

WRITE_SPACING_SECONDS = 1.0
"""At least one second between requests that change something; the default, overridden only for a sandbox."""
NOTIFY_SPACING_SECONDS = 3.0
"""Between requests that notify people: not GitHub's number, but that of its own client (octokit/plugin-throttling)."""


class Window(NamedTuple):
    """At most `capacity` points within any `seconds`."""

    seconds: float
    capacity: float


REST_POINTS = Window(60, 900)
GRAPHQL_POINTS = Window(60, 2_000)
CONTENT_PER_MINUTE = Window(60, 80)
CONTENT_PER_HOUR = Window(3_600, 500)
SEARCHES = Window(60, 30)

READ_POINTS = 1
WRITE_POINTS = 5
"""Points that a request costs of GitHub's points per minute, REST or GraphQL."""

COSTS: dict[Lane, tuple[tuple[Window, float], ...]] = {
    "read": ((REST_POINTS, READ_POINTS),),
    "search": ((REST_POINTS, READ_POINTS), (SEARCHES, 1)),
    "write": ((REST_POINTS, WRITE_POINTS),),
    "graphql": ((GRAPHQL_POINTS, READ_POINTS),),
    "mutation": ((GRAPHQL_POINTS, WRITE_POINTS),),
    "content": ((REST_POINTS, WRITE_POINTS), (CONTENT_PER_MINUTE, 1), (CONTENT_PER_HOUR, 1)),
    "notify": ((REST_POINTS, WRITE_POINTS),),
}
"""The windows that a request of each lane counts in, and its cost there."""
