"""Which GitHub this is: servers differ in what they have, by version and by policy."""

from __future__ import annotations

from dataclasses import dataclass

SERVED, ABSENT, REFUSED = "served", "absent", "refused"
GRAPHQL = (SERVED, ABSENT, REFUSED)


@dataclass(frozen=True)
class Edition:
    """``Edition()`` has everything this sandbox knows. Raises ValueError for an unknown ``graphql``.

    ``graphql``: ``absent`` = there is no such path (404), ``refused`` = no token may use it (403).
    ``unknown_mutations``: those of a schema this server is too old for, for example ``updateRefs``.
    """

    graphql: str = SERVED
    unknown_mutations: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.graphql not in GRAPHQL:
            raise ValueError(f"graphql must be one of {', '.join(GRAPHQL)}, not {self.graphql!r}")
