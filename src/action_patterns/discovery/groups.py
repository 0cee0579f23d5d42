"""Several selections over one fleet: each repository once, with the groups that select it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from action_patterns.contracts import Exclusion, LeftOut, Target
from action_patterns.discovery.select import Selected


class Applicable(NamedTuple):
    """The groups of a target that have a rule for it, and the rules that do not count there."""

    groups: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()


Applies = Callable[[Target, tuple[str, ...]], Applicable]
"""Which of the groups that select a target have a rule for it."""


def all_apply(_: Target, groups: tuple[str, ...]) -> Applicable:
    """Return all groups: no rule has a condition."""
    return Applicable(groups)


class Grouped(NamedTuple):
    """The union of several selections."""

    selected: Selected
    groups: Mapping[str, Applicable]
    """By the name of each target that was found."""


def unite(found: Mapping[str, Selected], applies: Applies) -> Grouped:
    """Return each repository once. One that no selection takes is excluded for the first one's reason.

    A repository for which no rule counts is excluded too.
    """
    targets: dict[str, Target] = {}
    taken: dict[str, list[str]] = {}
    excluded: dict[str, Exclusion] = {}
    for group, selected in found.items():
        for target in selected.targets:
            targets[target.repository] = target
            taken.setdefault(target.repository, []).append(group)
        for exclusion in selected.excluded:
            excluded.setdefault(exclusion.repository, exclusion)
    groups: dict[str, Applicable] = {}
    for name, target in targets.items():
        excluded.pop(name, None)
        applicable = applies(target, tuple(taken[name]))
        if applicable.groups:
            groups[name] = applicable
        else:
            reasons = dict.fromkeys(each.reason for each in applicable.left_out)
            excluded[name] = Exclusion(
                repository=name,
                id=target.id,
                private=target.private,
                reason="no-rule",
                detail=f"No rule is for it: {' '.join(reasons)}",
            )
    named = {name.lower(): name for selected in found.values() for name in selected.not_found}
    selected = Selected(
        tuple(sorted((targets[name] for name in groups), key=lambda target: target.repository.lower())),
        tuple(sorted(excluded.values(), key=lambda each: each.repository.lower())),
        tuple(sorted(named.values(), key=str.lower)),
    )
    return Grouped(selected, groups)
