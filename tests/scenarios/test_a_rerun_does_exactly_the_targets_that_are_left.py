"""A fan-out over 40 targets dies after 36. Its rerun, or the next run, does exactly the other four."""

from __future__ import annotations

import pytest

from support.editions import WITH_LEASES, only_on
from support.ledger_stage import ITEMS, Runner, claim, finish, has_run, names, states
from support.stage import Killed, Stage, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")


def leg(scene: Stage, runner: Runner, targets: list[str], *, dies_after: int | None = None) -> list[str]:
    """Work on a pack: claim it, and finish each target. Returns the targets that were worked on."""
    claimed = claim(scene, targets, runner=runner)
    worked: list[str] = []
    for target in names(claimed.todo):
        if len(worked) == dies_after:
            raise Killed
        finish(scene, claimed.claim, {target: "success"}, runner=runner)
        worked.append(target)
    return worked


def packs(size: int) -> list[list[str]]:
    return [list(ITEMS[at : at + size]) for at in range(0, len(ITEMS), size)]


@pytest.mark.parametrize("again", [Runner(attempt=2), Runner(run_id=70_002)], ids=["rerun", "next run"])
def test_four_are_left_of_forty(again: Runner) -> None:
    with stage(checked=False) as scene:
        has_run(scene, 70_001, status="completed")
        *whole, last = packs(10)
        for pack in whole:
            leg(scene, Runner(), pack)
        with pytest.raises(Killed):
            leg(scene, Runner(), last, dies_after=6)
        done = [target for pack in packs(10) for target in leg(scene, again, pack)]
        assert done == list(ITEMS[36:])
        assert set(states(scene).values()) == {"done"}
