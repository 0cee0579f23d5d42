"""A run of record and report in memory: legs record, artifacts carry the files, one job reports.

Artifacts are as GitHub has them: a name is taken once, and a download merges their files or puts each into a folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, ClassVar

from action_patterns.action.contract import Finish
from action_patterns.actions import record, report
from action_patterns.actions.record.interface import RecordInputs
from action_patterns.actions.report.interface import ReportInputs, ReportOutputs
from action_patterns.contracts import Outcomes, Plan, RunReport, TargetResult
from action_patterns.ports.workflow_runs import Job, RunArtifact
from support.fake_github import FakeGitHub
from support.memory_ports import MemoryFiles, MemoryLog, World
from support.report_builders import context, plan


@dataclass
class ReportStage:
    """One run, its plan and its artifacts."""

    SECRET: ClassVar[str] = "hunter2-hunter2"
    """A secret of the jobs that record."""

    plan: Plan = field(default_factory=lambda: plan("acme/api", "acme/web", name="sync"))
    artifacts: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """By the artifact's name, its files."""

    def record(
        self, index: int, outcome: str | None = "updated", *, job: str = "work", attempt: int = 1, **inputs: Any
    ) -> TargetResult:
        """Record one target, and upload the file as an artifact."""
        files = MemoryFiles({"plan.json": self.plan.encode(), **inputs.pop("files", {})})
        world = World(files=files, context=context(job=job, run_attempt=attempt), log=MemoryLog(secrets=(self.SECRET,)))
        given = {"plan": "plan.json", "target": self.plan.roster[index].target.address, "index": index}
        if outcome is not None:
            given |= {"outcome": outcome, "reason": f"{job}-{outcome}"}
        done = record.run(RecordInputs(**(given | inputs)), world.ports()).outputs
        assert done.artifact_name not in self.artifacts, "actions/upload-artifact takes a name once in a run"
        written = files.read(done.path)
        self.artifacts[done.artifact_name] = {PurePosixPath(done.path).name: written}
        return TargetResult.decode(written.decode(), name=done.path)

    def report(
        self,
        *,
        merged: bool = True,
        attempt: int = 1,
        jobs: tuple[Job, ...] = (),
        stored: tuple[RunArtifact, ...] = (),
        has_plan: bool = True,
        **inputs: Any,
    ) -> tuple[RunReport, Finish[ReportOutputs]]:
        """Download every artifact and report. Return the report and what the step gives."""
        files, finish = self._reported(
            merged=merged, attempt=attempt, jobs=jobs, stored=stored, has_plan=has_plan, **inputs
        )
        return RunReport.decode(files.read(finish.outputs.path).decode(), name="run-report.json"), finish

    def handed_on(self, **inputs: Any) -> Outcomes:
        """Report, and return the file for the next job."""
        files, finish = self._reported(**inputs)
        return Outcomes.decode(files.read(finish.outputs.outcomes).decode(), name="outcomes.json")

    def _reported(
        self,
        *,
        merged: bool = True,
        attempt: int = 1,
        jobs: tuple[Job, ...] = (),
        stored: tuple[RunArtifact, ...] = (),
        has_plan: bool = True,
        **inputs: Any,
    ) -> tuple[MemoryFiles, Finish[ReportOutputs]]:
        files = {"plan/plan.json": self.plan.encode()} if has_plan else {}
        downloaded = {
            f"records/{file}" if merged else f"records/{artifact}/{file}": content
            for artifact, held in self.artifacts.items()
            for file, content in held.items()
        }
        github = FakeGitHub()
        github.runs.listed, github.runs.stored = jobs, stored
        world = World(
            github=github,
            files=MemoryFiles({**files, **downloaded}),
            context=context(job="report", run_attempt=attempt),
        )
        given = {"plan": "plan/plan.json", "records": "records"} | inputs
        return world.files, report.run(ReportInputs(**given), world.ports())

    def outcomes(self, **inputs: Any) -> dict[str, str]:
        """Return the outcome of each target in the report."""
        return {result.target: result.outcome for result in self.report(**inputs)[0].results}

    def rename(self, artifact: str, file: str) -> None:
        """Give the one file of an artifact another name."""
        (content,) = self.artifacts[artifact].values()
        self.artifacts[artifact] = {file: content}

    def of_plan(self, roster: Plan) -> ReportStage:
        """Return another run with the same artifacts."""
        return replace(self, plan=roster)
