"""Results of GitHub Actions: workflow runs, their jobs and artifacts, check runs on commits."""

from __future__ import annotations

from dataclasses import dataclass

from github_sandbox.model.accounts import Account


@dataclass(eq=False, kw_only=True)
class CheckRun:
    """``status``: queued, in_progress or completed. ``conclusion``: None unless completed."""

    id: int
    name: str
    head_oid: str
    status: str = "completed"
    conclusion: str | None = "success"
    app: str = "github-actions"


@dataclass(eq=False, kw_only=True)
class Artifact:
    id: int
    name: str
    size: int
    run_id: int
    created_at: float
    expired: bool = False


@dataclass(eq=False, kw_only=True)
class WorkflowRun:
    id: int
    number: int
    name: str
    event: str
    branch: str
    head_oid: str
    actor: Account
    created_at: float
    status: str = "completed"
    conclusion: str | None = "success"
    attempt: int = 1
    path: str = ".github/workflows/ci.yml"
    title: str = ""
    """Empty: the name of the workflow."""
    started_at: float | None = None
    """Begin of the newest attempt. None: the time of creation."""
    fork: str | None = None
    """Full name of the head's repository. None: it is the run's."""
    stuck: bool = False
    """Whether GitHub refuses to cancel it although it has not ended."""


@dataclass(eq=False, kw_only=True)
class WorkflowJob:
    """A job of one attempt of a run. ``runner`` "": no runner took the job, so it has no steps."""

    id: int
    run_id: int
    name: str
    created_at: float
    attempt: int = 1
    status: str = "completed"
    conclusion: str | None = "success"
    runner: str = "GitHub Actions 1"
    labels: tuple[str, ...] = ("ubuntu-latest",)
    started_at: float | None = None
    """None: the time of creation, which GitHub reports for a waiting job."""
    completed_at: float | None = None
    """None: the time of creation, if the job is completed."""
