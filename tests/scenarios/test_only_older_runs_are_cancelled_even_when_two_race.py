"""A run cancels older ones that wait, of its workflow and its key: never itself, never a newer one, whoever races."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.editions import first_on
from support.runs_stage import SEED, add, cancel, cancelled, said
from support.stage import TARGET, Stage, stage

pytestmark = first_on("full", why="It lists and cancels over REST on every edition; the proof plays the others.")

WAITING = ("queued", "waiting", "pending", "requested")


def test_older_waiting_runs_go_and_every_other_run_stays() -> None:
    with stage(SEED) as scene:
        for number, status in enumerate((*WAITING, "in_progress", "completed"), 1):
            add(scene, number, status)
        add(scene, 7, "in_progress")  # this run
        for number, status in enumerate((*WAITING, "in_progress"), 8):
            add(scene, number, status)
        finish = cancel(scene, 7)
        assert said(finish) == ("updated", "cancelled", 4, 0)
        assert cancelled(scene) == [1, 2, 3, 4]
        listed = json.loads(finish.outputs.cancelled)
        assert [(each["number"], each["status"]) for each in listed] == list(enumerate(WAITING, 1))
        assert listed[0]["url"] == f"{scene.context.server_url}/{TARGET}/actions/runs/70001"
        assert (finish.exit_code, finish.annotations) == (0, ())
        scene.forget()
        assert said(cancel(scene, 7)) == ("unchanged", "nothing-superseded", 0, 0)
        assert (scene.writes(), scene.reads()) == (0, 5)


def test_older_runs_that_have_begun_go_where_that_is_asked() -> None:
    with stage(SEED) as scene:
        add(scene, 1, "in_progress")
        add(scene, 2, "in_progress")
        add(scene, 3, "in_progress")
        assert said(cancel(scene, 2)) == ("unchanged", "nothing-superseded", 0, 0)
        assert said(cancel(scene, 2, in_progress=True)) == ("updated", "cancelled", 1, 0)
        assert cancelled(scene) == [1]


OTHERS: dict[str, dict[str, Any]] = {
    "of another branch": {"branch": "main2"},
    "of another event": {"event": "schedule"},
    "of another workflow": {"path": ".github/workflows/deploy.yml"},
    "of a fork's branch of the same name": {"fork": "mallory/api"},
}


@pytest.mark.parametrize("fields", OTHERS.values(), ids=OTHERS)
def test_a_run_of_another_key_stays(fields: dict[str, Any]) -> None:
    with stage(SEED) as scene:
        add(scene, 1, **fields)
        add(scene, 2)
        add(scene, 3, "in_progress")
        assert said(cancel(scene, 3)) == ("updated", "cancelled", 1, 0)
        assert cancelled(scene) == [2]


@pytest.mark.parametrize(
    ("same", "gone"), [("branch", [1, 2, 4]), ("event", [1, 3]), ("title", [1, 5]), ("workflow", [1, 2, 3, 4, 5])]
)
def test_the_key_is_what_same_says(same: str, gone: list[int]) -> None:
    with stage(SEED) as scene:
        add(scene, 1, title="Deploy eu")
        add(scene, 2, title="Deploy us", event="schedule")
        add(scene, 3, title="Deploy eu 2", branch="main2")
        add(scene, 4, title="deploy eu", event="workflow_dispatch")
        add(scene, 5, title="Deploy eu", branch="x", event="schedule")
        add(scene, 6, "in_progress", title="Deploy eu")
        cancel(scene, 6, same=same)
        assert cancelled(scene) == gone


def test_a_run_that_a_person_began_again_later_stays() -> None:
    """It keeps its number, and is wanted now. A re-run from before this run is as old as it looks."""
    with stage(SEED) as scene:
        now = scene.sandbox.world.clock()
        add(scene, 1, attempt=2, started_at=now + 60)
        add(scene, 2, attempt=2, started_at=now - 60)
        add(scene, 3, "in_progress", started_at=now)
        cancel(scene, 3)
        assert cancelled(scene) == [2]


def test_a_rerun_of_an_old_run_leaves_the_newer_ones() -> None:
    with stage(SEED) as scene:
        now = scene.sandbox.world.clock()
        add(scene, 1)
        add(scene, 2, "in_progress", attempt=2, started_at=now)
        add(scene, 3)
        add(scene, 4, "in_progress")
        cancel(scene, 2, attempt=2, in_progress=True)
        assert cancelled(scene) == [1]


def racing(scene: Stage) -> None:
    add(scene, 1)
    add(scene, 2)
    add(scene, 3, "in_progress")
    add(scene, 4, "in_progress")


@pytest.mark.parametrize("in_progress", [False, True])
@pytest.mark.parametrize("at", range(1, 14))
def test_two_that_race_cancel_the_older_ones_and_the_newest_survives(at: int, in_progress: bool) -> None:
    """Run 4 does all its work just before some call of run 3."""
    with stage(SEED, checked=False) as scene:
        racing(scene)
        newer: list[Any] = []
        older = cancel(
            scene, 3, meanwhile={at: lambda: newer.append(cancel(scene, 4, in_progress=in_progress))}, in_progress=True
        )
        if not newer:
            newer.append(cancel(scene, 4, in_progress=in_progress))
        assert cancelled(scene) == ([1, 2, 3] if in_progress else [1, 2])
        assert older.exit_code == newer[0].exit_code == 0
        counted = older.outputs.count + newer[0].outputs.count
        assert counted == len(cancelled(scene)), "each is counted by the one that cancelled it"
