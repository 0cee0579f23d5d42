"""Whatever two runs do between each other's calls, one does the work; the other is green and says who does it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from action_patterns.actions.once.interface import OnceOutputs
from support.marker_stage import HOUR, once, the_marker
from support.stage import VirtualClock, stage


@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("same_run", [True, False])
def test_one_begins_between_the_calls_of_the_other(call: int, same_run: bool) -> None:
    """Two jobs of one run are two as well: they write the same record, and still only one wins."""
    found: list[OnceOutputs] = []

    def other() -> None:
        found.append(once(scene, "begin", run_id=1_001 if same_run else 1_002).outputs)

    with stage() as scene:
        finish = once(scene, "begin", run_id=1_001, meanwhile={call: other})
        assert (found[0].begun, finish.outputs.begun, finish.exit_code) == (True, False, 0)
        assert finish.outputs.reason == "in-progress"
        assert finish.outputs.holder == found[0].holder


@pytest.mark.parametrize("call", [2, 3])
def test_two_jobs_that_write_the_same_text_in_the_same_moment_are_two(call: int) -> None:
    """Git gives equal commits one id: both would find "their" commit at the ref."""
    moment = datetime.now(UTC)
    found: list[OnceOutputs] = []

    def other() -> None:
        found.append(once(scene, "begin", start=moment).outputs)

    frozen = VirtualClock()
    with stage(clock=frozen) as scene:
        finish = once(scene, "begin", start=moment, meanwhile={call: other})
        assert [found[0].begun, finish.outputs.begun] == [True, False]


@pytest.mark.parametrize("call", [2, 3])
def test_a_dead_runs_marker_is_taken_over_by_one(call: int) -> None:
    found: list[OnceOutputs] = []

    def other() -> None:
        found.append(once(scene, "begin", run_id=1_002, later=7 * HOUR).outputs)

    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        finish = once(scene, "begin", run_id=1_003, later=7 * HOUR, meanwhile={call: other})
        assert (found[0].begun, finish.outputs.begun) == (True, False)
        assert the_marker(scene).holder.run_id == 1_002


def test_many_at_once_have_one_winner() -> None:
    with stage(checked=False) as scene, ThreadPoolExecutor(8) as pool:
        for round_number in range(5):
            once_more: dict[str, Any] = {"values": f"v{round_number}"}
            outputs = list(
                pool.map(lambda n, more=once_more: once(scene, "begin", run_id=n, **more).outputs, range(1_001, 1_009))
            )
            winners = [each for each in outputs if each.begun]
            assert len(winners) == 1
            assert {each.holder for each in outputs} == {winners[0].holder}


def test_completing_while_another_takes_over_has_one_winner() -> None:
    found: list[OnceOutputs] = []

    def other() -> None:
        found.append(once(scene, "begin", run_id=1_002, later=7 * HOUR).outputs)

    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        finish = once(scene, "complete", run_id=1_001, later=7 * HOUR, meanwhile={3: other})
        assert (found[0].begun, finish.outputs.reason, finish.exit_code) == (True, "not-holder", 1)
