"""Ten steps claim the same targets at once: each target has one of them, in every order of their calls."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from action_patterns.actions.ledger.interface import LedgerOutputs
from support.editions import WITH_LEASES, only_on
from support.interleaving import Turns, explore, in_two_threads
from support.ledger_stage import Runner, claim, finish, has_run, names, stored
from support.stage import VirtualClock, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")


@pytest.mark.parametrize("same_run", [True, False])
def test_of_two_at_once_one_wins_at_every_interleaving(same_run: bool) -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            turns = Turns(0, schedule)

            def one(number: int) -> LedgerOutputs:
                runner = Runner(run_id=1_001 if same_run else 1_001 + number, random=number / 3)
                return claim(scene, ["a", "b"], runner=runner, turns=(turns, number))

            outputs = in_two_threads(one, turns)
            won = [each for each in outputs if each.has_targets]
            assert [names(each.todo) for each in won] == [["a", "b"]]
            (lost,) = [each for each in outputs if not each.has_targets]
            assert (lost.reason, names(lost.held)) == ("in-progress", ["a", "b"])
            return turns.used

    assert explore(play, 2) >= 4


def test_of_two_that_claim_parts_each_gets_its_own_and_no_claim_is_lost() -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            turns = Turns(0, schedule)
            wanted = (["a", "b"], ["b", "c"])

            def one(number: int) -> LedgerOutputs:
                runner = Runner(run_id=1_001 + number, random=number / 3)
                return claim(scene, wanted[number], runner=runner, turns=(turns, number))

            first, second = in_two_threads(one, turns)
            assert sorted(names(first.todo) + names(second.todo)) == ["a", "b", "c"]
            table = stored(scene)
            for outputs in (first, second):
                for target in names(outputs.todo):
                    by = table[target].by
                    assert by is not None
                    assert outputs.claim.startswith(f"{by.claim}.1.")
            return turns.used

    assert explore(play, 2) >= 4


def test_of_ten_legs_one_works_and_if_it_dies_the_next_run_takes_over() -> None:
    with stage(checked=False) as scene:
        legs = [claim(scene, ["a"], runner=Runner(run_id=70_001, random=number / 10)) for number in range(10)]
        assert [each.reason for each in legs] == ["claimed"] + ["in-progress"] * 9
        has_run(scene, 70_001, status="completed")
        again = [claim(scene, ["a"], runner=Runner(run_id=70_002, random=number / 10)) for number in range(10)]
        assert [each.reason for each in again] == ["claimed"] + ["in-progress"] * 9
        assert finish(scene, legs[0].claim, {"a": "success"}).reason == "not-holder"
        assert finish(scene, again[0].claim, {"a": "success"}, runner=Runner(run_id=70_002)).reason == "finished"
