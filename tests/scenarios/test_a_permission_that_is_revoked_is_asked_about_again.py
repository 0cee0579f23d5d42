"""A gate passes, the run dies, a permission is revoked: the rerun asks again, and finds it."""

from __future__ import annotations

from support.check_cases import FixedClock, world
from support.preflight_stage import Runner
from support.stage import stage


def test_a_pass_expires() -> None:
    checks = "- permission: contents\n- covered: acme/api\n"
    with stage(world(), clock=FixedClock()) as scene:
        runner = Runner(scene, clock=FixedClock())
        assert runner.preflight(checks, app=True).finish.outputs.ready

        (installation,) = scene.sandbox.app("fleet").installations.values()
        installation.permissions["contents"] = "read"
        rerun = Runner(scene, clock=FixedClock(), context={"run_attempt": 2}).preflight(checks, app=True)
        assert not rerun.finish.outputs.ready
        assert rerun.answers == {"covered acme/api": "yes", "permission contents: write": "no"}
        assert "`contents: read`" in rerun.results["permission contents: write"]["message"]
