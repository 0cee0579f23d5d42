"""Repositories as discovery would have read them, for tests of decisions about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from action_patterns.contracts import Target
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.source import Source, SourceKey
from action_patterns.ports.repositories import ListedRepository, Listing

Listed = Mapping[tuple[SourceKey, str], Iterable[Target]]


def seen(listed: Listed, named: Mapping[str, Target | None] | None = None) -> Discovered:
    """Return what sources list, and what was read by name."""
    targets = [target for each in listed.values() for target in each]
    return Discovered(
        repositories={target.repository.lower(): target for target in targets}
        | {name.lower(): target for name, target in (named or {}).items()},
        sources={
            Source(*source).lower(): tuple(
                ListedRepository(target.repository, target.id, target.private) for target in each
            )
            for source, each in listed.items()
        },
    )


def of_listings(listings: Iterable[Listing], named: Mapping[str, Target | None] | None = None) -> Discovered:
    """Return what owners list, and what was read by name."""
    return seen({("owners", listing.owner): listing.targets for listing in listings}, named)
