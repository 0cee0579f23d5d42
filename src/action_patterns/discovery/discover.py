"""Discover the targets: read every repository a selection may mean, and plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from action_patterns.contracts import Exclusion, Plan, Target
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.effect import warnings
from action_patterns.discovery.groups import Applies, all_apply, unite
from action_patterns.discovery.only import EVERYTHING, Narrowing
from action_patterns.discovery.plan import make_plan
from action_patterns.discovery.search_query import owner_of
from action_patterns.discovery.select import select
from action_patterns.discovery.selection import Selection, once
from action_patterns.discovery.source import Source, SourceKey
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import Verb
from action_patterns.ports.pull_requests import PullRequests
from action_patterns.ports.rate_limits import RateLimits
from action_patterns.ports.repositories import NO_MORE_FACTS, FactsNeeded, ListedRepository, Repositories

USES: tuple[Verb, ...] = (Repositories.list_owner, Repositories.read, RateLimits.read)
"""The verbs that discovery always calls."""


def verbs_for(facts: FactsNeeded) -> tuple[Verb, ...]:
    """Return the verbs that discovery calls for facts that not every selection needs."""
    properties = (Repositories.list_properties,) if facts.properties else ()
    # The listing itself has the open pull requests; what it takes to read them is that verb's.
    return (*properties, PullRequests.observe) if facts.open_from is not None else properties


USES_OF_SOURCES: Mapping[SourceKey, Verb] = {
    "teams": Repositories.list_team,
    "installation": Repositories.list_installation,
    "search": Repositories.search,
}
"""The verbs that discovery calls for some selections: what they need is asked for only then."""


def verbs_of(selections: Iterable[Selection]) -> tuple[Verb, ...]:
    """Return the verbs that discovery calls for these selections and not for every one."""
    keys = dict.fromkeys(source.key for selection in _every(selections) for source in selection.sources)
    return tuple(USES_OF_SOURCES[key] for key in keys if key in USES_OF_SOURCES)


def facts_for(selections: Iterable[Selection], branch: str | None) -> FactsNeeded:
    """Return the facts that the filters of selections need. `branch`: the campaign's. None: there is none."""
    return reduce(or_, (selection.facts_needed_with(branch) for selection in _every(selections)), NO_MORE_FACTS)


def discover(selections: Sequence[Selection], github: GitHub, facts: FactsNeeded = NO_MORE_FACTS) -> Discovered:
    """Read every repository that the selections may mean, completely, or fail. Nothing is read twice.

    A source other than an owner lists names. Each is read again by name: a list may be older than the repository.
    `facts`: what the filters and the conditions of rules are compared with.

    Raises:
        ValueError: there is no selection.
    """
    every = _every(selections)
    sources: dict[Source, Source] = {}
    for source in (source for selection in every for source in selection.sources):
        sources.setdefault(source.lower(), source)
    names = [name for selection in every for name in selection.repositories]
    if not sources and not names:
        raise ValueError("discover needs at least one selection")
    found: dict[str, Target | None] = {}
    listed: dict[Source, tuple[ListedRepository, ...]] = {}
    for key, source in sources.items():
        if source.key == "owners":
            targets = github.repositories.list_owner(source.value, facts).targets
            found |= {target.repository.lower(): target for target in targets}
            listed[key] = tuple(ListedRepository(target.repository, target.id, target.private) for target in targets)
        else:
            listed[key] = _LISTS[source.key](source.value, github)
    names += [each.repository for of_source in listed.values() for each in of_source]
    unread = [name for name in once(names) if name.lower() not in found]
    if unread:
        found |= {name.lower(): target for name, target in github.repositories.read(unread, facts).items()}
    scope = next((owner for selection in every for owner in selection.reach.owners), next(iter(names), None))
    return Discovered(
        repositories=_with_properties(found, github) if facts.properties else found,
        sources=listed,
        limits=github.rate_limits.read(scope) if scope is not None else None,
    )


def _every(selections: Iterable[Selection]) -> tuple[Selection, ...]:
    return tuple(each for selection in selections for each in selection.walk())


def _with_properties(found: Mapping[str, Target | None], github: GitHub) -> dict[str, Target | None]:
    """Return the repositories with their custom properties: one list for each owner."""
    owners = {target.owner.lower(): target.owner for target in found.values() if target is not None}
    values = {
        name: properties
        for owner in owners.values()
        for name, properties in github.repositories.list_properties(owner).items()
    }

    def filled(target: Target) -> Target:
        return target.model_copy(update={"properties": dict(values.get(target.repository.lower(), {}))})

    return {name: filled(target) if target is not None else None for name, target in found.items()}


_LISTS: Mapping[SourceKey, Callable[[str, GitHub], tuple[ListedRepository, ...]]] = {
    "teams": lambda value, github: github.repositories.list_team(value),
    "installation": lambda _, github: github.repositories.list_installation(),
    "search": lambda value, github: github.repositories.search(owner_of(value), value),
}


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
    preflight: bool = False,
) -> Plan:
    """Select, narrow, number and pack what was seen. `selections`: one for each group, by its name.

    `preflight`: a target that cannot succeed gets no job.
    """
    # Groups may share one selection of thousands of repositories.
    distinct = {id(selection): selection for selection in selections.values()}
    selected = {
        key: select(seen, selection, source_repository=context.repository, now=now)
        for key, selection in distinct.items()
    }
    told = [warning for selection in distinct.values() for warning in warnings(seen, selection, now=now)]
    return make_plan(
        unite({group: selected[id(selection)] for group, selection in selections.items()}, applies),
        name=name,
        content_digest=content_digest,
        visible=seen.visible,
        warnings=tuple(dict.fromkeys(told)),
        narrowing=narrowing,
        per_leg=per_leg,
        limits=seen.limits,
        context=context,
        now=now,
        reveal_private=reveal_private,
        preflight=preflight,
    )


def stopped_summary(plan: Plan) -> dict[str, int]:
    """How many targets each reason of the preflight left without a job, most first."""
    counts = Counter(entry.stopped.reason for entry in plan.stopped if entry.stopped is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def excluded_summary(excluded: Sequence[Exclusion]) -> dict[str, int]:
    """How many repositories each reason excluded, most first."""
    counts: dict[str, int] = {}
    for exclusion in excluded:
        counts[exclusion.reason] = counts.get(exclusion.reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
