"""Four failures in three categories: preflight shows all of them, each with its fix."""

from __future__ import annotations

import json

from support.check_cases import CLASSIC, FixedClock, variables, world
from support.preflight_stage import Runner
from support.stage import stage

CHECKS = """
- secret: NPM_TOKEN
- env: CHANNEL
  one-of: [stable, beta]
- tool: [git >=2.40, node]
- branch: release
  exists: true
- quota: core=10
"""


def test_all_failures_are_shown_with_their_fixes() -> None:
    with stage(world(), clock=FixedClock()) as scene:
        machine = variables(CHANNEL="nightly")
        found = Runner(scene, machine=machine, clock=FixedClock()).preflight(CHECKS, token=CLASSIC)
        assert found.finish.exit_code == 1
        assert found.answers == {
            "secret NPM_TOKEN": "no",
            "env CHANNEL": "no",
            "tool git": "no",
            "tool node": "no",
            "branch release": "no",
            "quota core=10": "yes",
        }
        failed = json.loads(found.finish.outputs.failed)
        assert [each.title for each in found.finish.annotations] == [f"{name}: no" for name in failed]
        for name in failed:
            row = found.results[name]
            assert row["fix"]
            assert row["fix"].partition("`")[0] in found.finish.summary
        assert scene.writes() == 0
