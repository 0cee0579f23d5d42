"""Discover the targets: read every repository a selection may mean, and plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from action_patterns.contracts import Exclusion, Plan, Target
from action_patterns.discovery.effect import warnings
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

    listings: tuple[Listing, ...]
    """One for each owner of the selection, in its order."""
    named: dict[str, Target | None]
    visible: int
    limits: Limits | None

    @property
    def listed(self) -> tuple[Target, ...]:
        """The repositories of all owners."""
        return tuple(target for listing in self.listings for target in listing.targets)


def discover(selection: Selection, github: GitHub) -> Discovered:
    """Read every repository the selection may mean, completely, or fail."""
    listings = tuple(github.repositories.list_owner(owner) for owner in selection.owners)
    visible = sum(listing.visible for listing in listings)
    named = github.repositories.read(selection.repositories) if selection.repositories else {}
    known = {target.repository for listing in listings for target in listing.targets}
    visible += len({target.repository for target in named.values() if target is not None} - known)
    scope = (*selection.owners, *selection.repositories)[0]
    return Discovered(listings=listings, named=named, visible=visible, limits=github.rate_limits.read(scope))


def plan_from(
    seen: Discovered,
    selection: Selection,
    *,
    name: str,
    content_digest: str,
    per_leg: int,
    context: Context,
    now: datetime,
    reveal_private: bool = False,
) -> Plan:
    """Select, number and pack what was seen."""
    selected = select(seen.listed, seen.named, selection, source_repository=context.repository)
    return make_plan(
        selected,
        name=name,
        content_digest=content_digest,
        visible=seen.visible,
        warnings=warnings(seen.listings, seen.named, selection),
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
