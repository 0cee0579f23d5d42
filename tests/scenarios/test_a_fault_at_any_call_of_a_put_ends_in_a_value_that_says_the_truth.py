"""The network loses, doubles or delays an answer. A step that says it wrote has written, and a rerun ends it."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError
from support import sample
from support.editions import WITH_LEASES, only_on
from support.harness import FAULTS, NO_KILLS, FaultPlan
from support.stage import Killed, Moment, Stage, stage
from support.state_stage import Runner, state, stored

pytestmark = only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)

CALLS = ("Observe", "other", "UpdateRefs")
"""Of a put: read, commit, swap; in the harness's words."""
MET = 5
"""How many faults each call meets in `make test`; the seed chooses them."""
PUTS: dict[str, tuple[dict[str, Any], Any]] = {
    "append": ({"merge": "append", "value": ["b"]}, ["a", "b"]),
    "replace": ({"value": ["b"]}, ["b"]),
}


def put(scene: Stage, how: str, plan: FaultPlan | None = None, attempt: int = 1) -> str:
    """Put the value. Returns the reason, or that the step was red."""
    try:
        return state(scene, "put", plan=plan, runner=Runner(attempt=attempt), **PUTS[how][0]).outputs.reason
    except ActionPatternsError:
        return "red"


@pytest.mark.parametrize("how", PUTS)
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (number, name)
        for number, call in enumerate(CALLS, start=1)
        for name in sample.some(MET, [name for name in NO_KILLS if FAULTS[name].can_hit(call)], "value", number)
    ],
)
def test_the_rerun_finds_the_value_or_writes_it(call: int, name: str, how: str) -> None:
    plan = FaultPlan({call: name})
    with stage(checked=False) as scene:
        state(scene, "put", value=["a"])
        first = put(scene, how, plan)
        assert plan.met == [name]
        if first != "red":
            assert stored(scene)["cursor"] == PUTS[how][1]
        else:
            assert stored(scene)["cursor"] in (["a"], PUTS[how][1])
        assert put(scene, how, attempt=2) in ("merged", "last-wins", "same-value")
        assert stored(scene)["cursor"] == PUTS[how][1]
        assert put(scene, how, attempt=3) == "same-value"


@pytest.mark.parametrize(
    "name", ["429", "secondary 403", "502 after", "reset after", "timeout after", "duplicate delivery"]
)
def test_a_swap_whose_answer_is_lost_is_looked_up_and_not_red(name: str) -> None:
    with stage(checked=False) as scene:
        version = state(scene, "put", value=1).outputs.version
        plan = FaultPlan({2: name})
        finish = state(scene, "compare-and-swap", value=2, version=version, plan=plan)
        assert plan.met == [name]
        assert (finish.outputs.reason, finish.outputs.value, stored(scene)["cursor"]) == ("swapped", "2", 2)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_step_killed_at_any_call_leaves_the_old_value_or_the_new(call: int, moment: Moment) -> None:
    with stage() as scene:
        state(scene, "put", value=["a"])
        with pytest.raises(Killed):
            state(scene, "put", merge="append", value=["b"], call=call, moment=moment)
        done = (call, moment) == (3, "after")
        assert stored(scene)["cursor"] == (["a", "b"] if done else ["a"])
        assert put(scene, "append", attempt=2) == ("same-value" if done else "merged")
        assert stored(scene)["cursor"] == ["a", "b"]
