"""The variables that a runner gives a step of a job."""

from __future__ import annotations

from pathlib import Path

from action_patterns.ports.context import Context


def job_variables(context: Context, folder: Path, *, repository: str = "acme/source") -> dict[str, str]:
    """The variables of a scheduled run whose workspace is a folder, with the files of the runner below it."""
    return {
        "GITHUB_WORKSPACE": str(folder),
        "RUNNER_TEMP": str(folder / "temp"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_REPOSITORY": repository,
        "GITHUB_SHA": "0" * 40,
        "GITHUB_WORKFLOW": "Test",
        "GITHUB_JOB": "test",
        "GITHUB_EVENT_NAME": "schedule",
        "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "7",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_SERVER_URL": context.server_url,
        "GITHUB_API_URL": context.api_url,
        "GITHUB_GRAPHQL_URL": context.graphql_url,
        "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0",
    }
