"""A merge keeps the values of both steps, and a swap has one winner, in every order of their calls."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from action_patterns.actions.state.interface import StateOutputs
from support.editions import WITH_LEASES, first_on
from support.interleaving import Turns, explore, in_two_threads
from support.stage import Stage, VirtualClock, stage
from support.state_stage import Runner, state, stored

pytestmark = first_on(*WITH_LEASES, why="It takes long, and what differs is below the store.")


def both(scene: Stage, schedule: Sequence[int], steps: Sequence[dict[str, Any]]) -> tuple[list[StateOutputs], int]:
    """Return the outputs of two steps at once, and how much of the schedule was used."""
    turns = Turns(0, schedule)

    def play(number: int) -> StateOutputs:
        runner = Runner(run_id=1_001 + number)
        return state(scene, runner=runner, turns=(turns, number), **steps[number]).outputs

    return in_two_threads(play, turns), turns.used


@pytest.mark.parametrize(
    ("merge", "before", "values"),
    [
        ("append", None, (["a"], ["b"])),
        ("append", ["z"], (["a", "c"], ["b", "c"])),
        ("deep-merge", None, ({"api": {"done": 1}}, {"api": {"failed": 2}})),
        ("deep-merge", {"web": 1}, ({"api": 1}, {"app": 2})),
    ],
)
def test_a_merge_keeps_what_both_wrote_at_every_interleaving(merge: str, before: Any, values: Sequence[Any]) -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            if before is not None:
                state(scene, "put", value=before)
            outputs, used = both(scene, schedule, [{"mode": "put", "merge": merge, "value": each} for each in values])
            assert all(each.reason in ("created", "merged") for each in outputs)
            found = stored(scene)["cursor"]
            if merge == "append":
                assert sorted(found) == sorted({*(before or ()), *values[0], *values[1]})
            else:
                api = {"api": {"done": 1, "failed": 2}} if before is None else {"web": 1, "api": 1, "app": 2}
                assert found == api
            return used

    assert explore(play, 2) >= 4


def test_of_two_swaps_of_one_version_one_wins_at_every_interleaving() -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            version = state(scene, "put", value=0).outputs.version
            steps = [{"mode": "compare-and-swap", "version": version, "value": each} for each in (1, 2)]
            outputs, used = both(scene, schedule, steps)
            assert sorted(each.reason for each in outputs) == ["swapped", "version-changed"]
            (winner,) = [each for each in outputs if each.reason == "swapped"]
            (loser,) = [each for each in outputs if each.reason != "swapped"]
            assert winner.value == loser.value == str(stored(scene)["cursor"])
            assert winner.version == loser.version
            return used

    assert explore(play, 2) >= 2


def test_of_two_first_values_one_is_created_where_the_key_must_be_absent() -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            steps = [{"mode": "compare-and-swap", "version": "absent", "value": each} for each in (1, 2)]
            outputs, used = both(scene, schedule, steps)
            assert sorted(each.reason for each in outputs) == ["created", "version-changed"]
            return used

    assert explore(play, 2) >= 4


def test_the_last_put_without_a_version_wins_and_says_so() -> None:
    def play(schedule: Sequence[int]) -> int:
        with stage(clock=VirtualClock(), checked=False) as scene:
            state(scene, "put", value=0)
            outputs, used = both(scene, schedule, [{"mode": "put", "value": each} for each in (1, 2)])
            assert [each.reason for each in outputs] == ["last-wins", "last-wins"]
            assert stored(scene)["cursor"] in (1, 2)
            return used

    assert explore(play, 2) >= 4


def test_ten_merges_at_once_all_arrive() -> None:
    names = [f"leg-{number}" for number in range(10)]
    with stage(checked=False) as scene:
        threads = [
            threading.Thread(target=state, args=(scene, "put"), kwargs={"merge": "append", "value": [name]})
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(stored(scene)["cursor"]) == sorted(names)
