"""Five hundred targets against every limit GitHub publishes, on virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from action_patterns.discovery.cost import estimate
from action_patterns.limits import pacer
from support.editions import first_on, has_graphql
from support.fleet import fleet

pytestmark = first_on("full", why="Hundreds of targets take seconds, and a dozen requests each to read over REST.")


def least_seconds(targets: int) -> int:
    """The least time that a plan of these targets names."""
    return estimate(["acme"] * targets, 1, None, write_spacing_seconds=1.0).minimum_seconds


def test_five_hundred_targets_are_done_without_one_refusal(
    edition: str, record_property: Callable[[str, object], None]
) -> None:
    with fleet(500) as scene:
        results = scene.apply()
        assert Counter(result.outcome for result in results) == {"created": 500}
        assert scene.refused() == []
        asked, took = len(scene.sandbox.requests), scene.clock.monotonic()
        record_property("measured", f"500 targets, {asked} requests: {took:.0f} s of virtual time, none refused")
        assert least_seconds(500) <= took
        # One write a second is the pace GitHub asks for; much slower would be time wasted. (Some of it is: a pull
        # request that waits for its turn makes writes wait that could go before it.)
        writes = len(scene.sandbox.requests.writes())
        if has_graphql(edition):
            assert writes - 1 <= took <= writes * 1.3
        else:  # What there is to read is more than an hour's requests.
            assert asked > 5000
            assert 3600 < took < 3600 + writes


@pytest.mark.parametrize("size", [60, pytest.param(500, marks=pytest.mark.proof)])
def test_without_pacing_github_refuses(size: int, record_property: Callable[[str, object], None]) -> None:
    """The pace makes the difference: the same campaign is refused without it, and not once with it."""
    with fleet(size) as scene:
        results = scene.apply(spacing=0.0)
        refused = len(scene.refused())
        record_property("measured", f"{size} targets without a pace: {refused} refusals")
        assert refused > 0
        # Refusals are waited for, so they cost time, not targets.
        assert Counter(result.outcome for result in results) == {"created": size}
    with fleet(size) as scene:
        assert Counter(result.outcome for result in scene.apply()) == {"created": size}
        assert scene.refused() == []


def test_the_windows_alone_keep_the_limits(edition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacer, "WRITE_SPACING_SECONDS", 0.0)
    with fleet(100) as scene:
        results = scene.apply(spacing=0.0)
        assert Counter(result.outcome for result in results) == {"created": 100}
        assert scene.refused() == []
        # What is read over REST counts for the same window as what is written there.
        assert scene.clock.monotonic() == (120.0 if has_graphql(edition) else 180.0)


@pytest.mark.proof
def test_more_than_an_hour_holds_waits_for_the_next_hour(record_property: Callable[[str, object], None]) -> None:
    with fleet(510) as scene:
        results = scene.apply()
        assert Counter(result.outcome for result in results) == {"created": 510}
        assert scene.refused() == []
        took = scene.clock.monotonic()
        assert 3600 < least_seconds(510) <= took
        record_property("measured", f"510 targets, ten beyond the hour's limit: {took:.0f} s of virtual time")
