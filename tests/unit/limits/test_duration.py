"""The least duration is a lower bound of what the pacer takes for the same writes, and close to it."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import pytest

from action_patterns.limits.duration import minimum_seconds
from action_patterns.limits.pacer import Pacer
from action_patterns.limits.published import Lane

PULL_REQUEST: tuple[Lane, ...] = ("write", "write", "mutation", "content")
WITH_FIELDS: tuple[Lane, ...] = (*PULL_REQUEST, "write", "notify")
READS: tuple[Lane, ...] = ("search", "graphql", "read", "read", "read")


def paced(
    lanes: tuple[Lane, ...], items: int, *, spacing: float, workers: int = 1, share: float = 1.0, start: float = 0.0
) -> float:
    """Return when the last write goes. Each worker takes the next item, and waits for each of its writes."""
    pacer = Pacer(spacing, share=share)
    waiting = [(start, worker, items) for worker in range(workers)]
    heapify(waiting)
    begun, last = 0, start
    at_lane = [len(lanes)] * workers
    while waiting:
        now, worker, _ = heappop(waiting)
        if at_lane[worker] == len(lanes):
            if begun == items:
                continue
            begun, at_lane[worker] = begun + 1, 0
        last = max(last, at := pacer.reserve(lanes[at_lane[worker]], now))
        at_lane[worker] += 1
        heappush(waiting, (at, worker, items))
    return last


@pytest.mark.slow
@pytest.mark.parametrize("items", [0, 1, 2, 10, 499, 500, 501, 510, 999, 1_000, 1_001])
@pytest.mark.parametrize("workers", [1, 8])
def test_it_is_a_little_less_than_the_pacer_takes_for_new_pull_requests(items: int, workers: int) -> None:
    took = paced(PULL_REQUEST, items, spacing=1.0, workers=workers)
    least = minimum_seconds(PULL_REQUEST, items, processes=1, write_spacing_seconds=1.0)
    assert least <= took
    # Up to the hour's limit nothing is given away; beyond it, writes may go while a pull request waits for the hour.
    assert items < 499 or least >= (0.99 if items < 511 else 0.9) * took


@pytest.mark.slow
@pytest.mark.parametrize("items", [1, 7, 90, 501])
@pytest.mark.parametrize(
    "lanes",
    [WITH_FIELDS, ("content",), ("write", "mutation"), READS, (*READS, "write", "content", "read")],
    ids="-".join,
)
@pytest.mark.parametrize("spacing", [0.02, 1.0, 2.0, 5.0])
def test_it_is_never_more_than_the_pacer_takes(lanes: tuple[Lane, ...], items: int, spacing: float) -> None:
    for workers in (1, 8):
        took = paced(lanes, items, spacing=spacing, workers=workers)
        assert minimum_seconds(lanes, items, processes=1, write_spacing_seconds=spacing) <= took + 1e-6


@pytest.mark.parametrize(("legs", "parallel"), [(2, 1), (3, 3), (10, 3), (100, 10), (100, 1)])
@pytest.mark.parametrize("items_of_a_leg", [1, 4])
def test_legs_that_take_turns_are_never_faster(legs: int, parallel: int, items_of_a_leg: int) -> None:
    """Each leg is a process with a ledger of its own, and begins when one of those before it ends."""
    free = [0.0] * parallel
    for _ in range(legs):
        start = heappop(free)
        heappush(free, paced(PULL_REQUEST, items_of_a_leg, spacing=1.0, share=1 / parallel, start=start))
    least = minimum_seconds(PULL_REQUEST, legs * items_of_a_leg, processes=legs, write_spacing_seconds=1.0)
    assert 0.8 * max(free) <= least <= max(free)


def test_many_processes_together_have_the_tokens_windows() -> None:
    assert minimum_seconds(("write",), 180, processes=180, write_spacing_seconds=1.0) == 0.0
    assert minimum_seconds(PULL_REQUEST, 1, processes=9, write_spacing_seconds=1.0) == 3.0
    assert minimum_seconds(("write",), 361, processes=361, write_spacing_seconds=1.0) == 120.0


def test_reads_have_windows_and_no_pace() -> None:
    """900 points a minute; a write among them costs five, and has a second after it."""
    assert minimum_seconds(("read",), 900, processes=1, write_spacing_seconds=1.0) == 0.0
    assert minimum_seconds(("read",), 901, processes=1, write_spacing_seconds=1.0) == 60.0
    assert minimum_seconds(("read", "write"), 151, processes=151, write_spacing_seconds=1.0) == 60.0
    assert minimum_seconds(("search",), 91, processes=1, write_spacing_seconds=1.0) == 180.0
    assert minimum_seconds(("read", "write", "read"), 10, processes=1, write_spacing_seconds=1.0) == 9.0


@pytest.mark.parametrize(
    ("items", "seconds"), [(0, 0), (1, 3), (500, 1_999), (501, 3_603), (1_000, 5_100), (1_001, 7_203)]
)
def test_new_pull_requests_one_write_a_second_and_five_hundred_an_hour(items: int, seconds: float) -> None:
    assert minimum_seconds(PULL_REQUEST, items, processes=1, write_spacing_seconds=1.0) == seconds
