"""What a leg counts, and when it begins no further target."""

from __future__ import annotations

import pytest

from action_patterns.action.breaking import Settings
from action_patterns.contracts import Outcome
from action_patterns.distribution.breaking import LegBreaker
from support.memory_ports import World
from support.report_builders import context, record

THRESHOLD = 3


def leg() -> LegBreaker:
    return LegBreaker("fleet", Settings(threshold=THRESHOLD), World(context=context()).ports(), None)


@pytest.mark.parametrize(
    ("outcomes", "opens"),
    [
        ("failed failed failed", True),
        ("failed failed", False),
        ("failed failed updated failed failed", False),
        ("failed failed unchanged failed", False),
        ("failed created failed failed failed", True),
        ("failed blocked failed deferred failed", True),
        ("failed skipped failed missing failed", True),
        ("blocked blocked blocked blocked", False),
        ("failed failed planned failed closed failed failed", False),
    ],
)
def test_a_row_of_failures_opens_it_and_a_target_as_it_should_be_ends_the_row(outcomes: str, opens: bool) -> None:
    breaker = leg()
    for index, outcome in enumerate(outcomes.split()):
        assert breaker.refusal() is None
        breaker.ended(record(index, f"acme/r{index}", outcome))  # type: ignore[arg-type]
    refusal = breaker.refusal()
    assert (refusal is not None) == opens
    if refusal is not None:
        assert refusal.reason == "breaker-open"
        assert refusal.message.startswith("3 targets of this leg failed in a row, the last ones are acme/r")


@pytest.mark.parametrize("late", ["updated", "failed"])
def test_a_target_that_was_at_work_when_it_opened_does_not_close_it(late: Outcome) -> None:
    breaker = leg()
    for index in range(THRESHOLD):
        breaker.ended(record(index, f"acme/r{index}", "failed"))
    breaker.ended(record(9, "acme/r9", late))
    assert breaker.refusal() is not None


def test_without_a_store_it_probes_nothing_and_says_so() -> None:
    world = World(context=context())
    with LegBreaker("fleet", Settings(), world.ports(), None).open(60.0) as breaker:
        assert (breaker.probes, breaker.refusal(), breaker.warnings) == (False, None, [])
    assert any("no `state-repository`" in line for line in world.log.lines)
    assert world.tokens == []
