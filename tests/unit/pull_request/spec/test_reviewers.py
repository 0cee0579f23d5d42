"""Reviewers chosen by the target: the same on every run, spread over the fleet, and stable when the list changes."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from action_patterns.pull_request.spec.reviewers import Choice, Reviewers

READ: TypeAdapter[Choice] = TypeAdapter(Reviewers)
NAMES = ("ann", "bob", "cy", "dan", "eve")
FLEET = [f"acme/r{number}" for number in range(1_000)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", Choice()),
        ("ann, bob", Choice(("ann", "bob"))),
        ("ann\nbob", Choice(("ann", "bob"))),
        (["ann", "bob"], Choice(("ann", "bob"))),
        ("2 of [ann, bob, cy]", Choice(("ann", "bob", "cy"), 2)),
        ("1 of ann, bob", Choice(("ann", "bob"), 1)),
        (" 2  of [ann,\nbob] ", Choice(("ann", "bob"), 2)),
    ],
)
def test_spellings(written: object, expected: Choice) -> None:
    assert READ.validate_python(written) == expected
    assert READ.validate_python(str(expected)) == expected


@pytest.mark.parametrize("written", ["0 of [a]", "3 of [a, b]", "2 of [a, A]", "1 of []", 3, {"a": 1}, [1]])
def test_what_cannot_be_chosen_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        READ.validate_python(written)


def test_the_choice_is_spread_over_the_fleet_and_the_same_on_every_run() -> None:
    choice = Choice(NAMES, 2)
    chosen = [choice.for_target(target) for target in FLEET]
    assert chosen == [Choice(NAMES[::-1], 2).for_target(target.upper()) for target in FLEET]
    assert {len(set(each)) for each in chosen} == {2}
    counts = Counter(name for each in chosen for name in each)
    assert set(counts) == set(NAMES)
    assert min(counts.values()) > 320, "each is asked for about 400 of 1,000"


def test_a_login_that_leaves_changes_the_targets_that_had_it_alone() -> None:
    before, after = Choice(NAMES, 2), Choice(NAMES[:-1], 2)
    for target in FLEET:
        old, new = set(before.for_target(target)), set(after.for_target(target))
        assert old - {"eve"} <= new


@given(st.lists(st.text("abc", min_size=1, max_size=3), unique=True, min_size=1), st.text(), st.data())
def test_as_many_are_chosen_as_are_asked_for(names: list[str], target: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(names)))
    chosen = Choice(tuple(names), number).for_target(target)
    assert len(chosen) == len(set(chosen)) == number
    assert set(chosen) <= set(names)
