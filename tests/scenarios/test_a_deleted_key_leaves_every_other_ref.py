"""To delete a key removes its ref only: keys that begin alike, marks of `once` and branches stay."""

from __future__ import annotations

from support.marker_stage import once
from support.stage import TARGET, stage
from support.state_stage import state, stored


def test_one_ref_goes() -> None:
    with stage() as scene:
        once(scene, "begin")
        for key in ("a", "a/b", "a=2Fb", "A"):
            state(scene, "put", key=key, value=key)
        before = scene.sandbox.repository(TARGET).refs()
        assert state(scene, "delete", key="a/b").outputs.reason == "deleted"
        after = scene.sandbox.repository(TARGET).refs()
        gone = "refs/action-patterns/state/a=2Fb"
        assert {name: oid for name, oid in before.items() if name != gone}.items() <= after.items()
        assert set(stored(scene)) == {"a", "a=2Fb", "A"}
        # Without `updateRefs` no deletion is guarded: the ref goes on to a commit that says it is deleted.
        assert set(before) - set(after) == ({gone} if scene.has_leases else set())


def test_a_deletion_at_a_version_spares_what_another_run_wrote() -> None:
    with stage() as scene:
        version = state(scene, "put", value=1).outputs.version
        finish = state(scene, "delete", version=version, meanwhile={"before": lambda: state(scene, "put", value=2)})
        assert (finish.outputs.reason, finish.outputs.value, finish.exit_code) == ("version-changed", "2", 1)
        assert "another run wrote or deleted it" in finish.annotations[0].message
        assert state(scene, "delete", version=finish.outputs.version).outputs.reason == "deleted"
