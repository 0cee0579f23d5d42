"""Runs of a repository's workflows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.workflow_run import WorkflowRun


class ReportArtifact(NamedTuple):
    """An artifact that holds a run-report.json."""

    run_id: int
    name: str


class RunArtifact(NamedTuple):
    """An artifact of a run. GitHub lists an expired one, and holds its files no longer."""

    name: str
    expired: bool


class RunState(NamedTuple):
    """A run, as GitHub calls it now."""

    attempt: int
    """The newest attempt. Each earlier one has ended."""
    completed: bool
    """Whether the newest attempt has ended, cancelled or not."""
    etag: str = ""
    """Version of the answer. Empty: it has none."""

    def is_over(self, attempt: int) -> bool:
        """Return whether an attempt has ended."""
        return self.completed or attempt < self.attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of one attempt of a run. GitHub lists every job in every attempt, those it did not run again too."""

    id: int
    name: str
    """The name on the run's page, `<calling job> / <job>`: text that others write."""
    attempt: int
    status: str
    """`completed`, or a state of waiting or running."""
    conclusion: str | None
    """`success`, `failure`, `cancelled`, `skipped` and rarer ones. None: it has not ended."""
    url: str
    """The page with its log; "": GitHub names none."""
    runner: str = ""
    """Name of the runner that took it."""
    began: bool = True
    """False: no runner took it, so none of its steps has run."""


class WorkflowRuns(Protocol):
    """Jobs and artifacts of runs."""

    @needs(actions="read")
    def read(self, repository: str, run_id: int, etag: str = "") -> RunState | None:
        """Return how a run stands. None: as at `etag`, which GitHub does not count against the rate limit."""

    @needs(actions="read")
    def jobs(self, repository: str, run_id: int) -> tuple[Job, ...]:
        """Return every job of every attempt of a run, complete or an error."""

    @needs(actions="read")
    def artifacts(self, repository: str, run_id: int) -> tuple[RunArtifact, ...]:
        """Return every artifact of a run, of all its attempts, complete or an error."""

    @needs(actions="read")
    def show(self, repository: str, run_id: int) -> WorkflowRun:
        """Return a run."""

    @needs(actions="read")
    def list_runs(self, repository: str, workflow_id: int, status: str, **narrowed: str) -> tuple[WorkflowRun, ...]:
        """Return the runs of a workflow in one status, newest first. GitHub lists at most 1,000.

        `narrowed`: `branch` and `event`.
        """

    @needs(actions="write")
    def cancel(self, repository: str, run_id: int) -> None:
        """Ask GitHub to cancel a run, which happens later.

        Raises:
            ConflictError: GitHub does not: it has ended, or was never queued.
            AnswerLostError: it may be cancelled.
        """

    @needs(actions="read")
    def previous_report(self, repository: str, run_id: int, *, name: str) -> ReportArtifact | None:
        """Return the report of the last earlier run of the same workflow and branch that left one.

        `name` is the campaign's; its reports are `<name>-report-a<attempt>`. An expired report does not count.
        """
