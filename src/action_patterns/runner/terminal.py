"""A terminal instead of a runner: the same ports, with what a person's shell and checkout say."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from action_patterns.errors import InputError, Problem
from action_patterns.limits.published import WRITE_SPACING_SECONDS
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.runner.addresses import addresses
from action_patterns.runner.environment import authorities

TOKEN_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")
"""In the order in which GitHub's own command line looks for a token."""


def server_url(environment: Mapping[str, str]) -> str:
    """Return the address of GitHub."""
    return addresses(environment).server


def context(
    environment: Mapping[str, str],
    workspace: Path,
    *,
    repository: str,
    sha: str,
    prefix: str = "",
    repository_id: str = "",
) -> Context:
    """The run as a terminal sees it: run 0, attempt 1."""
    found = addresses(environment)
    return Context(
        repository=repository,
        repository_id=repository_id,
        sha=sha,
        run_id=0,
        run_number=0,
        run_attempt=1,
        workflow="terminal",
        job="terminal",
        event_name="terminal",
        ref_name="",
        default_branch=None,
        server_url=found.server,
        api_url=found.api,
        graphql_url=found.graphql,
        workspace=str(workspace),
        prefix=prefix,
        authorities=authorities(environment),
        temp=tempfile.mkdtemp(prefix="action-patterns-"),
        write_spacing_seconds=float(environment.get("ACTION_PATTERNS_WRITE_SPACING_SECONDS") or WRITE_SPACING_SECONDS),
    )


def credentials(environment: Mapping[str, str]) -> Credentials:
    """The token of the shell.

    Raises:
        InputError: there is none.
    """
    for name in TOKEN_VARIABLES:
        if token := environment.get(name, "").strip():
            return Credentials(token)
    raise InputError(
        Problem(
            f"There is no token: neither {' nor '.join(TOKEN_VARIABLES)} is set.",
            "Set one for this command, for example: GH_TOKEN=$(gh auth token) action-patterns plan. Do not put a token"
            " on the command line itself: it would stay in the shell's history.",
        )
    )
