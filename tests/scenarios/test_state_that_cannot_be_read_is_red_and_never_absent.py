"""403, 5xx, a hidden repository, an answer with holes, a record of the future: the step is red, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, ConflictError
from action_patterns.state.values import ref_name
from support.editions import WITH_LEASES, only_on
from support.refusals import REFUSALS, blind
from support.stage import TARGET, Stage, stage
from support.state_stage import state, stored

pytestmark = only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)

STEPS: dict[str, dict[str, Any]] = {
    "get": {"default": "none"},
    "put": {"value": "new"},
    "delete": {},
    "list": {},
    "compare-and-swap": {"value": "new", "version": "absent"},
}


ABOUT_ONE_REF = ("no ref and an error", "no data")
"""The answers that a listing does not get."""


@pytest.mark.parametrize(
    ("mode", "name"),
    [(mode, name) for mode in STEPS for name in REFUSALS if mode != "list" or name not in ABOUT_ONE_REF],
)
def test_what_cannot_be_read_is_an_error_even_with_a_default(mode: str, name: str) -> None:
    with stage() as scene:
        state(scene, "put", value="kept")
        blind(scene.sandbox, name)
        scene.forget()
        with pytest.raises(ActionPatternsError):
            state(scene, mode, **STEPS[mode])
        assert scene.writes() == 0
        assert stored(scene) == {"cursor": "kept"}


def _of_the_future(scene: Stage) -> str:
    """Put a record of a later schema where the key is, and return its commit."""
    repository = scene.sandbox.repository(TARGET)
    version = state(scene, "put", value="kept").outputs.version
    assert version is not None
    old = repository.commit(version.partition(".")[0])
    world = scene.sandbox.world.repository(TARGET)
    assert world is not None
    message = old.message.replace('"version": 1', '"version": 2')
    oid = world.git.write_commit(old.tree, [], message, old.author, old.committer)
    world.git.set_ref(ref_name("cursor"), oid)
    return str(oid)


@pytest.mark.parametrize("mode", STEPS)
def test_a_record_of_the_future_is_refused_and_left(mode: str) -> None:
    with stage() as scene:
        oid = _of_the_future(scene)
        scene.forget()
        with pytest.raises(ConflictError, match=r"schema version 2\. This version of action-patterns reads") as caught:
            state(scene, mode, **STEPS[mode])
        assert "do not delete it" in caught.value.remediation
        assert scene.writes() == 0
        assert scene.sandbox.repository(TARGET).refs("refs/action-patterns/") == {ref_name("cursor"): oid}
