"""Workflow runs and what they left behind: as much as it takes to find the report of the run before this one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from action_patterns.github_api.calls import Calls
from action_patterns.ports import ReportArtifact

RUNS_LISTED = 30
LOOKUPS = 8
"""Runs that were cancelled early left no report; after this many looks the comparison is not worth more."""


class RunsGateway:
    """ports.WorkflowRuns."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def previous_report(self, repository: str, run_id: int, *, name: str) -> ReportArtifact | None:
        run = self._calls.read(repository, f"/actions/runs/{run_id}")
        query = urlencode({"branch": run["head_branch"] or "", "per_page": RUNS_LISTED})
        listed = self._calls.read(repository, f"/actions/workflows/{run['workflow_id']}/runs?{query}")["workflow_runs"]
        for looked, (earlier, artifact) in enumerate(_candidates(run, listed, name)):
            if looked == LOOKUPS:
                break
            wanted = urlencode({"name": artifact, "per_page": 10})
            found = self._calls.read(repository, f"/actions/runs/{earlier}/artifacts?{wanted}")["artifacts"]
            if any(item["name"] == artifact and not item["expired"] for item in found):
                return ReportArtifact(earlier, artifact)
        return None


def _candidates(run: Any, listed: list[Any], name: str) -> Iterator[tuple[int, str]]:
    """Run and artifact to look for, the newest run first, and of a run its last attempt first."""
    home = (run.get("head_repository") or {}).get("id")
    # By number, not by time: re-running an old run makes it no later. A fork's branch may have the name of ours.
    earlier = [
        other
        for other in listed
        if other["run_number"] < run["run_number"] and (other.get("head_repository") or {}).get("id") == home
    ]
    for other in sorted(earlier, key=lambda other: -int(other["run_number"])):
        for attempt in range(int(other.get("run_attempt") or 1), 0, -1):
            yield int(other["id"]), f"{name}-report-a{attempt}"
