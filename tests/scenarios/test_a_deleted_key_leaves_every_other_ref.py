"""To delete a key removes its ref only: keys that begin alike, marks of `once` and branches stay."""

from __future__ import annotations

from support.editions import WITH_LEASES, only_on
from support.marker_stage import once
from support.stage import TARGET, stage
from support.state_stage import state

pytestmark = only_on(*WITH_LEASES, why="Without a swap there is no state: test_state_is_not_written_without_a_swap.")


def test_one_ref_goes() -> None:
    with stage() as scene:
        once(scene, "begin")
        for key in ("a", "a/b", "a=2Fb", "A"):
            state(scene, "put", key=key, value=key)
        before = scene.sandbox.repository(TARGET).refs()
        assert state(scene, "delete", key="a/b").outputs.reason == "deleted"
        after = scene.sandbox.repository(TARGET).refs()
        assert set(before) - set(after) == {"refs/action-patterns/state/a=2Fb"}
        assert after.items() <= before.items()


def test_a_deletion_at_a_version_spares_what_another_run_wrote() -> None:
    with stage() as scene:
        version = state(scene, "put", value=1).outputs.version
        finish = state(scene, "delete", version=version, meanwhile={"before": lambda: state(scene, "put", value=2)})
        assert (finish.outputs.reason, finish.outputs.value, finish.exit_code) == ("version-changed", "2", 1)
        assert "another run wrote or deleted it" in finish.annotations[0].message
        assert state(scene, "delete", version=finish.outputs.version).outputs.reason == "deleted"
