"""Files of the runner and of other steps, by name: they hold credentials, and never are content."""

from __future__ import annotations

from pathlib import PurePosixPath

COMMAND_FILES = "_runner_file_commands"
"""Directory of GITHUB_ENV, GITHUB_OUTPUT and the like (actions/runner, FileCommandManager)."""
_WORKFLOW_FILES = "_github_workflow"
"""Directory of the event's payload (actions/runner, ExecutionContext)."""
_CREDENTIALS = "git-credentials-"
"""Prefix of the file in which actions/checkout 6 keeps its token."""


def runner_file(path: str) -> str | None:
    """Return the part of a path that makes it a runner's file. None: it is none."""
    parts = PurePosixPath(path.lower()).parts
    for part in parts:
        if part in (COMMAND_FILES, _WORKFLOW_FILES) or part.startswith(_CREDENTIALS):
            return part
    return None
