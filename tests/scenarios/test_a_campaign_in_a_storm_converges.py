"""Every fifth call of a campaign meets trouble, by the dice; a few reruns finish it, and the end is a clean run's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from support import sample
from support.editions import first_on, has_graphql
from support.fleet import fleet

TARGETS = 200 if sample.plays_all() else 100
RERUNS = 2
RERUNS_OVER_REST = 6
"""A target has a dozen reads there, and each of them may be the one in trouble."""
SHARE = 0.2
MOST_REQUESTS = 1.7
"""Requests of all rounds, as a multiple of a calm run's: repeats of a fifth of them, and looks after lost answers."""


@cache
def clean_state(_: str) -> tuple[dict[str, Any], int]:
    """Return the end of a calm run, and the number of its requests."""
    with fleet(TARGETS) as scene:
        scene.apply()
        return scene.sandbox.snapshot(), len(scene.sandbox.requests)


@first_on("full", why="Many targets take seconds, and over REST each of them is read in a dozen requests.")
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(2, 11))])
def test_the_end_is_that_of_a_calm_run(seed: int, edition: str, record_property: Callable[[str, object], None]) -> None:
    with fleet(TARGETS) as scene:
        scene.unleash(SHARE, seed)
        troubled = asked = 0
        undone: list[int] = []
        for _ in range(1 + (RERUNS if has_graphql(edition) else RERUNS_OVER_REST)):
            results = scene.apply()
            troubled += sum(1 for record in scene.sandbox.requests if record.fault)
            asked += len(scene.sandbox.requests)
            for result in results:
                assert result.error is None or result.outcome in ("failed", "deferred"), result
            undone.append(sum(1 for result in results if result.error is not None))
            if not undone[-1]:
                break
        state, calm = clean_state(edition)
        record_property(
            "measured",
            f"storm {seed}, {TARGETS} targets: {troubled} of {asked} requests in trouble, {calm} in a calm run,"
            f" undone {undone}",
        )
        assert undone[-1] == 0, [result.error for result in results if result.error]
        assert troubled > asked * SHARE / 2
        # A target that is done is read once more in each rerun: in one request, or over REST in a dozen.
        assert asked <= MOST_REQUESTS * calm * (1 if has_graphql(edition) else len(undone))
        assert scene.sandbox.snapshot() == state

        scene.calm()
        assert {result.outcome for result in scene.apply()} == {"unchanged"}
        assert len(scene.sandbox.requests.writes()) == 0
        assert len(scene.sandbox.requests) == TARGETS or not has_graphql(edition)
