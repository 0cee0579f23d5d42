"""Pull requests, and all that a decision about one needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from action_patterns.ports.git import NO_RULE, ObservedFile, RefRule, Tip
from action_patterns.ports.permissions import needs

PullRequestState = Literal["OPEN", "CLOSED", "MERGED"]
"""GitHub's own words (GraphQL enum PullRequestState)."""
ReviewDecision = Literal["APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"]
"""GitHub's own words (GraphQL enum PullRequestReviewDecision)."""


class Milestone(NamedTuple):
    """An open milestone."""

    number: int
    title: str


class Comment(NamedTuple):
    """A comment on a pull request, by the token's own account.

    REST does not tell an App who it is. Then these are the comments of every bot, and a marker must decide.
    """

    id: int
    url: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """GraphQL's node id, by which draft and auto-merge are set."""
    draft: bool = False
    conflicting: bool = False
    """GitHub says it cannot be merged. False also while GitHub has not looked yet."""
    foreign_head: bool = False
    """The head is in another repository: another branch of the same name."""
    author: str = ""
    by_us: bool | None = None
    """The token's own account opened it. None: GitHub does not say."""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()
    """Requested reviewers: `login`, or `org/team`."""
    reviewed: tuple[str, ...] = ()
    """Logins that have reviewed, and `org/team` for a review on a team's behalf."""
    knows_teams: bool = True
    """Which teams have reviewed is known."""
    milestone: Milestone | None = None
    auto_merge: str | None = None
    """Merge method of an enabled auto-merge, in lower case."""
    review: ReviewDecision | None = None
    """GitHub's verdict over the reviews. None: there is none, or it is not known."""
    comments: tuple[Comment, ...] = ()
    """Comments that may be ours, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFields:
    """The fields a pull request shares with an issue."""

    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    milestone: Milestone | None


class Edited(NamedTuple):
    """A pull request whose text, base or state was written."""

    after: PullRequest
    """The pull request after the edit, without reviews and comments."""
    overwritten: str | None
    """The body before the edit. None: there was none, or it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One target at one moment: the facts of a decision."""

    repository: str
    """`owner/name` as GitHub spells it now."""
    repository_id: str
    archived: bool
    disabled: bool
    empty: bool
    can_push: bool | None
    """False: GitHub says that the person behind the token may only read. None: not known, which blocks nothing."""
    base: str | None
    """The base branch. None: it does not exist."""
    base_tip: Tip | None
    files: dict[str, ObservedFile | None]
    """The touched paths on the base branch. None: absent."""
    branch_tip: Tip | None
    """The bot branch's tip. None: there is no such branch."""
    pull_requests: tuple[PullRequest, ...]
    """Pull requests of every state, newest first."""
    head_repository: str = ""
    """The repository that holds the bot branch; "": the target itself."""
    head_repository_id: str = ""
    head_parent: str | None = None
    """The repository that the head repository was forked from."""
    proposed: dict[str, ObservedFile | None] = field(default_factory=dict)
    """The paths whose content was asked for, on the bot branch."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    """Contents that were read, by their object ids."""
    branch_files: dict[str, ObservedFile | None] | None = None
    """The touched paths on the bot branch; read only where commits of others are to be kept."""
    closed_files: dict[str, ObservedFile | None] | None = None
    """The touched paths at the head of the pull request that a person closed; read only where its content counts."""
    branch_below: tuple[Tip, ...] = ()
    """Commits below the bot branch's tip, the newest first; read only where the tip is not ours."""
    parent_on_base: bool | None = None
    """The last parent of the bot branch's tip is a commit of the base branch. None: not known."""
    stacked: tuple[int, ...] = ()
    """Numbers of open pull requests whose base is the bot branch: GitHub closes them if it is deleted."""
    newer_commits: dict[str, bool | None] | None = None
    """Commits of runs of other workflows that wrote before; True: this run's commit is an ancestor. None: not read."""
    branch_clash: str | None = None
    """A branch whose name keeps the bot branch from being made: git has `x` or `x/y`, never both."""
    base_rule: RefRule = NO_RULE
    branch_rule: RefRule = NO_RULE
    milestones: tuple[Milestone, ...] = ()
    """Open milestones whose title resembles the desired one."""
    auto_merge_allowed: bool | None = None
    graphql: bool = True
    """GraphQL is served. Only GraphQL makes a draft of an open pull request, or switches auto-merge."""
    compare_and_swap: bool = True
    """The server updates a ref only if it is where it was read (GraphQL mutation updateRefs)."""
    may_change_workflows: bool | None = None
    """The token may write below `.github/workflows`. None: not known."""
    signs: bool | None = None
    """GitHub signs commits that this token makes without naming an author. None: not known."""

    @property
    def holder(self) -> str:
        """The repository that holds the bot branch."""
        return self.head_repository or self.repository

    @property
    def holder_id(self) -> str:
        """Node id of the repository that holds the bot branch."""
        return self.head_repository_id or self.repository_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPullRequest:
    """The fields of `POST /repos/{owner}/{repo}/pulls`."""

    title: str
    body: str
    head: str
    """A branch."""
    base: str
    draft: bool
    head_repository: str | None = None
    """The fork that holds `head`. None: the repository itself."""


