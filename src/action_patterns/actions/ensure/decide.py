"""The decision of ensure: what is desired and what was read, in; one step or none, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from action_patterns.actions.ensure.interface import Kind, OnDifference
from action_patterns.contracts.result import Outcome
from action_patterns.ports.resource import Fields, Resource, Value

Do = Literal["create", "update"]
Relation = Literal["behind", "ahead", "diverged"]
"""How a branch stands to the desired commit. `behind`: the commit holds all that the branch holds."""


GONE = "expired"
"""State of an artifact that is listed and cannot be used."""


class Difference(NamedTuple):
    """A field that is not as desired."""

    current: Value
    desired: Value


class Facts(NamedTuple):
    """Everything a decision depends on."""

    kind: Kind
    desired: Fields
    on_difference: OnDifference
    found: Resource | None
    relation: Relation = "diverged"
    """For a branch at another commit."""


class Decision(NamedTuple):
    """One step, or none, and why."""

    outcome: Outcome
    reason: str
    do: Do | None = None
    differences: Mapping[str, Difference] = {}
    force: bool = False


def differences_of(desired: Fields, found: Resource) -> dict[str, Difference]:
    """Return the desired fields that differ. A field that is not desired never does."""
    return {
        name: Difference(found.fields.get(name), value)
        for name, value in desired.items()
        if found.fields.get(name) != value
    }


def decide(facts: Facts) -> Decision:
    """Return the step that makes it as desired."""
    if facts.found is None:
        return Decision("created", "created", "create")
    differences = differences_of(facts.desired, facts.found)
    if not differences:
        return Decision("unchanged", "up-to-date")
    if facts.on_difference == "fail":
        return Decision("blocked", "differs", differences=differences)
    if facts.on_difference == "keep":
        return Decision("skipped", "differs", differences=differences)
    if facts.kind != "branch":
        return Decision("updated", "fields", "update", differences)
    return _move(facts, differences)


def _move(facts: Facts, differences: Mapping[str, Difference]) -> Decision:
    """Return the decision about a branch at another commit. `update` moves it forward only."""
    if facts.relation == "behind":
        return Decision("updated", "forwarded", "update", differences)
    if facts.on_difference == "force":
        return Decision("updated", "forced", "update", differences, force=True)
    if facts.relation == "ahead":
        return Decision("skipped", "ahead", differences=differences)
    return Decision("blocked", "diverged", differences=differences)


def check(facts: Facts) -> Decision:
    """Return the answer of `mode: check`, which asks for no step."""
    if facts.found is None:
        return Decision("unchanged", "absent")
    if facts.found.state == GONE:
        return Decision("unchanged", "expired")
    differences = differences_of(facts.desired, facts.found)
    return Decision("unchanged", "differs" if differences else "exists", differences=differences)
