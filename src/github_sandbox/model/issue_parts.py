"""The parts that a pull request or an issue carries: labels, milestone, comments, reviews, events."""

from __future__ import annotations

from dataclasses import dataclass, field

from github_sandbox.clock import SEED_SECONDS
from github_sandbox.model.accounts import Account


@dataclass(eq=False, kw_only=True)
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(eq=False, kw_only=True)
class Milestone:
    id: int
    number: int
    title: str
    state: str = "open"
    description: str | None = None
    due_on: float | None = None


@dataclass(eq=False, kw_only=True)
class Comment:
    id: int
    author: Account
    body: str
    created_at: float
    updated_at: float


@dataclass(eq=False, kw_only=True)
class Review:
    id: int
    author: Account
    state: str
    on_behalf_of: list[str] = field(default_factory=list)
    """Slugs of the teams whose request this review answered."""
    body: str = ""
    commit_oid: str = ""
    submitted_at: float = SEED_SECONDS


@dataclass(eq=False, kw_only=True)
class RequestEvent:
    """A review request that was made or removed.

    ``event``: review_requested or review_request_removed. Exactly one of ``reviewer`` and ``team`` (a slug) is set.
    """

    id: int
    event: str
    actor: Account
    created_at: float
    reviewer: Account | None = None
    team: str | None = None


@dataclass(frozen=True)
class AutoMerge:
    """A standing order to merge once every requirement is met."""

    enabled_by: Account
    method: str
    enabled_at: float
