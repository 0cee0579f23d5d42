"""Ten jobs of a matrix have one token: with shares GitHub refuses none of them, without shares all of them finish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from github_sandbox.limits import Limits
from support import sample
from support.editions import first_on
from support.fleet import Fleet, fleet

pytestmark = first_on("full", why="Ten processes with many targets take seconds, and over REST a dozen requests each.")

PROCESSES = 10
EACH = 7 if sample.plays_all() else 4


def parts(*, overlap: bool) -> list[list[int]]:
    """Each process has targets of its own; with `overlap` also the first of its neighbour, at the same time."""
    total = PROCESSES * EACH
    found = [list(range(number, number + EACH)) for number in range(0, total, EACH)]
    return [[*part, (part[-1] + 1) % total] for part in found] if overlap else found


def pulls(scene: Fleet) -> Counter[int]:
    """Number of repositories by how many pull requests they have."""
    return Counter(len(scene.sandbox.repository(name).pulls()) for name in scene.names)


def test_with_shares_none_is_refused(record_property: Callable[[str, object], None]) -> None:
    with fleet(PROCESSES * EACH) as scene:
        results = scene.apply_together(parts(overlap=False), shares=True)
        assert Counter(result.outcome for result in results) == {"created": PROCESSES * EACH}
        assert scene.refused() == []
        assert pulls(scene) == {1: PROCESSES * EACH}
        took, writes = scene.clock.monotonic(), len(scene.sandbox.requests.writes())
        record_property("measured", f"ten processes with shares: {writes} writes in {took:.0f} s, none refused")
        # Together they write about once a second, as one process would.
        assert writes - PROCESSES <= took <= 1.3 * writes


@pytest.mark.parametrize("names_a_time", [True, False])
def test_without_shares_they_are_refused_and_all_finish(
    names_a_time: bool, record_property: Callable[[str, object], None]
) -> None:
    """A request during a refusal prolongs it for all. So each waits longer after each refusal, until all are quiet.

    A request that is refused five times, as chance may have it, ends its target as `deferred`. The next run does it.
    """
    limits = Limits.published(content_per_minute=15, rest_points_per_minute=400, retry_after=names_a_time)
    with fleet(PROCESSES * EACH, limits) as scene:
        results = scene.apply_together(parts(overlap=True), shares=False)
        refused, took = len(scene.refused()), scene.clock.monotonic()
        undone = [result for result in results if result.error]
        record_property(
            "measured", f"ten processes without shares: {refused} refusals, {took:.0f} s, undone {len(undone)}"
        )
        assert refused > 0
        assert {result.outcome for result in undone} <= {"deferred"}
        assert len(undone) <= len(results) / 10
        again = scene.apply_together(parts(overlap=True), shares=False)
        assert {result.outcome for result in again} <= {"created", "updated", "unchanged"}
        assert pulls(scene) == {1: PROCESSES * EACH}
