"""The ledger keeps every published limit, whatever is asked of it, and never waits longer than a limit demands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.limits.pacer import Pacer
from action_patterns.limits.published import (
    CONTENT_PER_HOUR,
    CONTENT_PER_MINUTE,
    GRAPHQL_POINTS,
    NOTIFYING,
    REST_POINTS,
    SEARCHES,
    WRITE_SPACING_SECONDS,
    WRITES,
    Lane,
    Window,
)

LANES: tuple[Lane, ...] = ("read", "graphql", "search", "write", "mutation", "content", "notify")
POINTS: dict[Window, dict[Lane, int]] = {
    # The published numbers once more, by hand: points a request of each lane costs.
    Window(60, 900): {"read": 1, "search": 1, "write": 5, "content": 5, "notify": 5},
    Window(60, 2_000): {"graphql": 1, "mutation": 5},
    Window(60, 80): {"content": 1},
    Window(3_600, 500): {"content": 1},
    Window(60, 30): {"search": 1},
}


def most_in(window: Window, sent: list[tuple[float, Lane]]) -> float:
    """The most points that fall into any window of that length."""
    costs = POINTS[window]
    times = sorted((at, costs[lane]) for at, lane in sent if lane in costs)
    return max(
        (sum(cost for at, cost in times if start <= at < start + window.seconds) for start, _ in times), default=0
    )


def test_the_constants_are_the_published_numbers() -> None:
    assert {REST_POINTS, GRAPHQL_POINTS, CONTENT_PER_MINUTE, CONTENT_PER_HOUR, SEARCHES} == set(POINTS)
    assert WRITE_SPACING_SECONDS == 1.0


@given(
    st.lists(st.tuples(st.sampled_from(LANES), st.floats(0, 5)), max_size=200),
    st.sampled_from([1.0, 0.5, 0.25]),
)
def test_no_limit_is_ever_exceeded(requests: list[tuple[Lane, float]], share: float) -> None:
    pacer, now, sent = Pacer(share=share), 0.0, []
    for lane, later in requests:
        now += later
        at = pacer.reserve(lane, now)
        assert at >= now
        sent.append((at, lane))
    for window in POINTS:
        assert most_in(window, sent) <= window.capacity * share
    writes = sorted(at for at, lane in sent if lane in WRITES)
    assert all(after - before >= 1.0 / share - 1e-6 for before, after in pairwise(writes))
    notices = sorted(at for at, lane in sent if lane in NOTIFYING)
    assert all(after - before >= 3.0 / share - 1e-6 for before, after in pairwise(notices))


@pytest.mark.parametrize(("lane", "free"), [("read", 900), ("graphql", 2_000), ("search", 30)])
def test_what_fits_is_not_held_back_and_the_next_waits_for_the_window(lane: Lane, free: int) -> None:
    pacer = Pacer()
    assert [pacer.reserve(lane, 0.0) for _ in range(free)] == [0.0] * free
    assert pacer.reserve(lane, 0.0) == 60.0


def test_the_second_window_holds_no_more_than_the_first() -> None:
    pacer = Pacer()
    assert [pacer.reserve("read", 0.0) for _ in range(900)] == [0.0] * 900
    assert [pacer.reserve("read", 60.0) for _ in range(901)] == [60.0] * 900 + [120.0]


def test_what_is_reserved_for_later_does_not_forget_what_went_before() -> None:
    pacer = Pacer()
    assert [pacer.reserve("read", 0.0) for _ in range(895)] == [0.0] * 895
    pacer.park(70.0)
    assert pacer.reserve("write", 10.0) == 70.0
    pacer.parked_until = 0.0
    assert pacer.reserve("read", 10.0) == 60.0


def test_five_hundred_pull_requests_fill_an_hour_and_the_next_waits_for_it() -> None:
    pacer = Pacer()
    times = [pacer.reserve("content", 0.0) for _ in range(501)]
    assert times[499] == 499 * 3.0
    assert times[500] == 3_600.0


def test_after_a_refusal_nobody_goes_before_the_time() -> None:
    pacer = Pacer()
    pacer.park(10.0)
    pacer.park(7.0)
    assert [pacer.reserve(lane, 0.0) for lane in ("read", "graphql", "write")] == [10.0] * 3


def test_a_sandbox_is_paced_by_spacing_alone() -> None:
    pacer = Pacer(0.02)
    assert [pacer.reserve("read", 0.0) for _ in range(2_000)] == [0.0] * 2_000
    assert pacer.reserve("write", 0.0) == 0.0
    assert pacer.reserve("write", 0.0) == pytest.approx(0.02)


def test_a_share_is_a_share_of_every_limit() -> None:
    pacer = Pacer(share=0.25)
    assert [pacer.reserve("read", 0.0) for _ in range(225)] == [0.0] * 225
    assert pacer.reserve("read", 0.0) == 60.0


def test_a_turn_that_was_not_taken_is_given_back() -> None:
    """A refusal parks all threads: each takes a new turn after it, and none counts twice."""
    pacer = Pacer(1.0)
    turns = [pacer.reserve("content", 0.0) for _ in range(4)]
    assert turns == [0.0, 3.0, 6.0, 9.0]
    pacer.park(10.0)
    assert [pacer.reserve_again("content", at, 1.0) for at in turns[:0:-1]] == [10.0, 13.0, 16.0]
    assert pacer.reserve_again("write", -500.0, 200.0) >= 200.0


def test_the_place_in_a_window_is_given_back_too() -> None:
    pacer = Pacer(1.0)
    turns = [pacer.reserve("search", 0.0) for _ in range(30)]
    pacer.park(10.0)
    assert [pacer.reserve_again("search", at, 1.0) for at in turns] == [10.0] * 30
    assert pacer.reserve("search", 11.0) == 70.0
