"""One holder at a time is a promise that only a compare-and-swap keeps: without one, `lock` stops before the work."""

from __future__ import annotations

import pytest

from action_patterns.errors import RefusedError
from support.editions import WITHOUT_LEASES, only_on
from support.lock_stage import lock_stage

pytestmark = only_on(*WITHOUT_LEASES, why="With leases it is taken, and every other scenario of `lock` tells how.")


@pytest.mark.parametrize("mode", ["acquire", "release", "run", "force-unlock"])
def test_it_says_so_and_runs_nothing(mode: str) -> None:
    with lock_stage() as play:
        job = play.job(lambda job: job.command(1.0) if mode == "run" else job.lock(mode))
        play.play()
        assert isinstance(job.error, RefusedError)
        assert "`updateRefs`" in job.error.remediation
        assert (play.scene.writes(), job.processes.commands) == (0, [])