class PullRequests(Protocol):
    """Pull requests of a repository: read whole, written field by field."""

    @needs(metadata="read", contents="read", pull_requests="read")
    def observe(
        self,
        repository: str,
        *,
        branch: str,
        base: str | None,
        paths: Sequence[str],
        contents: Sequence[str] = (),
        head_repository: str | None = None,
        milestone: str | None = None,
    ) -> Observed:
        """Return all that a decision about one pull request needs, in one request.

        More than 200 paths or 100 comments take more requests. `contents`: those of `paths` whose content is needed,
        on the base and on the bot branch. `blobs` has what GitHub gives in one request; the others must be read.
        `head_repository`: the fork that holds `branch`; `milestone`: a title to look for.
        """

    @needs(pull_requests="write")
    def create(self, repository: str, new: NewPullRequest) -> PullRequest:
        """Open a pull request.

        Raises:
            RefusedError: GitHub answered 422.
            AnswerLostError: it may exist; observe before sending again.
        """

    @needs(pull_requests="write")
    def update(self, repository: str, number: int, pull_id: str, fields: dict[str, str]) -> Edited:
        """Write title, body, base or state (`open`, `closed`). Over REST, `head_oid` of the answer may be late."""

    @needs(pull_requests="write")
    def set_issue_fields(
        self,
        repository: str,
        number: int,
        *,
        labels: Sequence[str],
        assignees: Sequence[str],
        milestone: int | None = None,
    ) -> IssueFields:
        """Overwrite labels and assignees: only right for a pull request created in this run."""

    @needs(pull_requests="write")
    def set_milestone(self, repository: str, number: int, milestone: int | None) -> IssueFields:
        """Set the milestone by its number. None: remove it."""

    @needs(pull_requests="write")
    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> tuple[str, ...]:
        """Add labels; present ones stay. Returns all labels that it has now."""

    @needs(pull_requests="write")
    def remove_label(self, repository: str, number: int, label: str) -> None:
        """Remove a label; an absent one is no error."""

    @needs(pull_requests="write")
    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        """Add assignees. GitHub ignores a login that cannot be assigned: the answer shows who is."""

    @needs(pull_requests="write")
    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        """Remove assignees."""

    @needs("members: read, to ask teams for a review", pull_requests="write")
    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> PullRequest:
        """Request reviews. Returns the pull request without reviews and comments; its `head_oid` may be late."""

    @needs(pull_requests="write")
    def convert_to_draft(self, repository: str, pull_id: str) -> PullRequest:
        """Make it a draft. Returns the pull request without reviews and comments."""

    @needs(pull_requests="write")
    def set_auto_merge(self, repository: str, pull_id: str, method: str | None) -> None:
        """Enable auto-merge with `merge`, `squash` or `rebase`. None: disable it."""

    @needs(pull_requests="write")
    def create_comment(self, repository: str, number: int, body: str) -> None:
        """Comment. Raises AnswerLostError: it may exist; observe before sending again."""

    @needs(pull_requests="write")
    def update_comment(self, repository: str, comment: int, body: str) -> None:
        """Replace a comment's text."""

    @needs(pull_requests="write")
    def delete_comment(self, repository: str, comment: int) -> None:
        """Delete a comment; an absent one is no error."""
