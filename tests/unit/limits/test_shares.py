"""Jobs that do not see each other stay within the limits of their token."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.limits.pacer import Pacer
from action_patterns.limits.published import COSTS, WRITES, Lane
from action_patterns.limits.shares import MAX_PARALLEL, jobs_at_once, phase_seconds, spread_seconds

PULL_REQUEST: tuple[Lane, ...] = ("write", "write", "mutation", "content")


@pytest.mark.parametrize(
    ("jobs", "lanes", "spacing", "repeated", "parallel"),
    [
        (0, PULL_REQUEST, 1.0, True, 1),
        (1, PULL_REQUEST, 1.0, True, 1),
        (100, PULL_REQUEST, 1.0, True, 3),
        (100, PULL_REQUEST, 2.0, True, 6),
        (100, PULL_REQUEST, 0.02, True, 10),
        (100, PULL_REQUEST, 1.0, False, 10),
        (100, ("read",) * 900, 1.0, False, 3),
        (100, ("read",) * 200, 1.0, False, 4),
        (100, ("search",) * 11, 1.0, False, 2),
        (100, ("search",) * 99, 1.0, False, 1),
        (100, (), 1.0, False, 10),
    ],
)
def test_how_many_jobs(jobs: int, lanes: tuple[Lane, ...], spacing: float, repeated: bool, parallel: int) -> None:
    assert jobs_at_once(jobs, lanes, write_spacing_seconds=spacing, repeated=repeated) == parallel


LANES = st.sampled_from(("read", "graphql", "search", "write", "mutation", "content"))


@given(st.lists(LANES, min_size=1, max_size=40), st.integers(1, 10), st.integers(1, 20))
def test_they_stay_within_each_minute_even_if_each_goes_as_fast_as_it_may(
    kinds: list[Lane], repeats: int, jobs: int
) -> None:
    """Each job has the pace of a whole token, and all begin in the same second."""
    lanes = kinds * repeats
    parallel = jobs_at_once(jobs, lanes, write_spacing_seconds=1.0)
    assert 1 <= parallel <= min(MAX_PARALLEL, jobs)
    pacer, now, sent = Pacer(1.0), 0.0, list[tuple[float, Lane]]()
    for lane in lanes:
        now = pacer.reserve(lane, now)
        sent.append((now, lane))
        now += 0.2  # the answer comes
    for window in {window for lane in lanes for window, _ in COSTS[lane] if window.seconds <= 60}:
        counted = [(at, dict(COSTS[lane])[window]) for at, lane in sent if window in dict(COSTS[lane])]
        times = [at for at, _ in counted]
        for last, (at, _) in enumerate(counted):
            first = bisect_left(times, at - window.seconds + 1e-9)
            points = sum(cost for _, cost in counted[first : last + 1])
            assert parallel == 1 or parallel * points <= window.capacity


@pytest.mark.parametrize("parallel", [1, 3, 10])
def test_jobs_that_begin_together_take_turns(parallel: int) -> None:
    """With its share and its phase, each writes in another second, and the token writes once a second."""
    times = []
    for index in range(parallel):
        pacer = Pacer(1.0, share=1 / parallel, phase_seconds=phase_seconds(index, parallel, write_spacing_seconds=1.0))
        now = 0.0
        for _ in range(5):
            now = pacer.reserve("write", now)
            times.append(now)
    assert all(later - earlier == pytest.approx(1.0) for earlier, later in pairwise(sorted(times)))
    assert len(times) == 5 * parallel


def test_the_phase_delays_only_the_first_write() -> None:
    pacer = Pacer(1.0, share=0.1, phase_seconds=7.0)
    assert pacer.reserve("read", 100.0) == 100.0
    assert pacer.reserve("write", 100.0) == 107.0
    assert pacer.reserve("write", 300.0) == 300.0
    assert set(WRITES) >= {"write", "content"}


@pytest.mark.parametrize(
    ("wait", "share", "most"),
    [(7, 1.0, 0.7), (60, 1.0, 6.0), (3600, 1.0, 6.0), (7, 0.5, 1.0), (7, 0.1, 9.0), (60, 0.1, 9.0), (0, 1.0, 0.0)],
)
def test_a_refused_process_returns_at_its_own_time(wait: float, share: float, most: float) -> None:
    spread = [spread_seconds(wait, random, share=share, write_spacing_seconds=1.0) for random in (0.0, 0.5, 0.999_999)]
    assert spread == pytest.approx([0.0, most / 2, most], abs=1e-4)
