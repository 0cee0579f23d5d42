"""The writes a decision asks for, as data: a dry run prints them, `converge` sends them, nothing else exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from action_patterns.content.blob import as_text
from action_patterns.content.changes import FileChange, ancestors
from action_patterns.ports.git import Person, TreeEntry
from action_patterns.ports.pull_requests import NewPullRequest

MAX_TREE_ENTRIES = 500
MAX_TREE_BYTES = 1024 * 1024
"""Per `POST /git/trees`. GitHub states no limit; large inline trees have timed out with 422, so this stays well below.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBranch:
    """Objects first (invisible), then one compare-and-swap of the branch."""

    branch: str
    before: str | None
    parents: tuple[str, ...]
    parent_tree: str
    changes: tuple[FileChange, ...]
    message: str
    key: str
    digest: str
    kept: str = ""
    """The last commit of others that this one goes on top of."""
    compare_and_swap: bool = True
    author: Person | None = None
    committer: Person | None = None
    signed_off_by: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreBranch:
    """Put the bot branch where it was when its pull request was closed."""

    branch: str
    before: str | None
    after: str
    compare_and_swap: bool = True


@dataclass(frozen=True, slots=True)
class DeleteBranch:
    """Delete the bot branch, if it still is at `before`."""

    branch: str
    before: str


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """Open the pull request."""

    new: NewPullRequest


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open the closed pull request again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIssueFields:
    """Only ever for a pull request opened in this run."""

    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    milestone: int | None = None
    milestone_asked_for: str = ""


@dataclass(frozen=True, slots=True)
class UpdatePullRequest:
    """Title, body, base or state, in one PATCH."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AddLabels:
    """Labels that are missing."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveLabel:
    """A label that an earlier run set and that is no longer desired."""

    label: str


@dataclass(frozen=True, slots=True)
class AddAssignees:
    """Assignees that are missing."""

    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveAssignees:
    """Assignees that an earlier run set and that are no longer desired."""

    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetMilestone:
    """The milestone, or none; `wished` as it was asked for, by its title or its number."""

    milestone: int | None
    asked_for: str = ""


@dataclass(frozen=True, slots=True)
class RequestReviewers:
    """Reviewers who were not asked yet and have not reviewed."""

    reviewers: tuple[str, ...]
    team_reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakeDraft:
    """Convert the pull request to a draft."""


@dataclass(frozen=True, slots=True)
class SetAutoMerge:
    """Have GitHub merge it by this method once it may; None = no more."""

    method: str | None


@dataclass(frozen=True, slots=True)
class WriteComment:
    """A comment of ours: a new one, or (`id`) another text for one that is there."""

    part: str
    body: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteComment:
    """A comment of ours that says nothing any more, or says it twice."""

    id: int


Step = (
    WriteBranch
    | RestoreBranch
    | DeleteBranch
    | OpenPullRequest
    | Reopen
    | SetIssueFields
    | UpdatePullRequest
    | AddLabels
    | RemoveLabel
    | AddAssignees
    | RemoveAssignees
    | SetMilestone
    | RequestReviewers
    | MakeDraft
    | SetAutoMerge
    | WriteComment
    | DeleteComment
)

FIELDS = (
    *("state", "branch", "content"),
    *("title", "base", "body", "labels", "assignees", "reviewers", "milestone", "draft", "auto-merge", "comments"),
)
"""Fields that a run may change, in the order of a result."""

FIELD_OF: dict[type, str] = {
    DeleteBranch: "branch",
    AddLabels: "labels",
    RemoveLabel: "labels",
    AddAssignees: "assignees",
    RemoveAssignees: "assignees",
    SetMilestone: "milestone",
    MakeDraft: "draft",
    SetAutoMerge: "auto-merge",
    WriteComment: "comments",
    DeleteComment: "comments",
}
"""Steps that are about one field: GitHub's refusal of one costs that field, never the pull request."""


def fields_of(step: Step) -> tuple[str, ...]:
    """Return the fields that a step changes."""
    match step:
        case WriteBranch():
            return ("content",)
        case UpdatePullRequest(fields=fields):
            return tuple(name for name, _ in fields)
        case Reopen():
            return ("state",)
        case RequestReviewers():
            return ("reviewers",)
        case _:
            return (FIELD_OF[type(step)],) if type(step) in FIELD_OF else ()


def tree_chunks(changes: tuple[FileChange, ...]) -> list[list[FileChange]]:
    """The changes in portions that one tree request takes, in order.

    A deletion that makes room, for a file where a directory was or the other way round, is sent before the rest: GitHub
    does not say in which order it takes the entries of one request, and refuses to delete what is gone already.
    """
    first = _making_room(changes)
    paths = {change.path for change in first}
    rest = [change for change in changes if change.path not in paths]
    return [*(_portions(first) if first else ()), *_portions(rest)]


def _making_room(changes: tuple[FileChange, ...]) -> list[FileChange]:
    wanted = {change.path for change in changes if change.mode is not None}
    directories = {parent for path in wanted for parent in ancestors(path)}
    return [
        change
        for change in changes
        if change.mode is None and (change.path in directories or not wanted.isdisjoint(ancestors(change.path)))
    ]


def _portions(changes: Sequence[FileChange]) -> list[list[FileChange]]:
    chunks: list[list[FileChange]] = [[]]
    size = 0
    for change in changes:
        weight = len(change.content) if travels_inline(change) else 0
        if chunks[-1] and (len(chunks[-1]) >= MAX_TREE_ENTRIES or size + weight > MAX_TREE_BYTES):
            chunks.append([])
            size = 0
        chunks[-1].append(change)
        size += weight
    return chunks


def travels_inline(change: FileChange) -> bool:
    """Return whether the content goes inside the tree request: binary and large content needs a blob request."""
    return (
        change.mode is not None
        and change.gitlink is None
        and len(change.content) <= MAX_TREE_BYTES
        and as_text(change.content) is not None
    )


def needs_blob(change: FileChange) -> bool:
    return change.mode is not None and change.gitlink is None and not travels_inline(change)


def tree_entry(change: FileChange) -> TreeEntry:
    """The entry of a tree request; a blob that needs a request of its own must exist by then."""
    if change.mode is None:
        # The mode of a deletion is not looked at, but the field is required.
        return TreeEntry(path=change.path, mode="100644")
    if travels_inline(change):
        return TreeEntry(path=change.path, mode=change.mode, text=as_text(change.content))
    return TreeEntry(path=change.path, mode=change.mode, oid=change.oid)
