"""Discover the targets: read every repository a selection may mean, and plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from action_patterns.contracts import Exclusion, Plan, Target
from action_patterns.discovery.effect import warnings
from action_patterns.discovery.groups import Applies, all_apply, distinct, unite
from action_patterns.discovery.plan import make_plan
from action_patterns.discovery.select import select
from action_patterns.discovery.selection import Selection
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import Verb
from action_patterns.ports.rate_limits import Limits, RateLimits
from action_patterns.ports.repositories import Listing, Repositories

USES: tuple[Verb, ...] = (Repositories.list_owner, Repositories.read, RateLimits.read)
"""The verbs that discovery calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What discovery read."""

    listings: Mapping[str, Listing]
    """One for each owner, by its name in lower case."""
    named: Mapping[str, Target | None]
    """By the name that was asked for, in lower case."""
    visible: int
    limits: Limits | None

    def listings_of(self, selection: Selection) -> tuple[Listing, ...]:
        """Return the listings of a selection's owners, in its order."""
        return tuple(self.listings[owner.lower()] for owner in selection.owners)

    def listed_by(self, selection: Selection) -> tuple[Target, ...]:
        """Return the repositories of a selection's owners."""
        return tuple(target for listing in self.listings_of(selection) for target in listing.targets)

    def named_by(self, selection: Selection) -> dict[str, Target | None]:
        """Return the repositories that a selection names."""
        return {name: self.named[name.lower()] for name in selection.repositories}


def discover(selections: Iterable[Selection], github: GitHub) -> Discovered:
    """Read every repository the selections may mean, completely, or fail. Each owner and name is read once."""
    selections = tuple(selections)
    owners = {owner.lower(): owner for selection in selections for owner in selection.owners}
    names = {name.lower(): name for selection in selections for name in selection.repositories}
    listings = {key: github.repositories.list_owner(owner) for key, owner in owners.items()}
    named = github.repositories.read(tuple(names.values())) if names else {}
    visible = sum(listing.visible for listing in listings.values())
    known = {target.repository for listing in listings.values() for target in listing.targets}
    visible += len({target.repository for target in named.values() if target is not None} - known)
    return Discovered(
        listings=listings,
        named={name.lower(): target for name, target in named.items()},
        visible=visible,
        limits=github.rate_limits.read((*owners.values(), *names.values())[0]),
    )


def plan_from(
    seen: Discovered,
    selections: Mapping[str, Selection],
    *,
    name: str,
    content_digest: str,
    per_leg: int,
    context: Context,
    now: datetime,
    reveal_private: bool = False,
    applies: Applies = all_apply,
) -> Plan:
    """Select, number and pack what was seen. `selections`: one for each group, by its name."""
    found = {
        group: select(
            seen.listed_by(selection), seen.named_by(selection), selection, source_repository=context.repository
        )
        for group, selection in selections.items()
    }
    told = [
        warning
        for selection in selections.values()
        for warning in warnings(seen.listings_of(selection), seen.named_by(selection), selection)
    ]
    return make_plan(
        unite(found, applies),
        name=name,
        content_digest=content_digest,
        visible=seen.visible,
        warnings=distinct(told),
        per_leg=per_leg,
        limits=seen.limits,
        context=context,
        now=now,
        reveal_private=reveal_private,
    )


def excluded_summary(excluded: Sequence[Exclusion]) -> dict[str, int]:
    """How many repositories each reason excluded, most first."""
    counts: dict[str, int] = {}
    for exclusion in excluded:
        counts[exclusion.reason] = counts.get(exclusion.reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
