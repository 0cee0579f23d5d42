"""What a thread has used, and what the headers of an answer say of the budget that is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import get_args

import pytest

from action_patterns.contracts import RateLimit, Usage
from action_patterns.github_api.transport.metering import Meter, read_limit
from action_patterns.limits.published import Lane

RESET = datetime(2026, 7, 1, 14, 47, tzinfo=UTC)


def headers(remaining: object = 4_125, limit: object = 5_000, **others: str | None) -> dict[str, str]:
    told = {
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-reset": str(int(RESET.timestamp())),
        "x-ratelimit-resource": "core",
    }
    changed = {f"x-ratelimit-{name}": value for name, value in others.items()}
    return {name: value for name, value in (told | changed).items() if value is not None}


def test_an_answer_says_what_is_left() -> None:
    assert read_limit("read", headers()) == RateLimit(resource="core", remaining=4_125, limit=5_000, resets_at=RESET)


@pytest.mark.parametrize("lane", get_args(Lane))
def test_a_server_that_names_no_budget_is_understood_by_what_it_was_asked(lane: Lane) -> None:
    limit = read_limit(lane, headers(resource=None))
    assert limit is not None
    assert limit.resource == {"graphql": "graphql", "mutation": "graphql", "search": "search"}.get(lane, "core")


@pytest.mark.parametrize(
    "told",
    [
        {},
        headers(remaining="many"),
        headers(remaining=-1),
        headers(limit=0),
        headers(limit=""),
        headers(reset=None),
        headers(reset="soon"),
        headers(reset="1e300"),
        headers(reset="9" * 30),
        headers(reset="9" * 5_000),
        headers(reset="0"),
        headers(resource="a | b"),
        headers(resource="x" * 41),
    ],
)
def test_what_cannot_be_is_not_told(told: dict[str, str]) -> None:
    assert read_limit("read", told) is None


def test_the_lowest_by_share_is_kept_until_the_count_begins_anew() -> None:
    meter = Meter()
    for remaining, limit, resource in ((4_000, 5_000, "core"), (900, 1_000, "graphql"), (3_999, 5_000, "core")):
        meter.sent("write")
        meter.answered("write", headers(remaining, limit, resource=resource))
    meter.answered("read", {})
    meter.waited(1.5)
    usage = meter.usage()
    assert (usage.requests, usage.writes, usage.seconds_waited) == (3, 3, 1.5)
    assert usage.lowest_limit is not None
    assert usage.lowest_limit.remaining == 3_999
    meter.begin()
    assert meter.usage() == Usage()


def test_a_limit_of_another_thread_is_not_told() -> None:
    meter = Meter()
    meter.sent("read")
    meter.answered("read", headers(1))
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(meter.usage).result() == Usage()
    assert meter.usage().lowest_limit is not None
