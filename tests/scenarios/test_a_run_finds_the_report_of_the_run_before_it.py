"""The previous report is of the same workflow and branch, of a lower run number, and has not expired."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import NotFoundError
from action_patterns.github_api.client import Client
from action_patterns.ports.workflow_runs import ReportArtifact
from github_sandbox.model import Artifact, WorkflowRun
from support.stage import FLEET, TARGET, DyingTransport, Stage, stage

OURS = 100


def add_run(scene: Stage, number: int, *reports: str, expired: bool = False, **fields: Any) -> int:
    """Run `number` (id OURS + number), with artifacts of these names."""
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    run = WorkflowRun(
        **{
            "id": OURS + number, "number": number, "name": "Sync", "event": "schedule", "branch": "main",
            "head_oid": repository.tip("main"), "actor": repository.owner, "created_at": 1_770_000_000.0 + number,
            "path": ".github/workflows/sync.yml",
        }
        | fields
    )  # fmt: skip
    repository.contents.runs.append(run)
    for at, name in enumerate(reports):
        repository.contents.artifacts.append(
            Artifact(id=10 * run.id + at, name=name, size=1, run_id=run.id, created_at=run.created_at, expired=expired)
        )
    return run.id


def previous(scene: Stage, run_id: int, name: str = "sync") -> ReportArtifact | None:
    return Client(DyingTransport(scene.context)).runs.previous_report(TARGET, run_id, name=name)


def test_the_newest_run_before_this_one_in_its_last_attempt() -> None:
    with stage(FLEET) as scene:
        add_run(scene, 1, "sync-report-a1")
        add_run(scene, 2, "sync-report-a1", "sync-report-a2", attempt=2)
        ours = add_run(scene, 3, "sync-report-a1")
        add_run(scene, 4, "sync-report-a1")  # newer: this run is an old one that is run again
        scene.forget()
        assert previous(scene, ours) == ReportArtifact(OURS + 2, "sync-report-a2")
        assert (scene.reads(), scene.writes()) == (3, 0)


def test_an_attempt_that_left_no_report_gives_way_to_the_one_before() -> None:
    with stage(FLEET) as scene:
        add_run(scene, 1, "sync-report-a1", attempt=3)
        assert previous(scene, add_run(scene, 2)) == ReportArtifact(OURS + 1, "sync-report-a1")


@pytest.mark.parametrize(
    "foreign",
    [
        {"branch": "topic"},
        {"path": ".github/workflows/other.yml"},
        {"expired": True},
        {"number": 9},
    ],
    ids=["another branch", "another workflow", "expired", "a later run"],
)
def test_what_is_not_of_this_workflow_and_branch_is_passed_over(foreign: dict[str, Any]) -> None:
    with stage(FLEET) as scene:
        add_run(scene, 1, "sync-report-a1")
        fields = {"number": 2} | foreign
        add_run(scene, fields.pop("number"), "sync-report-a1", **fields)
        assert previous(scene, add_run(scene, 3)) == ReportArtifact(OURS + 1, "sync-report-a1")
        assert previous(scene, OURS + 3, name="another") is None


def test_runs_without_a_report_are_looked_at_a_bounded_number_of_times() -> None:
    with stage(FLEET) as scene:
        add_run(scene, 1, "sync-report-a1")
        for number in range(2, 30):
            add_run(scene, number)
        ours = add_run(scene, 30)
        scene.forget()
        assert previous(scene, ours) is None
        assert scene.reads() == 10


def test_a_first_run_has_none_and_an_unknown_run_is_an_error_the_caller_tells() -> None:
    with stage(FLEET) as scene:
        assert previous(scene, add_run(scene, 1)) is None
        with pytest.raises(NotFoundError):
            previous(scene, 1)
