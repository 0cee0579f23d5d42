"""Without `updateRefs` a commit has the one that was read as its parent, and GitHub refuses what is no step forward."""

from __future__ import annotations

import pytest

from action_patterns.errors import NotFoundError, RefusedError
from action_patterns.github_api.client import Client
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.ports.ref_store import RefChange
from action_patterns.state.values import ref_name
from github_sandbox import Edition
from support.editions import WITHOUT_LEASES, only_on
from support.marker_stage import once
from support.stage import TARGET, DyingTransport, Stage, stage
from support.state_stage import state, stored, value_of

pytestmark = only_on(*WITHOUT_LEASES, why="With `updateRefs` each ref is replaced as it was read.")


def tip(scene: Stage) -> str:
    return scene.sandbox.repository(TARGET).refs()[ref_name("cursor")]


def test_each_value_has_the_one_before_as_its_parent() -> None:
    with stage() as scene:
        state(scene, "put", value=1)
        first = tip(scene)
        state(scene, "put", value=2)
        assert scene.sandbox.repository(TARGET).commit(tip(scene)).parents == (first,)
        assert value_of(state(scene, "get")) == 2


def test_a_write_over_one_that_was_not_read_is_refused() -> None:
    with stage() as scene:
        state(scene, "put", value=0)
        version = state(scene, "get").outputs.version
        state(scene, "put", value="theirs")
        late = state(scene, "compare-and-swap", version=version, value="ours")
        assert (late.outputs.reason, late.exit_code) == ("version-changed", 1)
        race = state(scene, "put", value="ours", meanwhile={"before": lambda: state(scene, "put", value="between")})
        assert race.outputs.reason == "last-wins"
        assert stored(scene) == {"cursor": "ours"}


def test_a_deletion_is_guarded_too_and_the_key_can_be_written_later() -> None:
    with stage() as scene:
        version = state(scene, "put", value=1).outputs.version
        between = {"before": lambda: state(scene, "put", value=2)}
        assert state(scene, "delete", version=version, meanwhile=between).outputs.reason == "version-changed"
        assert state(scene, "delete").outputs.reason == "deleted"
        assert scene.sandbox.repository(TARGET).commit(tip(scene)).message.startswith(TOMBSTONE)
        assert not state(scene, "get").outputs.found
        assert state(scene, "list").outputs.count == 0
        assert state(scene, "delete").outputs.reason == "absent"
        assert state(scene, "compare-and-swap", version="absent", value=3).outputs.reason == "created"
        assert stored(scene) == {"cursor": 3}


def test_a_server_that_learns_updaterefs_goes_on_with_what_is_there() -> None:
    with stage() as scene:
        state(scene, "put", key="a", value=1)
        state(scene, "put", key="b", value=1)
        state(scene, "delete", key="b")
        scene.sandbox.edition = Edition()
        assert value_of(state(scene, "get", key="a")) == 1
        assert not state(scene, "get", key="b").outputs.found
        assert state(scene, "put", key="b", value=2).outputs.reason == "created"
        assert state(scene, "delete", key="b").outputs.reason == "deleted"
        assert ref_name("b") not in scene.sandbox.repository(TARGET).refs()


def test_a_repository_that_is_not_there_is_no_absent_record() -> None:
    with stage() as scene, pytest.raises(NotFoundError):
        once(scene, "begin", repository="acme/nowhere")


def test_several_refs_do_not_change_together_and_nothing_is_written() -> None:
    with stage() as scene:
        refs = Client(DyingTransport(scene.context)).refs
        two = [RefChange(refs.read(TARGET, ref_name(key)), "text") for key in ("a", "b")]
        scene.forget()
        with pytest.raises(RefusedError, match="changes one at a time"):
            refs.update_all(TARGET, two)
        assert scene.writes() == 0
        assert refs.update_all(TARGET, two[:1])[0].oid is not None
