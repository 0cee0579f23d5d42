"""More runs than a page are found and cancelled; a cap on number or time leaves the rest, and says how many."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from github_sandbox.rest import actions_runs
from support.editions import first_on
from support.runs_stage import SEED, add, cancel, cancelled, said
from support.stage import VirtualClock, stage

pytestmark = first_on("full", why="It lists and cancels over REST on every edition; the proof plays the others.")


def test_every_page_is_read() -> None:
    with stage(SEED, checked=False) as scene:
        for number in range(1, 251):
            add(scene, number)
        for number in range(251, 401):
            add(scene, number, branch="other")
        add(scene, 401, "in_progress")
        add(scene, 402)
        finish = cancel(scene, 401, limit=1_000, max_minutes=60)
        assert said(finish) == ("updated", "cancelled", 250, 0)
        assert cancelled(scene) == list(range(1, 251))
        assert len(json.loads(finish.outputs.cancelled)) == 250
        assert "and 230 more" in finish.summary


def test_what_github_does_not_list_at_once_is_found_in_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub lists the newest 1,000 of a search. Here it lists 60."""
    monkeypatch.setattr(actions_runs, "MOST_FOUND", 60)
    with stage(SEED, checked=False) as scene:
        for number in range(1, 151):
            add(scene, number)
        add(scene, 151, "in_progress")
        assert said(cancel(scene, 151, limit=1_000, max_minutes=60)) == ("updated", "cancelled", 150, 0)
        assert cancelled(scene) == list(range(1, 151))


def test_the_limit_leaves_the_newest_and_says_how_many() -> None:
    with stage(SEED) as scene:
        for number in range(1, 8):
            add(scene, number)
        add(scene, 8, "in_progress")
        finish = cancel(scene, 8, limit=5)
        assert said(finish) == ("deferred", "limit", 5, 2)
        assert cancelled(scene) == [1, 2, 3, 4, 5]
        assert (finish.exit_code, [each.level for each in finish.annotations]) == (0, ["warning"])
        assert said(cancel(scene, 8)) == ("updated", "cancelled", 2, 0)


def test_the_time_ends_the_work_and_what_is_cancelled_is_said() -> None:
    clock = VirtualClock()
    with stage(SEED, clock=clock, checked=False) as scene:
        for number in range(1, 101):
            add(scene, number)
        add(scene, 101, "in_progress")
        scene.context = replace(scene.context, write_spacing_seconds=1.0)
        finish = cancel(scene, 101, max_minutes=1)
        outcome, reason, count, left = said(finish)
        assert (outcome, reason) == ("deferred", "rate-limit")
        assert 50 <= count <= 62
        assert count + left == 100
        assert len(cancelled(scene)) == count
        assert finish.exit_code == 0


def test_a_dry_run_cancels_nothing_and_lists_what_a_real_run_cancels() -> None:
    with stage(SEED) as scene:
        for number in range(1, 4):
            add(scene, number, "waiting" if number == 2 else "queued")
        add(scene, 4, "in_progress")
        planned = cancel(scene, 4, dry_run=True, token="ghs_read")
        assert said(planned) == ("planned", "cancelled", 3, 0)
        assert (scene.writes(), cancelled(scene)) == (0, [])
        real = cancel(scene, 4, token="ghs_write")
        assert real.outputs.cancelled == planned.outputs.cancelled
