"""403, 5xx, a hidden repository, an answer with holes: the run is red, and the work is not done a second time."""

from __future__ import annotations

import pytest

from action_patterns.errors import ActionPatternsError
from github_sandbox import Fault
from support.editions import WITH_LEASES, only_on
from support.marker_stage import once, the_marker
from support.refusals import REFUSALS, blind
from support.stage import stage

pytestmark = only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("mode", ["begin", "complete", "fail"])
def test_what_cannot_be_read_is_not_begun(name: str, mode: str) -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        once(scene, "complete", run_id=1_001)
        blind(scene.sandbox, name)
        scene.forget()
        with pytest.raises(ActionPatternsError):
            once(scene, mode, run_id=1_002)
        assert scene.writes() == 0
        assert the_marker(scene).state == "completed"


@pytest.mark.parametrize("name", [name for name in REFUSALS if name not in ("no ref and an error", "no data")])
def test_what_cannot_be_listed_is_not_reported_as_clean(name: str) -> None:
    with stage() as scene:
        once(scene, "begin")
        blind(scene.sandbox, name)
        with pytest.raises(ActionPatternsError):
            once(scene, "clean")


@pytest.mark.parametrize("operation", ["git/create-commit", "UpdateRefs"])
def test_a_write_that_is_refused_is_red_and_leaves_nothing(operation: str) -> None:
    with stage() as scene:
        before = scene.sandbox.snapshot()
        scene.sandbox.faults.add(Fault(operation=operation, times=1000, **REFUSALS["no right"]))
        with pytest.raises(ActionPatternsError):
            once(scene, "begin")
        assert scene.sandbox.snapshot() == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_swap_whose_answer_is_lost_is_looked_up(when: str) -> None:
    with stage() as scene:
        scene.sandbox.faults.add(Fault.of("bad_gateway", operation="UpdateRefs", when=when))
        if when == "before":
            with pytest.raises(ActionPatternsError):
                once(scene, "begin", attempt=1)
        else:
            assert once(scene, "begin", attempt=1).outputs.begun
        assert once(scene, "begin", attempt=2).outputs.begun


def test_no_secret_gets_into_a_marker() -> None:
    with stage() as scene:
        once(scene, "begin", values="s3cret-value", metadata="used tok-bot and ghp_0123456789abcdefghij0123456789")
        marker = the_marker(scene)
        assert marker.metadata == "used *** and ***"
        assert "s3cret-value" not in marker.message()
