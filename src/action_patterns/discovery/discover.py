"""Discover the targets: read every repository a selection may mean, and plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from action_patterns.contracts import Exclusion, Plan, SelectionWarning, Target
from action_patterns.discovery.effect import warnings
from action_patterns.discovery.groups import Applies, all_apply, distinct, unite
from action_patterns.discovery.only import EVERYTHING, Narrowing
from action_patterns.discovery.plan import make_plan
from action_patterns.discovery.select import Selected, select
from action_patterns.discovery.selection import Selection
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import Verb
from action_patterns.ports.pull_requests import PullRequests
from action_patterns.ports.rate_limits import Limits, RateLimits
from action_patterns.ports.repositories import NO_MORE_FACTS, FactsNeeded, Listing, Repositories

USES: tuple[Verb, ...] = (Repositories.list_owner, Repositories.read, RateLimits.read)
"""The verbs that discovery always calls."""


def verbs_for(facts: FactsNeeded) -> tuple[Verb, ...]:
    """Return the verbs that discovery calls for facts that not every selection needs."""
    properties = (Repositories.list_properties,) if facts.properties else ()
    # The listing itself has the open pull requests; what it takes to read them is that verb's.
    return (*properties, PullRequests.observe) if facts.open_from is not None else properties


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """The repositories that discovery read for all selections together."""

    owners: dict[str, Listing]
    """Key = the owner in lower case."""
    names: dict[str, Target | None]
    """Key = the repository in lower case. None: absent, or this token may not see it."""
    limits: Limits | None

    @property
    def visible(self) -> int:
        """The number of repositories that were seen, each counted once."""
        listed = (target for listing in self.owners.values() for target in listing.targets)
        named = (target for target in self.names.values() if target is not None)
        return len({target.repository for target in (*listed, *named)})

    def listings(self, selection: Selection) -> tuple[Listing, ...]:
        """Return the listing of each of the selection's owners, in its order."""
        return tuple(self.owners[owner.lower()] for owner in selection.owners)

    def named(self, selection: Selection) -> dict[str, Target | None]:
        """Return the repositories that the selection names, as it spells them."""
        return {name: self.names[name.lower()] for name in selection.repositories}


def facts_for(selections: Iterable[Selection], branch: str | None) -> FactsNeeded:
    """Return the facts that the filters of selections need. `branch`: the campaign's. None: there is none."""
    return reduce(or_, (selection.facts_needed_with(branch) for selection in selections), NO_MORE_FACTS)


def discover(selections: Sequence[Selection], github: GitHub, facts: FactsNeeded = NO_MORE_FACTS) -> Discovered:
    """Read every repository that the selections may mean, completely, or fail. Each owner and name is read once.

    `facts`: what the filters and the conditions of rules are compared with.

    Raises:
        ValueError: there is no selection.
    """
    owners = _once(owner for selection in selections for owner in selection.owners)
    names = _once(name for selection in selections for name in selection.repositories)
    if not owners and not names:
        raise ValueError("discover needs at least one selection")
    listings = {owner.lower(): github.repositories.list_owner(owner, facts) for owner in owners}
    named = github.repositories.read(names, facts) if names else {}
    seen = Discovered(
        owners=listings,
        names={name.lower(): target for name, target in named.items()},
        limits=github.rate_limits.read((*owners, *names)[0]),
    )
    return _with_properties(seen, github) if facts.properties else seen


def _with_properties(seen: Discovered, github: GitHub) -> Discovered:
    """Return the repositories with their custom properties: one list for each owner."""
    listed = (target for listing in seen.owners.values() for target in listing.targets)
    targets = (*listed, *(target for target in seen.names.values() if target is not None))
    owners = {target.owner.lower(): target.owner for target in targets}
    values = {
        name: properties
        for owner in owners.values()
        for name, properties in github.repositories.list_properties(owner).items()
    }

    def filled(target: Target) -> Target:
        return target.model_copy(update={"properties": dict(values.get(target.repository.lower(), {}))})

    return replace(
        seen,
        owners={key: each._replace(targets=tuple(map(filled, each.targets))) for key, each in seen.owners.items()},
        names={name: filled(target) if target else None for name, target in seen.names.items()},
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without repetition. GitHub ignores the case of names."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return tuple(first.values())


def plan_from(
    seen: Discovered,
    selections: Mapping[str, Selection],
    *,
    name: str,
    content_digest: str,
    per_leg: int,
    context: Context,
    now: datetime,
    narrowing: Narrowing = EVERYTHING,
    reveal_private: bool = False,
    applies: Applies = all_apply,
) -> Plan:
    """Select, narrow, number and pack what was seen. `selections`: one for each group, by its name."""
    found: dict[str, Selected] = {}
    told: list[SelectionWarning] = []
    for group, selection in selections.items():
        listings, named = seen.listings(selection), seen.named(selection)
        listed = (target for listing in listings for target in listing.targets)
        found[group] = select(listed, named, selection, source_repository=context.repository, now=now)
        told += warnings(listings, named, selection, now=now)
    return make_plan(
        unite(found, applies),
        name=name,
        content_digest=content_digest,
        visible=seen.visible,
        warnings=distinct(told),
        narrowing=narrowing,
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
