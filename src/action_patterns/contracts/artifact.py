"""Names of the artifacts that carry files from one job to another.

Each name holds the attempt: actions/upload-artifact refuses a name twice in one run.
"""

from __future__ import annotations

import re

FALLBACK_NAME = "action-patterns"
"""Prefix of an artifact's name if neither an input nor a plan gives one."""

_FORBIDDEN = re.compile(r'[\x00-\x1f":<>|*?\\/]')
"""actions/upload-artifact refuses these characters in a name."""


def forbidden_characters(name: str) -> tuple[str, ...]:
    """Return the characters of a name that no artifact's name may contain, sorted."""
    return tuple(sorted(set(_FORBIDDEN.findall(name))))


def plan_artifact(name: str, attempt: int) -> str:
    """Return the name of the artifact with a campaign's plan."""
    return f"{name}-plan-a{attempt}"


def records_artifact(name: str, index: int, attempt: int) -> str:
    """Return the name of the artifact with the records of one leg."""
    return f"{name}-records-{index}-a{attempt}"


def report_artifact(name: str, attempt: int) -> str:
    """Return the name of the artifact with a campaign's report."""
    return f"{name}-report-a{attempt}"
