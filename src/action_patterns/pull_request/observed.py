"""What was read about one target: the facts a decision is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from action_patterns.content.changes import Mode

PullRequestState = Literal["OPEN", "CLOSED", "MERGED"]
"""GitHub's own words (GraphQL enum PullRequestState)."""


@dataclass(frozen=True, slots=True)
class ObservedFile:
    """A path on the base branch."""

    oid: str
    mode: Mode | Literal["040000"]


@dataclass(frozen=True, slots=True)
class Tip:
    """The commit a branch points at."""

    oid: str
    tree: str
    message: str = ""
    parents: tuple[str, ...] = ()
    author: str = ""
    """`name <email>`, for the message that says whose commit stops us."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request whose head is the bot branch."""

    number: int
    url: str
    state: PullRequestState
    title: str
    body: str
    base: str
    head_oid: str
    draft: bool = False
    conflicting: bool = False
    """GitHub says it cannot be merged; False also while GitHub has not looked yet."""
    cross_repository: bool = False
    """The head is in a fork: another branch that happens to have the same name."""
    author: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()
    """Reviewers asked for: `login`, or `org/team`."""
    reviewed: tuple[str, ...] = ()
    """Logins that have reviewed, and `org/team` for a review given on a team's behalf."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One target at one moment."""

    repository: str
    """`owner/name` as GitHub spells it now."""
    repository_id: str
    archived: bool
    disabled: bool
    empty: bool
    can_push: bool | None
    """False where GitHub says that the person behind the token may only read; None = unknown, which blocks nothing."""
    base: str | None
    """The base branch; None when it does not exist."""
    base_tip: Tip | None
    files: dict[str, ObservedFile | None]
    """The touched paths on the base branch; None = absent."""
    branch_tip: Tip | None
    """The bot branch's tip; None = no such branch."""
    pull_requests: tuple[PullRequest, ...]
    """Every state, newest first."""
