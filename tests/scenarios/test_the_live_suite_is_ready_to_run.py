"""`make live` has not been run on real GitHub; that it can be run is shown against the local one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.editions import only_on
from support.stage import FLEET, TARGET, stage

pytestmark = only_on("full", why="The suite is for GitHub itself, which has everything.")

ROOT = Path(__file__).parents[2]


def test_the_live_suite_passes_here_and_leaves_the_repository_as_it_was() -> None:
    jobs = ["Apply 0", {"name": "Apply 1", "conclusion": "cancelled", "runner": ""}, {"name": "Apply 0", "attempt": 2}]
    ran = FLEET["repositories"][0] | {"runs": [{"attempt": 2, "jobs": jobs}]}
    with stage(FLEET | {"repositories": [ran]}, served=True) as scene:
        before = scene.sandbox.repository(TARGET).refs()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "tests/live", "-q", "-p", "no:cacheprovider"],
            cwd=ROOT,
            env={
                **os.environ,
                "LIVE_TOKEN": "tok-bot",
                "LIVE_REPOSITORY": TARGET,
                "LIVE_SERVER_URL": scene.context.server_url,
                "LIVE_API_URL": scene.context.api_url,
                "LIVE_GRAPHQL_URL": scene.context.graphql_url,
                "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        assert "12 passed" in done.stdout
        assert scene.sandbox.repository(TARGET).refs() == before
        assert all(pull.state == "closed" for pull in scene.sandbox.repository(TARGET).pulls())
