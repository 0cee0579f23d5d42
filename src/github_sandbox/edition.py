"""The edition of this GitHub: servers differ in their features, by version and by policy."""

from __future__ import annotations

from dataclasses import dataclass

SERVED, ABSENT, REFUSED = "served", "absent", "refused"
GRAPHQL = (SERVED, ABSENT, REFUSED)


@dataclass(frozen=True)
class Edition:
    """The features of the server. ``Edition()`` has all that this sandbox knows.

    ``graphql``: ``served``; ``absent``: the path answers 404; ``refused``: every token gets 403.
    ``unknown_mutations``: mutations that this server is too old for, for example ``updateRefs``.
    ``creator_misses_apps``: the filter ``creator`` of a list of issues leaves out those that an App opened.
    ``only_branches_and_tags``: the server refuses to write any other ref.
    Raises ValueError for an unknown ``graphql``.
    """

    graphql: str = SERVED
    unknown_mutations: frozenset[str] = frozenset()
    creator_misses_apps: bool = False
    only_branches_and_tags: bool = False

    def __post_init__(self) -> None:
        if self.graphql not in GRAPHQL:
            raise ValueError(f"graphql must be one of {', '.join(GRAPHQL)}, not {self.graphql!r}")
