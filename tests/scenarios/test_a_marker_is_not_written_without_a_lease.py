"""`once` promises one winner, which only a swap under a lease can keep: without one it stops before the work."""

from __future__ import annotations

import pytest

from action_patterns.errors import RefusedError
from support.editions import WITHOUT_LEASES, only_on
from support.marker_stage import once
from support.stage import stage

pytestmark = only_on(*WITHOUT_LEASES, why="With leases it is written, and every other scenario of `once` tells how.")


@pytest.mark.parametrize("mode", ["begin", "complete", "fail", "clean"])
def test_it_says_so_and_nothing_is_sent(mode: str) -> None:
    with stage() as scene:
        with pytest.raises(RefusedError, match="Nothing else makes sure that of two runs only one wins") as refused:
            once(scene, mode)
        assert "`updateRefs`" in refused.value.remediation
        assert (len(scene.sandbox.requests), scene.writes()) == (1, 0)
