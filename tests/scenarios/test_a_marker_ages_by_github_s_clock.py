"""Runners whose clocks are wrong by minutes agree when a run is dead and when a mark has expired."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.marker_stage import DAY, HOUR, once, the_marker
from support.stage import VirtualClock, stage

OFF = [timedelta(minutes=-10), timedelta(minutes=10)]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("writer", OFF)
@pytest.mark.parametrize("reader", OFF)
def test_a_run_is_dead_after_its_time_and_not_before(writer: timedelta, reader: timedelta) -> None:
    with stage(clock=VirtualClock()) as scene:
        begun = once(scene, "begin", run_id=1_001, wrong_by=writer).outputs
        early = once(scene, "begin", run_id=1_002, later=6 * HOUR - MINUTE, wrong_by=reader).outputs
        assert (early.reason, early.since) == ("in-progress", begun.since)
        assert once(scene, "begin", run_id=1_002, later=6 * HOUR, wrong_by=reader).outputs.reason == "taken-over"


@pytest.mark.parametrize("writer", OFF)
@pytest.mark.parametrize("reader", OFF)
def test_a_mark_expires_after_its_days_and_not_before(writer: timedelta, reader: timedelta) -> None:
    with stage(clock=VirtualClock()) as scene:
        once(scene, "begin", run_id=1_001, wrong_by=writer)
        once(scene, "complete", run_id=1_001, wrong_by=writer, ttl_days=1)
        assert once(scene, "begin", run_id=1_002, later=DAY - MINUTE, wrong_by=reader).outputs.reason == "already-done"
        assert once(scene, "clean", later=DAY - MINUTE, wrong_by=reader, older_than_days=0).outputs.removed_count == 0
        assert once(scene, "clean", later=DAY, wrong_by=reader, older_than_days=0).outputs.removed_count == 1


def test_two_begins_of_one_run_in_one_second_have_two_claims() -> None:
    """GitHub's clock has full seconds, in which a leg of a matrix begins what another gave up."""
    with stage(clock=VirtualClock()) as scene:
        first = once(scene, "begin").outputs.claim
        once(scene, "fail")
        second = once(scene, "begin", wrong_by=timedelta(milliseconds=3)).outputs.claim
        assert first != second == the_marker(scene).claim
