"""The desired state of one target: one pull request, with this content and these fields."""

from __future__ import annotations

from dataclasses import dataclass

from action_patterns.content.changes import FileChange
from action_patterns.content.edits import Edit, Mirror
from action_patterns.ports.git import Person
from action_patterns.pull_request.ownership.source import UNKNOWN, Source
from action_patterns.pull_request.spec.spec import Adopt, AutoMerge, OnBaseMoved, OnClosed, OnConverged, OnHumanCommits

MAX_LABELS = 100
"""Labels GitHub takes on one pull request (github/docs#161)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies for changes of people and of the base; their meaning is on the fields of PullRequestSpec."""

    on_converged: OnConverged = "close"
    on_closed: OnClosed = "respect"
    on_human_commits: OnHumanCommits = "stop"
    adopt: Adopt = "never"
    on_base_moved: OnBaseMoved = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The desired state, checked: GitHub refuses nothing in it for its form."""

    key: str
    branch: str
    base: str | None
    """None = the default branch."""
    title: str
    block: str
    """Our part of the body."""
    overflow: tuple[str, ...]
    """The rest of our part that has no room in the body; each is the text of a comment."""
    commit_message: str
    changes: tuple[FileChange, ...]
    edits: tuple[Edit, ...] = ()
    """Changes that depend on what the target holds; `changes` has them once the target was read."""
    mirrors: tuple[Mirror, ...] = ()
    """Directories in which nothing else shall be."""
    author: Person | None = None
    committer: Person | None = None
    signed_off_by: Person | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    team_reviewers: tuple[str, ...] = ()
    milestone: str | None = None
    """Title or number."""
    draft: bool = False
    always_draft: bool = False
    auto_merge: AutoMerge = "off"
    head_repository: str | None = None
    """The fork that holds the bot branch; None = the target itself."""
    policies: Policies = Policies()
    source: Source = UNKNOWN
    most_writes: int | None = None
    """Writes that a run has time for. None: as many as there are."""
