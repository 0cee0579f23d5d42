"""Two runs with one key, in every order their requests can take: it ends as if they had gone one after the other.

So one desired state wins, whole: content, title, body, labels, assignees and milestone. The runs switch at chosen
requests, once here and up to three times in the proof; a request is one step. The race of real processes
(`test_two_runs_at_once_leave_one_pull_request`) meets a few of these orders, by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from action_patterns.pull_request.ownership.marker import parse_marker
from action_patterns.pull_request.spec.desired import Desired
from support import sample
from support.editions import WITHOUT_LEASES, has_graphql, only_on
from support.harness import state
from support.interleaving import Schedule, at_once, explore
from support.people import seed
from support.stage import TARGET, Stage, VirtualClock, desired_state, stage

WORLD = seed(milestones=["v1", "v2", "v3"])


def full(name: str, number: int, person: str) -> Desired:
    return desired_state(
        {"ci.yml": f"on: {name}\n", "README.md": f"{name}\n", f"{name}.txt": "x\n"},
        title=f"Sync {name}",
        body=f"It is {name}.",
        labels=["sync", name],
        assignees=[person],
        milestone=f"v{number}",
    )


def plain(content: str, text: str) -> Desired:
    return desired_state({"ci.yml": f"on: {content}\n"}, body=f"It is {text}.")


ONE, TWO, THREE = full("one", 1, "alice"), full("two", 2, "bob"), full("three", 3, "bot")


@dataclass(frozen=True)
class Situation:
    """What was there, and what the two desire."""

    name: str
    before: Desired | None
    desired_states: tuple[Desired, Desired]

    def __str__(self) -> str:
        return self.name


SITUATIONS = [
    Situation("nothing was there", None, (ONE, TWO)),
    Situation("a third state was there", THREE, (ONE, TWO)),
    Situation("one of them was there", ONE, (ONE, TWO)),
    Situation("they ask for the same", THREE, (ONE, ONE)),
    Situation("they differ in content", plain("old", "old"), (plain("one", "old"), plain("two", "old"))),
    Situation("one has new content, one a new text", plain("old", "old"), (plain("one", "old"), plain("old", "two"))),
    Situation("they differ in both", plain("old", "old"), (plain("one", "one"), plain("two", "two"))),
    Situation("one has nothing to propose", ONE, (desired_state({"old.txt": "old\n"}), TWO)),
]

PLAYED = [situation for situation in SITUATIONS if situation.name in sample.some(2, map(str, SITUATIONS), "orders")]
"""In `make test` two, which the seed chooses."""


def few(situations: Sequence[Situation]) -> list[Any]:
    """The first; the others are left to the proof."""
    return [situations[0], *(pytest.param(situation, marks=pytest.mark.proof) for situation in situations[1:])]


@dataclass(frozen=True)
class Ended:
    """All that matters of how it ended; not how many commits it took, as without leases branches only move forward."""

    branches: Any
    pull: Any
    """The newest pull request; where it is closed, whether it was us."""


NAMES = ("labels", "assignees", "milestone")


def ended(scene: Stage) -> Ended:
    found = state(scene)[TARGET]
    for ref in found["refs"].values():
        del ref["parents"]
    *earlier, last = found.pop("pulls")
    assert {pull["state"] for pull in earlier} <= {"closed"}
    if last["state"] == "closed":
        marker = parse_marker(last["body"])
        return Ended(found, marker and marker.closed)
    if earlier:  # One run may have closed more than one of the other's.
        del last["number"]
    return Ended(found, last)


def in_turn(situation: Situation) -> list[Ended]:
    """The ends of one after the other, either way."""
    ends = []
    for order in (situation.desired_states, situation.desired_states[::-1]):
        with stage(WORLD) as scene:
            for asked_for in (situation.before, *order):
                if asked_for is not None:
                    scene.upsert(asked_for)
            ends.append(ended(scene))
    return ends


def play_all(situation: Situation, switches: int, holds: Callable[[Ended, list[Ended]], bool]) -> int:
    """Returns how many orders there are; in each of them `holds`."""
    ends = in_turn(situation)

    def played(first: int, schedule: Schedule) -> int:
        with stage(WORLD, checked=False, clock=VirtualClock()) as scene:
            if situation.before is not None:
                scene.upsert(situation.before)
            results, used = at_once(scene, situation.desired_states, first, schedule)
            if used == len(schedule):
                told = f"{first} goes first, {schedule}: {results}"
                assert {result.outcome for result in results} <= {"created", "updated", "unchanged", "closed"}, told
                assert holds(ended(scene), ends), told
        return used

    return sum(explore(partial(played, first), switches) for first in (0, 1))


@only_on("full", why="The others have a test of their own below, as less can be promised there.")
@pytest.mark.parametrize("switches", [1, pytest.param(3, marks=pytest.mark.proof)])
@pytest.mark.parametrize("situation", PLAYED, ids=str)
def test_it_ends_as_if_they_went_in_turn(
    situation: Situation, switches: int, record_property: Callable[[str, object], None]
) -> None:
    played = play_all(situation, switches, lambda end, ends: end in ends)
    record_property("measured", f"two runs, {situation}: {played} orders of up to {switches} switches")


@only_on(*WITHOUT_LEASES, why="With leases it is the test above.")
@pytest.mark.parametrize("situation", few(SITUATIONS), ids=str)
def test_without_leases_too_but_over_rest_something_of_the_other_may_stay(situation: Situation, edition: str) -> None:
    """What a PATCH overwrites is read before it, in a request of its own: a whole other run fits in between."""
    beside = 0

    def holds(end: Ended, ends: list[Ended]) -> bool:
        nonlocal beside
        beside += end not in ends
        return end in ends or (not has_graphql(edition) and nearly(end, ends))

    assert play_all(situation, 1, holds) > 4
    assert beside <= 2


def nearly(end: Ended, ends: list[Ended]) -> bool:
    """But for a name of the other beside those of the winner; or it is closed, and no longer says that it was us."""
    if not isinstance(end.pull, dict):
        return end.pull == ""
    return any(
        end == replace(like, pull=like.pull | {name: end.pull[name] for name in NAMES})
        and set(like.pull["labels"]) <= set(end.pull["labels"])
        and set(like.pull["assignees"]) <= set(end.pull["assignees"])
        for like in ends
        if isinstance(like.pull, dict)
    )
