"""On a server without `updateRefs` a put could lose another run's value: the step says so, and sends nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import RefusedError
from support.editions import WITHOUT_LEASES, only_on
from support.stage import stage
from support.state_stage import state

pytestmark = only_on(*WITHOUT_LEASES, why="With swaps it is written, and every other scenario of `state` tells how.")


@pytest.mark.parametrize(
    ("mode", "inputs"),
    [
        ("get", {"default": 1}),
        ("put", {"value": 1}),
        ("delete", {}),
        ("list", {}),
        ("compare-and-swap", {"value": 1, "version": "absent"}),
    ],
)
def test_it_says_so_and_nothing_is_sent(mode: str, inputs: dict[str, Any]) -> None:
    with stage() as scene:
        with pytest.raises(RefusedError, match="Nothing else makes sure that of two runs only one wins") as refused:
            state(scene, mode, **inputs)
        assert "`updateRefs`" in refused.value.remediation
        assert (len(scene.sandbox.requests), scene.writes()) == (1, 0)
