"""403, 5xx, a hidden repository, no `updateRefs`: `claim` returns what is not known to be done, with a warning."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, ConflictError, LostRaceError
from action_patterns.state.ledger.book import ref_name
from github_sandbox import Fault
from support.editions import WITH_LEASES, WITHOUT_LEASES, only_on
from support.ledger_stage import OPERATION, Runner, claim, finish, ledger, names, states
from support.refusals import REFUSALS, blind
from support.stage import TARGET, DyingTransport, Stage, stage

THREE = ("a", "b", "c")
LATER = Runner(run_id=70_002)


@only_on(*WITH_LEASES, why="test_every_store_keeps_what_each_kind_promises has the others.")
@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_work_to_do_and_a_loud_warning(name: str) -> None:
    with stage() as scene:
        first = claim(scene, THREE)
        finish(scene, first.claim, {"a": "success"})
        blind(scene.sandbox, name)
        scene.forget()
        finished = ledger(scene, "claim", targets=list(THREE), runner=LATER)
        assert names(finished.outputs.todo) == list(THREE)
        assert (finished.outputs.outcome, finished.outputs.reason) == ("unchanged", "not-recorded")
        (warning,) = finished.annotations
        assert (warning.level, warning.title) == ("warning", "The ledger is not kept")
        assert "Targets that are worked on without a claim: 3." in warning.message
        kept = ledger(scene, "finish", claim=finished.outputs.claim, results={"a": "success"}, runner=LATER)
        assert (kept.exit_code, kept.outputs.reason, kept.annotations[0].level) == (0, "not-kept", "warning")
        assert scene.writes() == 0
        for mode in ("list", "free"):
            with pytest.raises(ActionPatternsError):
                ledger(scene, mode, **({"targets": ["a"]} if mode == "free" else {}))
        assert states(scene) == {"a": "done", "b": "pending", "c": "pending"}


@only_on(*WITH_LEASES, why="test_every_store_keeps_what_each_kind_promises has the others.")
def test_what_can_be_read_and_not_written_leaves_out_what_is_done() -> None:
    """A run from a fork: its token only reads."""
    with stage() as scene:
        first = claim(scene, THREE)
        finish(scene, first.claim, {"a": "success", "b": "cancelled"})
        scene.sandbox.faults.add(Fault(method="POST", path="/git/commits", times=1000, **REFUSALS["no right"]))
        finished = ledger(scene, "claim", targets=list(THREE), runner=LATER)
        assert (names(finished.outputs.todo), names(finished.outputs.done)) == (["b"], ["a"])
        assert names(finished.outputs.held) == ["c"], "another step has it"
        assert finished.outputs.reason == "not-recorded"
        assert "permissions" in finished.annotations[0].message


@only_on(*WITHOUT_LEASES, why="With swaps several documents change at once.")
def test_without_a_swap_more_targets_than_one_document_takes_are_done_each_time() -> None:
    with stage(checked=False) as scene:
        few = claim(scene, THREE)
        finish(scene, few.claim, dict.fromkeys(THREE, "success"))
        assert claim(scene, THREE, runner=LATER).reason == "nothing-left", "one document is replaced without a swap"
        many = [f"acme/service-{number:05}" for number in range(2_000)]
        finished = ledger(scene, "claim", targets=many)
        assert names(finished.outputs.todo) == many
        assert finished.outputs.reason == "not-recorded"
        assert "`updateRefs`" in finished.annotations[0].message
        assert states(scene) == dict.fromkeys(THREE, "done")


def _of_the_future(scene: Stage) -> str:
    """Put a document of a later schema where the operation is, and return its commit."""
    claim(scene, THREE)
    repository = scene.sandbox.repository(TARGET)
    name = ref_name(OPERATION, 0)
    old = repository.commit(repository.refs("refs/action-patterns/")[name])
    world = scene.sandbox.world.repository(TARGET)
    assert world is not None
    message = old.message.replace('"version":1', '"version":2')
    oid = world.git.write_commit(old.tree, [], message, old.author, old.committer)
    world.git.set_ref(name, oid)
    return str(oid)


STEPS: dict[str, dict[str, Any]] = {
    "claim": {"targets": ["a"]},
    "finish": {"claim": "0" * 16, "results": {"a": "success"}},
    "list": {},
    "free": {"targets": ["a"]},
}


@only_on(*WITH_LEASES, why="The others are out of reach before a document is read.")
@pytest.mark.parametrize("mode", [*STEPS, "clean"])
def test_a_ledger_of_the_future_is_refused_and_left(mode: str) -> None:
    with stage() as scene:
        oid = _of_the_future(scene)
        scene.forget()
        if mode == "clean":
            finished = ledger(scene, "clean", dry_run="false", older_than_days=0)
            assert [each.title for each in finished.annotations] == ["A record was left"]
        else:
            with pytest.raises(
                ConflictError, match=r"schema version 2\. This version of action-patterns reads"
            ) as caught:
                ledger(scene, mode, **STEPS[mode])
            assert "do not delete it" in caught.value.remediation
        assert scene.writes() == 0
        assert scene.sandbox.repository(TARGET).refs("refs/action-patterns/") == {ref_name(OPERATION, 0): oid}


@only_on(*WITH_LEASES, why="Without swaps no race is lost.")
def test_a_claim_that_loses_every_race_is_red_as_another_run_may_have_its_targets() -> None:
    with stage(checked=False) as scene:
        claim(scene, THREE)
        others = iter(range(100, 1_000))

        def another_is_faster() -> None:
            mine = scene.transport
            claim(scene, [f"n{next(others)}"], runner=Runner(run_id=70_003))
            assert isinstance(mine, DyingTransport)
            scene.transport = mine
            mine.again("before", another_is_faster)

        with pytest.raises(LostRaceError):
            ledger(scene, "claim", targets=["d"], runner=LATER, meanwhile={"before": another_is_faster})
        assert "d" not in states(scene)
        assert set(states(scene).values()) == {"pending"}
        assert len(states(scene)) > 40
