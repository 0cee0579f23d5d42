"""Workflow runs, their jobs, and what they left behind: as much as it takes to report one beside the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from action_patterns.contracts.artifact import report_artifact
from action_patterns.errors import UnavailableError
from action_patterns.github_api.transport.calls import PAGE_SIZE, Calls, next_page
from action_patterns.ports.workflow_runs import Job, ReportArtifact

RUNS_LISTED = 30
LOOKUPS = 8
"""Runs that were cancelled early left no report; after this many looks the comparison is not worth more."""


class WorkflowRunsClient:
    """ports.WorkflowRuns."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def jobs(self, repository: str, run_id: int) -> tuple[Job, ...]:
        found: dict[int, Job] = {}  # by id: a job that begins meanwhile shifts the pages, and one is listed twice
        total, asked = 0, urlencode({"filter": "all", "per_page": PAGE_SIZE})
        path = f"/repos/{repository}/actions/runs/{run_id}/jobs"
        while asked:
            answer = self._calls.transport.send("safe", "read", "GET", f"{path}?{asked}", scope=repository)
            try:
                total = int(answer.data["total_count"])
                found |= {job.id: job for job in map(_job, answer.data["jobs"])}
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
                raise UnavailableError(
                    f"GitHub's list of the jobs of run {run_id} is not of the form it documents.",
                    remediation="Run again. If it stays, report it with the request's id.",
                    request_id=answer.headers.get("x-github-request-id"),
                ) from error
            asked = next_page(answer.headers.get("link", "")) or ""
        if len(found) < total:
            raise UnavailableError(
                f"GitHub counts {total:,} jobs of run {run_id}, but listed {len(found):,}.",
                remediation="Run again: the report cannot know the state of an unlisted job.",
            )
        return tuple(found.values())

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


def _job(node: Any) -> Job:
    conclusion = node["conclusion"]
    return Job(
        id=int(node["id"]),
        name=str(node["name"]),
        attempt=int(node.get("run_attempt") or 1),
        status=str(node["status"]),
        conclusion=None if conclusion is None else str(conclusion),
        url=str(node.get("html_url") or ""),
        runner=str(node.get("runner_name") or ""),
        # One that no runner took has the runner 0, or none; which of these, and in which field, is not documented.
        began=bool(node.get("runner_id") or node.get("runner_name") or node.get("steps")),
    )


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
            yield int(other["id"]), report_artifact(name, attempt)
