"""Requests over time are read from the records; nothing is made up for a target that has none."""

from __future__ import annotations

from datetime import timedelta

from action_patterns.contracts import Usage
from action_patterns.report.model.usage_over_time import Spent, spending
from support.report_builders import START, record


def test_totals_grow_with_each_finished_target_whatever_the_order_of_records() -> None:
    late, early, same = (
        record(i, f"acme/{i}", usage=Usage(requests=requests, writes=writes), finished_at=START + timedelta(seconds=at))
        for i, (requests, writes, at) in enumerate([(5, 2, 30), (1, 0, 10), (3, 1, 10)])
    )
    unknown = record(3, "acme/3", usage=Usage(requests=9), finished_at=None)
    points = spending([late, unknown, early, same])
    assert points == (Spent(START + timedelta(seconds=10), 4, 1), Spent(START + timedelta(seconds=30), 9, 3))
    assert spending([unknown]) == ()
