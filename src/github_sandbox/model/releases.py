"""Releases, and the environments that jobs deploy to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from github_sandbox.model.accounts import Account


@dataclass(eq=False, kw_only=True)
class Release:
    """A release. A draft has no tag until it is published: ``tag`` is the one that it will get."""

    id: int
    tag: str
    author: Account
    created_at: float
    target: str
    name: str | None = None
    body: str | None = None
    draft: bool = False
    prerelease: bool = False


@dataclass(eq=False, kw_only=True)
class Environment:
    id: int
    name: str
    created_at: float
    updated_at: float
    wait_timer: int = 0
    prevent_self_review: bool = False
    reviewers: list[dict[str, Any]] = field(default_factory=list)
    """Each with ``type`` and ``id``, as they were given."""
    branch_policy: dict[str, bool] | None = None
