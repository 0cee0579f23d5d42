"""GitHub returns 1,000 results of a search. A larger one is divided by the time of creation, or ends in an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from action_patterns.errors import RefusedError
from support.editions import first_on
from support.selecting import client, discovered, world
from support.stage import VirtualClock, stage

pytestmark = first_on("full", why="A search is REST on every edition, and 2,500 repositories take long.")
FIRST = datetime(2019, 3, 1, tzinfo=UTC)


def fleet(number: int, *, apart: timedelta) -> dict[str, Any]:
    """A fleet whose repositories were created one after the other."""
    created = (f"{FIRST + index * apart:%Y-%m-%dT%H:%M:%SZ}" for index in range(number))
    return world([{"name": f"acme/r{index:04}", "created-at": at} for index, at in enumerate(created)])


def test_2500_results_are_found_in_parts_each_once() -> None:
    with stage(fleet(2500, apart=timedelta(hours=7)), clock=VirtualClock(), checked=False) as scene:
        github = client(scene)
        found = github.repositories.search("acme", "org:acme")
        asked = scene.sent("search/repos")
    assert [each.repository for each in sorted(found)] == [f"acme/r{index:04}" for index in range(2500)]
    # 25 full pages, and one request for each part that is too large.
    assert asked <= 45


def test_searches_keep_github_s_pace_of_thirty_a_minute() -> None:
    with stage(fleet(3, apart=timedelta(hours=1)), clock=VirtualClock(), checked=False) as scene:
        scene.context = replace(scene.context, write_spacing_seconds=1.0)
        github = client(scene)
        for number in range(35):
            assert len(github.repositories.search("acme", f"org:acme r created:>201{number % 9}-01-01 r")) == 3
        assert scene.clock is not None
        # GitHub Enterprise Server may send no header that says what is left: the run counts.
        assert 60 <= sum(scene.clock.slept) < 120


def test_parts_that_are_created_in_the_same_second_are_an_error_and_no_short_list() -> None:
    with (
        stage(fleet(1100, apart=timedelta(0)), clock=VirtualClock(), checked=False) as scene,
        pytest.raises(RefusedError) as refused,
    ):
        discovered(scene, search=("org:acme",))
    assert refused.value.message == (
        "The search `org:acme` finds 1,100 repositories. GitHub returns 1,000, and they were created at one time."
    )
    assert "or use `owners` with filters" in refused.value.remediation


def test_a_query_that_has_a_time_of_creation_is_not_divided() -> None:
    query = "org:acme created:>=2019-01-01"
    with (
        stage(fleet(1100, apart=timedelta(hours=1)), clock=VirtualClock(), checked=False) as scene,
        pytest.raises(RefusedError, match="its `created:` keeps it from being divided"),
    ):
        discovered(scene, search=(query,))


def test_a_thousand_results_are_one_search() -> None:
    with stage(fleet(1000, apart=timedelta(hours=1)), clock=VirtualClock(), checked=False) as scene:
        assert len(client(scene).repositories.search("acme", "org:acme")) == 1000
        assert scene.sent("search/repos") == 10
