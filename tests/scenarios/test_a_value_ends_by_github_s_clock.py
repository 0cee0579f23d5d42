"""A time to live begins and ends by GitHub's clock: runners whose clocks are wrong by minutes agree about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.stage import VirtualClock, stage
from support.state_stage import Runner, state, value_of

OFF = [timedelta(minutes=-10), timedelta(), timedelta(minutes=10)]


@pytest.mark.parametrize("writer", OFF)
@pytest.mark.parametrize("reader", OFF)
def test_a_runner_s_clock_changes_nothing(writer: timedelta, reader: timedelta) -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        put = state(scene, "put", value="v", ttl_seconds=300, runner=Runner(wrong_by=writer)).outputs
        assert put.updated_at == clock.now().replace(microsecond=0).isoformat()
        clock.sleep(299)
        got = state(scene, "get", runner=Runner(wrong_by=reader)).outputs
        assert (got.found, got.value, got.reason, got.expires_at) == (True, '"v"', "found", put.expires_at)
        assert len(state(scene, "list", runner=Runner(wrong_by=reader)).outputs.keys or "") > 2
        clock.sleep(1)
        got = state(scene, "get", runner=Runner(wrong_by=reader)).outputs
        assert (got.found, got.value, got.reason, got.version) == (False, None, "expired", "absent")
        assert state(scene, "list", runner=Runner(wrong_by=reader)).outputs.keys == "[]"


def test_an_expired_value_counts_as_none_for_every_mode() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        old = state(scene, "put", value=["old"], ttl_days=2).outputs.version
        clock.sleep(2 * 24 * 60 * 60)
        assert value_of(state(scene, "get", default=["none"])) == ["none"]
        assert state(scene, "put", value=1, version=None, merge="append", key="other").outputs.reason == "not-mergeable"
        assert value_of(state(scene, "put", value=["new"], merge="append")) == ["new"]
        assert state(scene, "compare-and-swap", value=1, version=old).outputs.reason == "version-changed"


def test_an_expired_value_is_replaced_where_the_key_must_be_absent() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        state(scene, "put", value=1, ttl_seconds=1)
        clock.sleep(1)
        assert state(scene, "compare-and-swap", value=2, version="absent").outputs.reason == "created"


def test_every_put_begins_the_time_again() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        state(scene, "put", value=1, ttl_seconds=10)
        clock.sleep(9)
        assert state(scene, "put", value=1, ttl_seconds=10).outputs.reason == "last-wins"
        clock.sleep(9)
        assert state(scene, "get").outputs.found
        assert state(scene, "put", value=1).outputs.expires_at is None
        clock.sleep(9_999)
        assert state(scene, "get").outputs.found
