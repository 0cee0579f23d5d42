"""A get is one request, a put three, a swap of a known version two; a thousand keys are read in ten."""

from __future__ import annotations

from typing import Any

import pytest

from support.editions import WITH_LEASES, only_on
from support.stage import Stage, stage
from support.state_stage import state

pytestmark = only_on(*WITH_LEASES, why="The lesser editions have their own numbers: test_the_store_without_updateRefs.")


def cost(scene: Stage, mode: str, **inputs: Any) -> int:
    """Return how many requests a step sends."""
    scene.forget()
    state(scene, mode, **inputs)
    return len(scene.sandbox.requests)


def test_each_mode_keeps_its_budget() -> None:
    with stage() as scene:
        assert cost(scene, "get") == 1
        assert cost(scene, "put", value=1) == 3
        assert cost(scene, "put", value=1) == 1, "the same value is not written again"
        assert cost(scene, "get") == 1
        version = state(scene, "get").outputs.version or ""
        assert cost(scene, "compare-and-swap", value=2, version=version) == 2
        oid = (state(scene, "get").outputs.version or "").partition(".")[0]
        assert cost(scene, "compare-and-swap", value=3, version=oid) == 3
        version = state(scene, "get").outputs.version or ""
        assert cost(scene, "put", value=4, version=version) == 2
        assert cost(scene, "list") == 1
        assert cost(scene, "delete") == 2
        assert cost(scene, "delete") == 1


@pytest.mark.parametrize(("keys", "requests"), [(100, 1), (101, 2), (1_000, 10)])
def test_a_hundred_keys_are_read_in_one_request(keys: int, requests: int) -> None:
    with stage(checked=False) as scene:
        state(scene, "put", key="k", value=1)
        world = scene.sandbox.world.repository("acme/api")
        assert world is not None
        (oid,) = scene.sandbox.repository("acme/api").refs("refs/action-patterns/state/").values()
        for number in range(keys - 1):
            world.git.set_ref(f"refs/action-patterns/state/n{number:04}", oid)
        scene.forget()
        page = state(scene, "list", limit=1_000).outputs
        assert (page.count, len(scene.sandbox.requests)) == (keys, requests)
