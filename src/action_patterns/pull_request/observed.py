"""What was read about one target: the facts a decision is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from action_patterns.content.changes import Mode

PullRequestState = Literal["OPEN", "CLOSED", "MERGED"]
"""GitHub's own words (GraphQL enum PullRequestState)."""
ReviewDecision = Literal["APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"]
"""GitHub's own words (GraphQL enum PullRequestReviewDecision)."""


@dataclass(frozen=True, slots=True)
class ObservedFile:
    """A path on a branch."""

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
    verified: bool | None = None
    """Whether GitHub shows its signature as verified; None = not asked."""


@dataclass(frozen=True, slots=True)
class RefRule:
    """What protection and rulesets say of a branch, for this token; None = GitHub does not say."""

    may_push: bool | None = None
    may_force: bool | None = None
    needs_signatures: bool | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """An open milestone."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request that the token's own account wrote."""

    id: int
    url: str
    body: str


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
    id: str = ""
    """GraphQL's node id, which draft and auto-merge are set by."""
    draft: bool = False
    conflicting: bool = False
    """GitHub says it cannot be merged; False also while GitHub has not looked yet."""
    foreign_head: bool = False
    """The head is in another repository: another branch that happens to have the same name."""
    author: str = ""
    by_us: bool | None = None
    """The token's own account opened it; None = GitHub does not say."""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()
    """Reviewers asked for: `login`, or `org/team`."""
    reviewed: tuple[str, ...] = ()
    """Logins that have reviewed, and `org/team` for a review given on a team's behalf."""
    milestone: Milestone | None = None
    auto_merge: str | None = None
    """Merge method of an enabled auto-merge, in lower case."""
    review: ReviewDecision | None = None
    """What GitHub makes of its reviews; None = there is nothing to say, or it was not told."""
    comments: tuple[Comment, ...] = ()
    """Those of the token's own account, oldest first."""


@dataclass(frozen=True, slots=True)
class IssueFields:
    """What a pull request shares with an issue, and is told of it as one."""

    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    milestone: Milestone | None


@dataclass(frozen=True, slots=True)
class Edited:
    """A pull request whose text, base or state was written."""

    after: PullRequest
    """As it is now, without reviews and comments."""
    overwritten: str | None
    """The body that stood just before; None = none did, or it was not told."""


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
    head_repository: str = ""
    """The repository that holds the bot branch; "" = the target itself."""
    head_repository_id: str = ""
    head_parent: str | None = None
    """What the head repository was forked from."""
    branch_files: dict[str, ObservedFile | None] | None = None
    """The touched paths on the bot branch; read only where commits of others are to be kept."""
    branch_clash: str | None = None
    """A branch whose name keeps the bot branch from being made: git has `x`, or `x/y`, but not both."""
    base_rule: RefRule = RefRule()
    branch_rule: RefRule = RefRule()
    milestones: tuple[Milestone, ...] = ()
    """Open milestones whose title resembles the wished one."""
    auto_merge_allowed: bool | None = None
    graphql: bool = True
    """GraphQL is served: nothing else makes a draft of an open pull request, or switches auto-merge."""
    leases: bool = True
    """The server swaps a ref only if it still is where it was read (GraphQL mutation updateRefs)."""
    may_change_workflows: bool | None = None
    """The token may write below `.github/workflows`; None = unknown."""
    signs: bool | None = None
    """GitHub signs commits this token makes without naming an author; None = unknown."""

    @property
    def holder(self) -> str:
        """The repository that holds the bot branch."""
        return self.head_repository or self.repository

    @property
    def holder_id(self) -> str:
        return self.head_repository_id or self.repository_id
