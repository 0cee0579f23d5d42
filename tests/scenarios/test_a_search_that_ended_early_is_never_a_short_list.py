"""After a timeout GitHub answers with a part of the results. It is requested again, and then an error."""

from __future__ import annotations

import pytest

from action_patterns.errors import NotFoundError, UnavailableError
from github_sandbox import Fault
from support.selecting import discovered, world
from support.stage import VirtualClock, stage

SEED = world([{"name": f"acme/r{index}"} for index in range(6)])


@pytest.mark.parametrize("times", [1, 2])
def test_another_reading_may_be_whole(times: int) -> None:
    with (
        stage(SEED, clock=VirtualClock()) as scene,
        scene.sandbox.faults.during(Fault.of("incomplete-search", times=times)),
    ):
        found = discovered(scene, search=("org:acme",))
        assert scene.sent("search/repos") == times + 1
    assert len(found.targets) == 6


def test_three_readings_that_end_early_are_an_error() -> None:
    with (
        stage(SEED, clock=VirtualClock()) as scene,
        scene.sandbox.faults.during(Fault.of("incomplete-search", times=9)),
        pytest.raises(UnavailableError) as refused,
    ):
        discovered(scene, search=("org:acme",))
    assert scene.sent("search/repos") == 3
    assert refused.value.message == (
        "GitHub ended the search `org:acme` before it was complete, 3 times (`incomplete_results`)."
    )
    assert "use `owners` with filters" in refused.value.remediation


def test_results_that_fall_short_of_the_count_are_an_error() -> None:
    body = {"total_count": 3, "incomplete_results": False, "items": []}
    short = Fault(status=200, body=body, kind="search", times=9)
    with (
        stage(SEED, clock=VirtualClock(), checked=False) as scene,
        scene.sandbox.faults.during(short),
        pytest.raises(UnavailableError, match="counts 3 repositories for the search `org:acme`, but listed 0"),
    ):
        discovered(scene, search=("org:acme",))


def test_an_owner_that_does_not_exist_is_named() -> None:
    with stage(SEED) as scene, pytest.raises(NotFoundError, match="cannot search the repositories of acmee"):
        discovered(scene, search=("org:acmee",))
