"""The wide proof: two faults in one run or in two, and every fault on the lesser editions. `make proof` runs it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from support.cases import CASES, TWICE
from support.editions import WITH_LEASES, WITHOUT_LEASES, only_on
from support.harness import FAULTS, KILLS, SECOND, Case, assert_recovers, assert_recovers_everywhere

Record = Callable[[str, object], None]

pytestmark = pytest.mark.proof
WITH = only_on(*WITH_LEASES, why="Two faults take minutes, and that one leads into the other is the same everywhere.")
WITHOUT = only_on(*WITHOUT_LEASES, why="With leases it is test_a_run_killed_at_any_call.")

CALLS = [
    pytest.param(case, number, id=f"{case}: {number} {call}")
    for case in map(CASES.__getitem__, TWICE)
    for number, call in enumerate(case.calls, 1)
]


@WITH
@pytest.mark.parametrize(("case", "call"), CALLS)
def test_two_faults_in_a_row(case: Case, call: int, record_property: Record) -> None:
    """The second meets what the first made of the run: its next try, its next round, or the next run."""
    pairs = [(first, second) for first, second in product(FAULTS, SECOND) if case.meets(first, case.calls[call - 1])]
    for first, second in pairs:
        assert_recovers(case, {call: first, call + 1: second})
    record_property("interrupted", len(pairs))


@WITH
@pytest.mark.parametrize(("case", "call"), CALLS)
def test_killed_twice(case: Case, call: int, record_property: Record) -> None:
    """The run after a killed one is killed at each of its own calls."""
    kills = list(product(KILLS, KILLS, range(1, len(case.calls) + 1)))
    for first, second, later in kills:
        assert_recovers(case, {call: first, call + later: second})
    record_property("interrupted", len(kills))


@WITHOUT
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("case", CASES.values(), ids=str)
def test_one_fault_at_every_call_without_leases(case: Case, fault: str, edition: str, record_property: Record) -> None:
    record_property("interrupted on a lesser edition", assert_recovers_everywhere(case, fault, edition))
