"""`once` is at least once: who dies between the work and its `complete` has the work done again. Where that would do
harm (a payment, a mail), the other side must know the repeat, by an id that follows from the work and nothing else.
"""

from __future__ import annotations

import pytest

from action_patterns.actions.unique_id import UniqueIdInputs, run
from support.editions import without_github
from support.marker_stage import once
from support.memory_ports import World
from support.report_builders import context
from support.stage import Killed, Stage, stage


def payment_id(attempt: int) -> str:
    world = World(context=context(run_id=70_001, run_attempt=attempt, sha=str(attempt) * 40))
    return run(UniqueIdInputs(prefix="payment", values="invoice 4711\n12.50 EUR"), world.ports()).outputs.id


def pays_and_dies(scene: Stage, payments: list[str]) -> None:
    assert once(scene, "begin", attempt=1).outputs.begun
    payments.append(payment_id(1))
    with pytest.raises(Killed):
        once(scene, "complete", attempt=1, call=1)


def test_the_work_is_done_again_and_the_reason_says_so() -> None:
    payments: list[str] = []
    with stage() as scene:
        pays_and_dies(scene, payments)
        rerun = once(scene, "begin", attempt=2)
        assert (rerun.outputs.begun, rerun.outputs.reason) == (True, "resumed")
        payments.append(payment_id(2))
        assert once(scene, "complete", attempt=2).outputs.completed
        assert not once(scene, "begin", attempt=3).outputs.begun
    assert len(payments) == 2
    assert len(set(payments)) == 1, "the other side takes both for one"


@without_github(why="It is about ids.")
def test_another_payment_is_another_one() -> None:
    other = run(UniqueIdInputs(prefix="payment", values="invoice 4712\n12.50 EUR"), World().ports()).outputs.id
    assert other != payment_id(1)
