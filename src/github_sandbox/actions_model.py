"""What GitHub Actions leaves behind: runs, their jobs and artifacts, checks on commits. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from github_sandbox.model import Account


@dataclass(eq=False)
class CheckRun:
    """``status``: queued, in_progress, completed; ``conclusion`` only then."""

    id: int
    name: str
    head_oid: str
    status: str = "completed"
    conclusion: str | None = "success"
    app: str = "github-actions"


@dataclass(eq=False)
class Artifact:
    id: int
    name: str
    size: int
    run_id: int
    created_at: float
    expired: bool = False


@dataclass(eq=False)
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


@dataclass(eq=False)
class WorkflowJob:
    """A job of one attempt of a run. ``runner`` "" = none took it, so it has no steps either."""

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
    """None = when it was created, as GitHub says of a job that waits."""
    completed_at: float | None = None
    """None = when it was created, of one that is completed."""
