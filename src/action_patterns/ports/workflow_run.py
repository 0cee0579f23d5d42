"""A run of a workflow, as GitHub lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """A run of a workflow."""

    id: int
    number: int
    """Number among the runs of its workflow. A re-run keeps it."""
    attempt: int
    workflow_id: int
    status: str
    """`completed`, `in_progress`, or a state of waiting."""
    conclusion: str | None
    """None: it has not ended."""
    event: str
    branch: str | None
    """Name of the head's branch or tag. None: GitHub names none."""
    home: int | None
    """Id of the head's repository: a fork's branch may have the name of ours. None: it is gone."""
    title: str
    """Title on the run's page, which `run-name` gives."""
    began_at: datetime
    """Begin of the newest attempt, by GitHub's clock."""
    url: str
