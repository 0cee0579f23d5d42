"""The network loses, doubles or delays an answer, or the step dies. No target is done unseen, and a rerun ends it."""

from __future__ import annotations

import pytest

from action_patterns.errors import ActionPatternsError
from support import sample
from support.editions import WITH_LEASES, only_on
from support.harness import FAULTS, NO_KILLS, FaultPlan
from support.ledger_stage import Runner, claim, finish, ledger, names, states, stored
from support.stage import Killed, Moment, Stage, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")

CALLS = ("Observe", "other", "UpdateRefs")
"""Of a claim and a finish: read, commit, swap; in the harness's words."""
MET = 5
"""How many faults each call meets in `make test`; the seed chooses them."""
FAULTED = [
    (number, name)
    for number, call in enumerate(CALLS, start=1)
    for name in sample.some(MET, [name for name in NO_KILLS if FAULTS[name].can_hit(call)], "ledger", number)
]
AGAIN = Runner(attempt=2)
ENDS = {"a": "success", "b": "failure"}


@pytest.mark.parametrize(("call", "name"), FAULTED)
def test_a_claim_that_meets_a_fault_has_its_targets_or_says_so(call: int, name: str) -> None:
    plan = FaultPlan({call: name})
    with stage(checked=False) as scene:
        finish(scene, claim(scene, ["a"]).claim, {"a": "success"})
        try:
            outputs = ledger(scene, "claim", targets=["a", "b"], plan=plan).outputs
        except ActionPatternsError:
            outputs = None
        assert plan.met == [name]
        if outputs is not None and outputs.reason == "claimed":
            by = stored(scene)["b"].by
            assert by is not None
            assert (names(outputs.todo), outputs.claim[:19]) == (["b"], f"{by.claim}.1.")
        elif outputs is not None:
            assert outputs.reason == "not-recorded"
            assert set(names(outputs.todo)) >= {"b"}
        again = claim(scene, ["a", "b"], runner=AGAIN)
        assert (names(again.todo), names(again.done)) == (["b"], ["a"])
        finish(scene, again.claim, {"b": "success"}, runner=AGAIN)
        assert claim(scene, ["a", "b"], runner=Runner(attempt=3)).reason == "nothing-left"


@pytest.mark.parametrize(("call", "name"), FAULTED)
def test_a_finish_that_meets_a_fault_is_kept_or_repeated(call: int, name: str) -> None:
    plan = FaultPlan({call: name})
    with stage(checked=False) as scene:
        mine = claim(scene, ["a", "b"])
        try:
            kept = ledger(
                scene, "finish", claim=mine.claim, results={"a": "success", "b": "failure"}, plan=plan
            ).outputs
        except ActionPatternsError:
            kept = None
        assert plan.met == [name]
        ended, pending = {"a": "done", "b": "failed"}, {"a": "pending", "b": "pending"}
        if kept is not None and kept.reason in ("finished", "already-finished"):
            assert states(scene) == ended
        else:
            assert states(scene) in (pending, ended)
        finish(scene, mine.claim, ENDS)
        assert states(scene) == ended
        assert stored(scene)["b"].failures == 1, "one failure counts once however often it is sent"


@pytest.mark.parametrize("name", ["502 after", "reset after", "timeout after", "duplicate delivery"])
def test_a_swap_whose_answer_is_lost_is_looked_up(name: str) -> None:
    with stage(checked=False) as scene:
        plan = FaultPlan({3: name})
        outputs = ledger(scene, "claim", targets=["a"], plan=plan).outputs
        assert plan.met == [name]
        assert (outputs.reason, states(scene)) == ("claimed", {"a": "pending"})


def kill(scene: Stage, mode: str, call: int, moment: Moment, **given: object) -> bool:
    """Kill a step at a call. Returns whether it lived."""
    try:
        ledger(scene, mode, call=call, moment=moment, **given)
    except Killed:
        return False
    return True


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_step_killed_at_any_call_has_written_all_or_nothing(call: int, moment: Moment) -> None:
    written = (call, moment) == (3, "after")
    with stage() as scene:
        assert not kill(scene, "claim", call, moment, targets=["a", "b"])
        assert states(scene) == (dict.fromkeys("ab", "pending") if written else {})
        mine = claim(scene, ["a", "b"], runner=AGAIN)
        assert names(mine.todo) == ["a", "b"]
        assert not kill(scene, "finish", call, moment, claim=mine.claim, results=ENDS, runner=AGAIN)
        assert states(scene) == ({"a": "done", "b": "failed"} if written else dict.fromkeys("ab", "pending"))
        reason = finish(scene, mine.claim, ENDS, runner=AGAIN).reason
        assert reason == ("already-finished" if written else "finished")
        assert (states(scene), stored(scene)["b"].failures) == ({"a": "done", "b": "failed"}, 1)
