"""Wherever a run that cancels dies, and whatever answer it misses, a rerun ends as a clean run does."""

from __future__ import annotations

import pytest

from action_patterns.errors import ActionPatternsError
from support import sample
from support.editions import first_on
from support.harness import FAULTS, KILLS, NO_KILLS, FaultPlan
from support.runs_stage import SEED, add, cancel, cancelled
from support.stage import Killed, Stage, stage

pytestmark = first_on("full", why="It lists and cancels over REST on every edition; the proof plays the others.")

CALLS = ("Get",) * 5 + ("Get", "other") * 2 + ("Get",) * 4
"""This run, four lists, then for each run a look and a cancellation, and the lists again."""
MET = 1


def prepared(scene: Stage) -> None:
    add(scene, 1)
    add(scene, 2, "waiting")
    add(scene, 3, "in_progress")
    add(scene, 4)


def test_these_are_the_calls_of_a_clean_run() -> None:
    with stage(SEED) as scene:
        prepared(scene)
        scene.forget()
        cancel(scene, 3)
        assert tuple("Get" if each.method == "GET" else "other" for each in scene.sandbox.requests) == CALLS


@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
def test_the_rerun_cancels_what_is_left(number: int) -> None:
    possible = [name for name in NO_KILLS if FAULTS[name].can_hit(CALLS[number - 1])]
    for fault in (*KILLS, *sample.some(MET, possible, "cancellation", number)):
        plan = FaultPlan({number: fault})
        with stage(SEED, checked=False) as scene:
            prepared(scene)
            try:
                first = cancel(scene, 3, plan=plan)
            except (Killed, ActionPatternsError):
                first = None
            assert plan.met == [fault]
            if first is not None and first.outputs.outcome == "updated" and not FAULTS[fault].misleads:
                assert cancelled(scene) == [1, 2], fault
            again = cancel(scene, 3)
            assert again.exit_code == 0
            assert cancelled(scene) == [1, 2], fault
            scene.forget()
            last = cancel(scene, 3)
            assert (last.outputs.outcome, scene.writes()) == ("unchanged", 0), fault


@pytest.mark.parametrize("fault", ["502 after", "reset after", "timeout after", "429", "secondary 403"])
@pytest.mark.parametrize("number", [7, 9])
def test_a_cancellation_that_took_effect_is_counted_and_not_sent_again(fault: str, number: int) -> None:
    with stage(SEED, checked=False) as scene:
        prepared(scene)
        finish = cancel(scene, 3, plan=FaultPlan({number: fault}))
        assert (finish.outputs.outcome, finish.outputs.count) == ("updated", 2)
        assert cancelled(scene) == [1, 2]
