"""Whatever answers the network loses, doubles or delays: a run that begins is the holder, and a rerun ends the work."""

from __future__ import annotations

import pytest

from action_patterns.errors import ActionPatternsError
from support import sample
from support.editions import WITH_LEASES, only_on
from support.harness import FAULTS, NO_KILLS, FaultPlan
from support.marker_stage import once, the_marker
from support.stage import Stage, stage

pytestmark = only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)

CALLS = ("Observe", "other", "UpdateRefs") * 2
"""Of begin and of complete: read, commit, swap; in the harness's words."""
MET = 4
"""How many faults each call meets in `make test`; the seed chooses them."""


def attempt(scene: Stage, number: int, plan: FaultPlan | None = None) -> str:
    """Begin, work, complete. Returns how the marker stands, or that the run was red."""
    try:
        begun = once(scene, "begin", attempt=number, plan=plan).outputs
        if not begun.begun:
            return begun.state
        marker = the_marker(scene)
        assert (marker.state, marker.holder.attempt) == ("pending", number), "who is told to begin holds the marker"
        finish = once(scene, "complete", attempt=number, plan=plan)
    except ActionPatternsError:
        return "red"
    return "red" if finish.exit_code else finish.outputs.state


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (number, name)
        for number, call in enumerate(CALLS, start=1)
        for name in sample.some(MET, [name for name in NO_KILLS if FAULTS[name].can_hit(call)], "marker", number)
    ],
)
def test_the_rerun_finds_the_work_done_or_does_it(call: int, name: str) -> None:
    plan = FaultPlan({call: name})
    with stage(checked=False) as scene:
        first = attempt(scene, 1, plan)
        assert plan.met == [name]
        assert first in ("completed", "red")
        if first == "completed":
            assert the_marker(scene).state == "completed"
        assert attempt(scene, 2) == "completed"
        assert the_marker(scene).state == "completed"
        assert attempt(scene, 3) == "completed"


@pytest.mark.parametrize(
    "name", ["429", "secondary 403", "502 after", "reset after", "timeout after", "duplicate delivery"]
)
@pytest.mark.parametrize("call", [3, 6])
def test_a_swap_that_took_effect_or_may_be_sent_again_is_not_red(call: int, name: str) -> None:
    with stage(checked=False) as scene:
        assert attempt(scene, 1, FaultPlan({call: name})) == "completed"
