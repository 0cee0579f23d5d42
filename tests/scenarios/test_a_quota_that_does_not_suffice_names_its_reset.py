"""Fewer calls are left than the work needs: preflight is not ready, and says from when on it will be."""

from __future__ import annotations

from datetime import timedelta

from support.check_cases import CLASSIC, NOW, FixedClock, world
from support.preflight_stage import Runner
from support.stage import stage


def test_a_quota_below_the_need_is_not_ready_and_names_the_reset() -> None:
    clock = FixedClock()
    with stage(world(), clock=clock) as scene:
        budget = scene.sandbox.services.ledger.budget(CLASSIC, "core")
        budget.used = budget.limit - 50
        found = Runner(scene, clock=clock).preflight("- quota: core=200\n", token=CLASSIC)
        assert not found.finish.outputs.ready
        reset = NOW + timedelta(hours=1)
        assert f"full again at {reset:%Y-%m-%d %H:%M:%S} UTC" in found.only()["message"]
        assert f"{reset:%H:%M:%S} UTC" in found.finish.annotations[0].message

        clock.sleep(3_601)
        assert Runner(scene, clock=clock).preflight("- quota: core=200\n", token=CLASSIC).finish.outputs.ready
