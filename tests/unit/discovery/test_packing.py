"""Packs: every target once, at most 256 legs, and no leg much longer than another."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from action_patterns.discovery.packing import MAX_LEGS, pack


@given(st.integers(0, 12_000), st.integers(1, 400))
@example(257, 1)
@example(1025, 1)
@example(10_000, 1)
@example(256, 1)
@example(10_000, 50)
def test_the_union_is_exact_and_sizes_differ_by_at_most_one(count: int, per_leg: int) -> None:
    packs = pack(count, per_leg=per_leg)
    assert [index for p in packs for index in range(p.first, p.last + 1)] == list(range(count))
    assert len(packs) <= MAX_LEGS == 256
    sizes = {p.last - p.first + 1 for p in packs}
    assert not sizes or (min(sizes) >= 1 and max(sizes) - min(sizes) <= 1)
    if count <= per_leg * MAX_LEGS:
        assert max(sizes, default=0) <= per_leg


@pytest.mark.parametrize(
    ("count", "per_leg", "legs", "largest"),
    [
        (0, 1, 0, 0),
        (1, 1, 1, 1),
        (256, 1, 256, 1),
        (257, 1, 256, 2),
        (1025, 1, 256, 5),
        (10_000, 1, 256, 40),
        (10, 4, 3, 4),
        (10_000, 100, 100, 100),
    ],
)
def test_known_sizes(count: int, per_leg: int, legs: int, largest: int) -> None:
    packs = pack(count, per_leg=per_leg)
    assert len(packs) == legs
    assert max((p.last - p.first + 1 for p in packs), default=0) == largest
