"""With `stop-at-category` a failure of the configuration costs no process, no host and no request."""

from __future__ import annotations

import pytest

from support.check_cases import CLASSIC, FixedClock, prints, world
from support.preflight_stage import Runner
from support.stage import stage

CHECKS = """
- permission: contents
- endpoint: https://registry.example/
- tool: git >=2
- secret: NPM_TOKEN
- env: CHANNEL
"""


@pytest.mark.parametrize("stops", [True, False])
def test_a_missing_secret_costs_no_request(stops: bool) -> None:
    with stage(world(), clock=FixedClock()) as scene:
        machine = prints("git", "git version 2.39.5")
        runner = Runner(scene, machine=machine, clock=FixedClock())
        found = runner.preflight(CHECKS, token=CLASSIC, stop_at_category=stops)
        assert found.answers["secret NPM_TOKEN"] == found.answers["env CHANNEL"] == "no", "all of its category"
        asked = {each: found.answers[each] for each in ("tool git", "permission contents: write")}
        if stops:
            assert set(asked.values()) == {"not-run"}
            assert (found.opened, machine.asked, len(scene.sandbox.requests)) == (0, [], 0)
        else:
            assert set(asked.values()) == {"yes"}
            assert machine.asked == ["git", "registry.example"]
            assert len(scene.sandbox.requests) > 0
        assert found.finish.exit_code == 1
