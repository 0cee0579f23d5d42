"""A run that died between begin and complete leaves `pending`: it stops others for a while, and never for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from action_patterns.action.contract import Finish
from action_patterns.actions.once.interface import OnceOutputs
from action_patterns.errors import ConflictError
from support.editions import WITH_LEASES, only_on
from support.marker_stage import DAY, HOUR, markers, once, the_marker
from support.stage import TARGET, Killed, Moment, Stage, stage

BEGIN, COMPLETE = 3, 3
"""Calls of each step: read, commit, swap. Asserted below, so that no call is left out."""


def test_a_rerun_of_the_dead_run_resumes_at_once() -> None:
    with stage() as scene:
        once(scene, "begin", attempt=1, metadata="3 of 7 sent")
        rerun = once(scene, "begin", attempt=2)
        assert (rerun.outputs.begun, rerun.outputs.reason, rerun.outputs.metadata) == (True, "resumed", "3 of 7 sent")
        assert once(scene, "complete", attempt=2).outputs.completed


def test_another_run_waits_for_the_timeout_and_then_takes_over() -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        early = once(scene, "begin", run_id=1_002, later=5 * HOUR)
        assert (early.outputs.begun, early.outputs.reason, early.exit_code) == (False, "in-progress", 0)
        assert early.outputs.holder is not None and "/runs/1001/" in early.outputs.holder
        late = once(scene, "begin", run_id=1_002, later=7 * HOUR)
        assert (late.outputs.begun, late.outputs.reason) == (True, "taken-over")
        assert the_marker(scene).holder.run_id == 1_002


def test_who_was_taken_over_cannot_complete() -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        once(scene, "begin", run_id=1_002, later=7 * HOUR)
        for mode in ("complete", "fail"):
            finish = once(scene, mode, run_id=1_001, later=8 * HOUR)
            assert (finish.outputs.outcome, finish.outputs.reason, finish.exit_code) == ("blocked", "not-holder", 1)
            assert finish.annotations[0].level == "error"
        assert the_marker(scene).state == "pending"
        assert once(scene, "complete", run_id=1_002, later=8 * HOUR).outputs.completed


def test_work_that_was_given_up_is_free_at_once() -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        assert once(scene, "fail", run_id=1_001).outputs.state == "failed"
        assert once(scene, "begin", run_id=1_002).outputs.reason == "failed-before"


def test_complete_without_begin_is_red() -> None:
    with stage() as scene:
        finish = once(scene, "complete")
        assert (finish.outputs.state, finish.outputs.reason, finish.exit_code) == ("absent", "not-begun", 1)
        assert markers(scene) == {}


def test_an_expired_marker_counts_as_absent() -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001, ttl_days=30)
        once(scene, "complete", run_id=1_001)
        assert not once(scene, "begin", run_id=1_002, later=29 * DAY).outputs.begun
        assert once(scene, "begin", run_id=1_002, later=31 * DAY).outputs.reason == "expired"


@only_on(
    *WITH_LEASES,
    why="It counts calls of this edition. test_any_store_meets_any_fault has the others.",
)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(1, BEGIN + COMPLETE + 1))
def test_a_run_killed_at_any_call_is_finished_by_its_rerun(call: int, moment: Moment) -> None:
    """Begin, work, complete; killed at one call; then the same again as the next attempt."""
    done: list[int] = []

    def attempt(number: int, fatal: int) -> None:
        begun = once(scene, "begin", attempt=number, call=fatal if fatal <= BEGIN else 0, moment=moment)
        assert scene.transport is not None
        if not begun.outputs.begun:
            return
        assert scene.transport.calls == BEGIN
        done.append(number)
        once(scene, "complete", attempt=number, call=max(0, fatal - BEGIN), moment=moment)
        assert scene.transport.calls == COMPLETE

    with stage() as scene:
        with pytest.raises(Killed):
            attempt(1, call)
        attempt(2, 0)
        assert the_marker(scene).state == "completed"
        assert done, "the work was done"
        # At least once; a second time only where the run died after the work and before its mark.
        assert len(done) == (
            2 if BEGIN < call < BEGIN + COMPLETE or (call, moment) == (BEGIN + COMPLETE, "before") else 1
        )
        third = once(scene, "begin", run_id=1_009)
        assert (third.outputs.begun, third.outputs.completed) == (False, True)


def clean(scene: Stage, later: timedelta, **inputs: Any) -> Finish[OnceOutputs]:
    """A cleaning that removes what no run wrote for a week."""
    return once(scene, "clean", later=later, values="", older_than_days=7, dry_run=False, **inputs)


def test_cleaning_removes_what_stops_nobody_and_nothing_else() -> None:
    with stage() as scene:
        for number, (mode, ttl) in enumerate([("complete", None), ("complete", 1), ("fail", None), (None, None)]):
            once(scene, "begin", values=str(number), ttl_days=ttl)
            if mode:
                once(scene, mode, values=str(number))
        once(scene, "begin", operation="other")
        repository = scene.sandbox.repository(TARGET)
        branches = repository.refs("refs/heads/")
        early = clean(scene, 3 * DAY)
        assert (early.outputs.removed_count, early.outputs.reason) == (0, "nothing-to-clean")
        late = clean(scene, 9 * DAY)
        assert (late.outputs.removed_count, late.outputs.outcome) == (3, "updated")
        assert sorted(marker.state for marker in markers(scene).values()) == ["completed", "pending"]
        assert clean(scene, 9 * DAY, operation=None).outputs.removed == '["other"]'
        assert the_marker(scene).state == "completed"
        assert repository.refs("refs/heads/") == branches


def test_a_marker_that_is_taken_while_it_is_cleaned_stays() -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        taken = {2: lambda: once(scene, "begin", run_id=1_002, later=9 * DAY)}
        assert clean(scene, 9 * DAY, meanwhile=taken).outputs.removed_count == 0
        assert the_marker(scene).holder.run_id == 1_002


@pytest.mark.parametrize("kind", ["commit", "blob"])
def test_a_ref_of_somebody_else_is_neither_cleaned_nor_taken(kind: str) -> None:
    with stage() as scene:
        name = once(scene, "begin").outputs.marker
        repository = scene.sandbox.repository(TARGET)
        git = scene.sandbox.world.repository(TARGET).git
        oid = repository.tip("main") if kind == "commit" else git.write_blob(b"theirs")
        assert name is not None
        git.set_ref(name, oid)
        cleaned = clean(scene, 99 * DAY)
        assert (cleaned.outputs.removed_count, cleaned.annotations[0].level) == (0, "warning")
        with pytest.raises(ConflictError, match="does not hold a marker"):
            once(scene, "begin")


def test_cleaning_looks_at_every_page() -> None:
    with stage(checked=False) as scene:
        name = once(scene, "begin").outputs.marker
        assert name is not None
        repository = scene.sandbox.repository(TARGET)
        for number in range(100):
            scene.sandbox.world.repository(TARGET).git.set_ref(f"{name}-{number}", repository.refs()[name])
        assert clean(scene, 9 * DAY).outputs.removed_count == 101
        assert markers(scene) == {}
