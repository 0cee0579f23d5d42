"""The wide proof: more stories, and two troubles in one, at every call. Takes minutes; `make proof` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

import pytest

from support.editions import WITH_LEASES, WITHOUT_LEASES, only_on
from support.harness import TROUBLES, Story, clean_run, prove, prove_each
from support.stories import FIRST, STORIES, TWICE

KILLS = [name for name in TROUBLES if name.startswith("killed")]
SECOND = (*KILLS, "502 before", "502 after", "429", "duplicate delivery", "stale read")
Record = Callable[[str, object], None]

pytestmark = pytest.mark.proof
WITH = only_on(*WITH_LEASES, why="Two troubles take minutes, and that one leads into the other is the same everywhere.")
WITHOUT = only_on(*WITHOUT_LEASES, why="With leases it is part of `make test`, and of the above.")


def calls(names: Iterable[str]) -> list[object]:
    return [
        pytest.param(story, number, id=f"{story}: {number} {call}")
        for story in map(STORIES.__getitem__, names)
        for number, call in enumerate(story.calls, 1)
    ]


@WITH
@pytest.mark.parametrize(("story", "call"), calls(name for name in STORIES if name not in FIRST))
def test_one_trouble_in_more_stories(story: Story, call: int, record_property: Record) -> None:
    troubles = [name for name in TROUBLES if story.meets(name, story.calls[call - 1])]
    for trouble in troubles:
        assert prove(story, {call: trouble}) == 1
    record_property("cases", len(troubles))


@WITH
@pytest.mark.parametrize(("story", "call"), calls(TWICE))
def test_two_troubles_in_a_row(story: Story, call: int, record_property: Record) -> None:
    """The second meets whatever the first made of the run: its next try, its next round, or the next run."""
    pairs = [
        (first, second) for first, second in product(TROUBLES, SECOND) if story.meets(first, story.calls[call - 1])
    ]
    for first, second in pairs:
        prove(story, {call: first, call + 1: second})
    record_property("cases", len(pairs))


@WITH
@pytest.mark.parametrize(("story", "call"), calls(TWICE))
def test_killed_twice(story: Story, call: int, record_property: Record) -> None:
    """The run after a killed one is killed at each of its own calls."""
    cases = 0
    for first, second, later in product(KILLS, KILLS, range(1, len(story.calls) + 1)):
        prove(story, {call: first, call + later: second})
        cases += 1
    record_property("cases", cases)


@WITHOUT
@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_without_leases_the_writes_are_the_same(story: Story, edition: str) -> None:
    assert clean_run(story, edition).writes == story.writes(edition)


@WITHOUT
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_one_trouble_at_every_call_without_leases(
    story: Story, trouble: str, edition: str, record_property: Record
) -> None:
    record_property("cases", prove_each(story, trouble, edition))
