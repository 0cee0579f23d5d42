"""Any call of a run is killed, or meets another fault. The next run ends in the state of one clean run.

`make test` kills a run before and after every call, and has each call meet another fault, which the seed chooses.
Of the cases without leases it plays a third. `make proof` plays all, and has each call meet every fault.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support import sample
from support.cases import CASES, the_base_gets_the_content
from support.editions import WITH_LEASES, WITHOUT_LEASES, only_on
from support.harness import FAULTS, Case, assert_recovers_everywhere, assert_recovers_from_each, clean_run
from support.people import calls_of_a_look
from support.stage import TARGET, Killed, desired_state, stage

CALLS = [
    pytest.param(case, number, id=f"{case}: {number} {call}")
    for case in CASES.values()
    for number, call in enumerate(case.calls, 1)
]
WITH = only_on(*WITH_LEASES, why="A fault at every call of every case takes its time; below are the others.")
WITHOUT = only_on(*WITHOUT_LEASES, why="Above is every call with leases.")
LESSER = [CASES[name] for name in sample.some(len(CASES) // 3, CASES, "without leases")]
Record = Callable[[str, object], None]


@WITH
@pytest.mark.parametrize("case", CASES.values(), ids=str)
def test_a_clean_run_makes_the_calls_the_case_names(case: Case) -> None:
    assert clean_run(case).calls == case.calls


@WITH
@pytest.mark.parametrize(("case", "call"), CALLS)
def test_the_rerun_ends_where_one_clean_run_ends(case: Case, call: int, record_property: Record) -> None:
    record_property("interrupted", assert_recovers_from_each(case, call, case.faults_at(call)))


@WITHOUT
@pytest.mark.parametrize("case", LESSER, ids=str)
def test_without_leases_a_clean_run_makes_the_same_writes(case: Case, edition: str) -> None:
    assert clean_run(case, edition).writes == case.writes(edition)


@WITHOUT
@pytest.mark.parametrize("case", LESSER, ids=str)
def test_without_leases_the_rerun_ends_where_one_clean_run_ends(
    case: Case, edition: str, record_property: Record
) -> None:
    """Without leases a branch is moved in another way, and read in another: one fault at every write."""
    fault = sample.one([name for name in FAULTS if not FAULTS[name].only], case.name, edition)
    played = assert_recovers_everywhere(case, fault, edition, writes_only=True)
    assert played == len(clean_run(case, edition).writes)
    record_property("interrupted on a lesser edition", played)


@pytest.mark.parametrize("died_at_write", [3, 4])
def test_a_branch_left_without_a_pull_request_goes_when_the_base_gets_the_content(died_at_write: int) -> None:
    with stage() as scene:
        call = calls_of_a_look(scene, desired_state()) + died_at_write
        with pytest.raises(Killed):
            scene.upsert(desired_state(), call=call, moment="after" if died_at_write == 3 else "before")
        repository = scene.sandbox.repository(TARGET)
        assert repository.tip(desired_state().branch) is not None
        the_base_gets_the_content(scene)
        # Without a lease nothing is deleted: it stays until there is something to ask for.
        assert scene.upsert(desired_state()).outcome == ("closed" if scene.has_leases else "unchanged")
        assert (repository.tip(desired_state().branch) is None) is scene.has_leases
        assert scene.upsert(desired_state()).outcome == "unchanged"
