"""Names of the artifacts that carry files from one job to another.

Each name holds the attempt: actions/upload-artifact refuses a name twice in one run.
"""

from __future__ import annotations

import re

FALLBACK_NAME = "action-patterns"
"""Prefix of an artifact's name if neither an input nor a plan gives one."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

NAME_RULE = "use lower-case letters, digits and hyphens, at most 63, starting with a letter or digit"


def is_name(name: str) -> bool:
    """Return whether a campaign, and its artifacts, may have the name. Every input `name` asks this.

    actions/upload-artifact takes such a name, and actions/download-artifact reads no pattern in it.
    """
    return _NAME.fullmatch(name) is not None


def plan_artifact(name: str, attempt: int) -> str:
    """Return the name of the artifact with a campaign's plan."""
    return f"{name}-plan-a{attempt}"


RECORDS_ARTIFACT = re.compile(r"(.+)-records-([0-9]{1,9})-a([1-9][0-9]{0,5})", re.ASCII)
"""Name, leg and attempt."""


def records_artifact(name: str, index: int, attempt: int) -> str:
    """Return the name of the artifact with the records of one leg."""
    return f"{name}-records-{index}-a{attempt}"


def report_artifact(name: str, attempt: int) -> str:
    """Return the name of the artifact with a campaign's report."""
    return f"{name}-report-a{attempt}"
