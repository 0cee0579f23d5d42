"""distribute.yml finds the report of the run before, downloads it, and says what is different."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

from github_sandbox.act_runner import ActRun, ActRunner
from github_sandbox.model import Artifact, WorkflowRun
from support.act_stage import DISTRIBUTION, JOB_TOKEN, SHARED, SOURCE, TOKEN, Stage, caller, seed, stage

FLEET = {name: {"files": {"README.md": f"{name}\n"}} for name in ("alpha", "beta")}
PLATFORM = SHARED | {"distribution.yml": DISTRIBUTION, ".github/workflows/distribute.yml": caller()}
BETA = "acme/beta"
CALLER = ".github/workflows/distribute.yml"


def known(on: Stage, number: int, run: ActRun | None = None) -> int:
    """GitHub's own memory of a run, and of what it left; act has none. Returns the run's id."""
    repository = on.sandbox.world.repository(SOURCE)
    assert repository is not None
    run_id, now = 2000 + number, 1_770_000_000.0 + number
    if run is None:
        tip, who = repository.tip("main") or "", repository.owner
        repository.contents.runs.append(
            WorkflowRun(
                id=run_id,
                number=number,
                name="Distribute",
                event="workflow_dispatch",
                branch="main",
                head_oid=tip,
                actor=who,
                created_at=now,
                path=CALLER,
            )
        )
    for at, name in enumerate(run.artifacts if run else ()):
        repository.contents.artifacts.append(
            Artifact(id=100 * run_id + at, name=name, size=1, run_id=run_id, created_at=now)
        )
    return run_id


def run_number(on: Stage, number: int) -> ActRun:
    run_id = known(on, number)
    run = on.run("distribute.yml", run_id=run_id, run_number=number)
    known(on, number, run)
    return run


def test_what_still_fails_is_counted_and_what_recovered_is_said(runner: ActRunner, tmp_path: Path) -> None:
    with stage(runner, tmp_path / "platform", seed(source=PLATFORM, fleet=FLEET, read_only=["acme/alpha", BETA])) as on:
        first = run_number(on, 411)
        assert first.result("report") == "failure"
        assert first.summary("report").count("No earlier report to compare with.") == 1

        on.sandbox.tokens[TOKEN] = replace(on.sandbox.tokens[TOKEN], read_only=frozenset({BETA}))
        second = run_number(on, 412)
        report = json.loads(ZipFile(second.artifacts["shared-config-report-a1"]).read("run-report.json"))
        assert report["changes"]["previous"]["run_number"] == 411
        assert report["failing_runs"] == {BETA: 2}
        assert "**still failing 1**: `acme/beta` (2nd run)" in second.summary("report")
        assert "recovered 1: `acme/alpha`" in second.summary("report")
        assert TOKEN not in second.log
        assert JOB_TOKEN not in second.log


def test_a_report_that_expired_between_the_jobs_is_one_quiet_line(runner: ActRunner, tmp_path: Path) -> None:
    with stage(runner, tmp_path / "platform", seed(source=PLATFORM, fleet=FLEET)) as on:
        gone = known(on, 511)
        repository = on.sandbox.world.repository(SOURCE)
        assert repository is not None
        repository.contents.artifacts.append(
            Artifact(id=1, name="shared-config-report-a1", size=1, run_id=gone, created_at=1_770_000_000.0)
        )
        run = run_number(on, 512)
        assert run.exit_code == 0, run.diagnosis
        assert run.output("discover", "discover", "previous-run-id") == str(gone)
        assert run.summary("report").count("No earlier report to compare with.") == 1
