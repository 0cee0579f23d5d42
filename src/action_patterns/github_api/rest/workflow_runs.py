"""Workflow runs, their jobs, and what they left behind: as much as it takes to report one beside the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from action_patterns.contracts.artifact import report_artifact
from action_patterns.errors import UnavailableError
from action_patterns.github_api.graphql.decode import moment
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.workflow_runs import Job, ReportArtifact, RunArtifact, RunState

if TYPE_CHECKING:
    from action_patterns.ports.workflow_run import WorkflowRun

T = TypeVar("T")

RUNS_LISTED = 30
LOOKUPS = 8
"""Runs that were cancelled early left no report; after this many looks the comparison is not worth more."""


class WorkflowRunsClient:
    """ports.WorkflowRuns."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, repository: str, run_id: int, etag: str = "") -> RunState | None:
        found = self._calls.poll(repository, f"/actions/runs/{run_id}", etag)
        if found is None:
            return None
        run, version = found
        return RunState(_attempt(run), run["status"].text() == "completed", version)

    def jobs(self, repository: str, run_id: int) -> tuple[Job, ...]:
        return tuple(self._listed(repository, run_id, "jobs", _job, filter="all").values())

    def artifacts(self, repository: str, run_id: int) -> tuple[RunArtifact, ...]:
        return tuple(self._listed(repository, run_id, "artifacts", _artifact).values())

    def _listed(
        self, repository: str, run_id: int, kind: str, read: Callable[[Answer], T], **query: str
    ) -> dict[int, T]:
        """Return all that a run has of a kind, by id: one that comes meanwhile shifts the pages, and another is listed
        twice.
        """
        found: dict[int, T] = {}
        total = 0
        for page in self._calls.pages(f"/repos/{repository}/actions/runs/{run_id}/{kind}", scope=repository, **query):
            total = page.answer["total_count"].number()
            found |= {item["id"].number(): read(item) for item in page.answer[kind].items()}
        if len(found) < total:
            raise UnavailableError(
                f"GitHub counts {total:,} {kind} of run {run_id}, but listed {len(found):,}.",
                remediation="Run again: the report cannot know the state of what is not listed.",
            )
        return found

    def show(self, repository: str, run_id: int) -> WorkflowRun:
        found = _run(self._calls.read(repository, f"/actions/runs/{run_id}"))
        expect(found.id == run_id, f"run {run_id}", found.id)
        return found

    def list_runs(self, repository: str, workflow_id: int, status: str, **narrowed: str) -> tuple[WorkflowRun, ...]:
        path = f"/repos/{repository}/actions/workflows/{workflow_id}/runs"
        pages = self._calls.pages(path, scope=repository, status=status, **narrowed)
        # A run that begins or ends meanwhile shifts the pages, and another is listed twice.
        found = {run.id: run for page in pages for run in map(_run, page.answer["workflow_runs"].items())}
        return tuple(found.values())

    def cancel(self, repository: str, run_id: int) -> None:
        self._calls.rest("unsafe", "write", "POST", repository, f"/actions/runs/{run_id}/cancel")

    def previous_report(self, repository: str, run_id: int, *, name: str) -> ReportArtifact | None:
        run = self._calls.read(repository, f"/actions/runs/{run_id}")
        branch = run["head_branch"].text() if run["head_branch"] else ""
        query = urlencode({"branch": branch, "per_page": RUNS_LISTED})
        workflow = run["workflow_id"].number()
        listed = self._calls.read(repository, f"/actions/workflows/{workflow}/runs?{query}")["workflow_runs"].items()
        for looked, (earlier, artifact) in enumerate(_candidates(run, listed, name)):
            if looked == LOOKUPS:
                break
            asked = urlencode({"name": artifact, "per_page": 10})
            found = self._calls.read(repository, f"/actions/runs/{earlier}/artifacts?{asked}")["artifacts"].items()
            if any(item["name"].text() == artifact and not item["expired"].flag() for item in found):
                return ReportArtifact(earlier, artifact)
        return None


def _run(node: Answer) -> WorkflowRun:
    from action_patterns.ports.workflow_run import WorkflowRun  # one action uses it, and all import this module

    branch, conclusion = node["head_branch"], node["conclusion"]
    return WorkflowRun(
        id=node["id"].number(),
        number=node["run_number"].number(),
        attempt=_attempt(node),
        workflow_id=node["workflow_id"].number(),
        status=node["status"].text(),
        conclusion=conclusion.text() if conclusion else None,
        event=node["event"].text(),
        branch=branch.text() if branch else None,
        home=_home(node),
        # Servers before GHES 3.6 have no field of this name.
        title=node["display_title"].hint(str) or "",
        began_at=_began_at(node),
        url=node["html_url"].text(),
    )


def _began_at(node: Answer) -> datetime:
    place = next((node[name] for name in ("run_started_at", "created_at") if node[name]), node["created_at"])
    found = moment(place)
    if found is None:
        raise place.error("is null, where a time belongs")
    return found


def _job(node: Answer) -> Job:
    if not node.has("conclusion"):
        raise node.error("says nothing of a conclusion")  # null is a job that has none yet.
    conclusion = node["conclusion"]
    return Job(
        id=node["id"].number(),
        name=node["name"].text(),
        attempt=_attempt(node),
        status=node["status"].text(),
        conclusion=conclusion.text() if conclusion else None,
        url=node["html_url"].hint(str) or "",
        runner=node["runner_name"].hint(str) or "",
        # One that no runner took has the runner 0, or none; which of these, and in which field, is not documented.
        began=bool(node["runner_id"].hint(int) or node["runner_name"].hint(str) or node["steps"].hint(list)),
    )


def _artifact(node: Answer) -> RunArtifact:
    return RunArtifact(name=node["name"].text(), expired=node["expired"].flag())


def _attempt(node: Answer) -> int:
    # Servers before GHES 3.5 have no field of this name.
    return node["run_attempt"].number() if node["run_attempt"] else 1


def _candidates(run: Answer, listed: list[Answer], name: str) -> Iterator[tuple[int, str]]:
    """Run and artifact to look for, the newest run first, and of a run its last attempt first."""
    # By number, not by time: re-running an old run makes it no later. A fork's branch may have the name of ours.
    number, home = run["run_number"].number(), _home(run)
    earlier = [other for other in listed if other["run_number"].number() < number and _home(other) == home]
    for other in sorted(earlier, key=lambda other: -other["run_number"].number()):
        for attempt in range(_attempt(other), 0, -1):
            yield other["id"].number(), report_artifact(name, attempt)


def _home(run: Answer) -> int | None:
    head = run["head_repository"]
    return head["id"].number() if head else None
