"""Between the look and the cancellation a run may end, begin, be deleted or be one that GitHub does not cancel."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from action_patterns.errors import PermissionDeniedError
from github_sandbox.faults import Fault
from github_sandbox.model import WorkflowRun
from support.editions import first_on
from support.runs_stage import SEED, add, cancel, cancelled, said
from support.stage import TARGET, Stage, stage

pytestmark = first_on("full", why="It lists and cancels over REST on every edition; the proof plays the others.")


def ends(scene: Stage, run: WorkflowRun) -> None:
    run.status, run.conclusion = "completed", "success"


def begins(scene: Stage, run: WorkflowRun) -> None:
    run.status = "in_progress"


def is_deleted(scene: Stage, run: WorkflowRun) -> None:
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    repository.contents.runs.remove(run)


def begins_again(scene: Stage, run: WorkflowRun) -> None:
    run.attempt, run.started_at = 2, scene.sandbox.world.clock() + 60


LOOK, REQUEST = "GET /runs/70001", "POST /runs/70001/cancel"


@pytest.mark.parametrize(
    ("change", "when"),
    [
        *((change, LOOK) for change in (ends, begins, is_deleted, begins_again)),
        # A run that begins after the last look is cancelled: GitHub has no conditional cancellation.
        *((change, REQUEST) for change in (ends, is_deleted)),
    ],
)
def test_it_stays_as_it_is(change: Callable[[Stage, WorkflowRun], None], when: str) -> None:
    with stage(SEED) as scene:
        first = add(scene, 1)
        add(scene, 2)
        add(scene, 3, "in_progress")
        finish = cancel(scene, 3, meanwhile={when: lambda: change(scene, first)})
        assert said(finish) == ("updated", "cancelled", 1, 0)
        assert (finish.exit_code, finish.annotations, cancelled(scene)) == (0, (), [2])


def test_a_run_that_was_never_queued_is_named_and_costs_nothing_else() -> None:
    with stage(SEED) as scene:
        add(scene, 1, stuck=True)
        add(scene, 2)
        add(scene, 3, "in_progress")
        finish = cancel(scene, 3)
        assert said(finish) == ("updated", "cancelled", 1, 0)
        assert '"number": 1' in finish.outputs.refused
        (warning,) = finish.annotations
        assert (warning.level, finish.exit_code) == ("warning", 0)
        assert "/actions/runs/70001" in warning.message
        assert said(cancel(scene, 3)) == ("unchanged", "refused", 0, 0)


def test_a_missing_permission_is_red_and_named() -> None:
    with stage(SEED) as scene:
        add(scene, 1)
        add(scene, 2, "in_progress")
        with pytest.raises(PermissionDeniedError) as raised:
            cancel(scene, 2, token="ghs_read")
        assert "`actions: write`" in raised.value.remediation
        assert cancelled(scene) == []


def test_a_pull_request_of_a_fork_has_a_token_that_only_reads() -> None:
    with stage(SEED) as scene:
        add(scene, 1)
        add(scene, 2, "in_progress")
        finish = cancel(scene, 2, token="ghs_read", from_fork=True)
        assert said(finish)[:2] == ("skipped", "fork")
        assert (finish.exit_code, [each.level for each in finish.annotations]) == (0, ["warning"])


def test_an_outage_costs_a_warning_and_not_the_job() -> None:
    with stage(SEED, checked=False) as scene:
        add(scene, 1)
        add(scene, 2, "in_progress")
        with scene.sandbox.faults.during(Fault(status=502, method="GET", times=1_000)):
            finish = cancel(scene, 2)
        assert said(finish)[:2] == ("deferred", "unavailable")
        assert (finish.exit_code, [each.level for each in finish.annotations]) == (0, ["warning"])
