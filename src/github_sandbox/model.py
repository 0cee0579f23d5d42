"""What exists on this GitHub: accounts, repositories, pull requests. Data and lookups only; rules live elsewhere."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from github_sandbox.actions_model import Artifact, CheckRun, WorkflowJob, WorkflowRun
from github_sandbox.git_store import GitStore
from github_sandbox.past import Past
from github_sandbox.ref_rules import RefRule

SEED_SECONDS = 1_767_225_600
"""2026-01-01T00:00:00Z: seeded things are this old, so the same seed gives the same object ids."""


def stamp(seconds: float) -> str:
    """GitHub's timestamp form, for example ``2026-01-01T00:00:00Z``."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(eq=False)
class Account:
    """A user, an app's bot user or an organization. ``type`` is GitHub's word: User, Bot, Organization."""

    id: int
    login: str
    type: str = "User"
    members: set[str] = field(default_factory=set)
    public_members: set[str] = field(default_factory=set)
    actions_may_open_pulls: bool = True
    teams: dict[str, set[str]] = field(default_factory=dict)
    repositories: list[Repository] = field(default_factory=list)

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(eq=False)
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(eq=False)
class Milestone:
    id: int
    number: int
    title: str
    state: str = "open"
    description: str | None = None


@dataclass(eq=False)
class Comment:
    id: int
    author: Account
    body: str
    created_at: float
    updated_at: float


@dataclass(eq=False)
class Review:
    id: int
    author: Account
    state: str
    on_behalf_of: list[str] = field(default_factory=list)
    """Slugs of the teams whose request this review answered."""
    body: str = ""
    commit_oid: str = ""
    submitted_at: float = SEED_SECONDS


@dataclass(eq=False)
class RequestEvent:
    """``event``: review_requested or review_request_removed; of one ``reviewer`` or one ``team`` (slug)."""

    id: int
    event: str
    actor: Account
    created_at: float
    reviewer: Account | None = None
    team: str | None = None


@dataclass(frozen=True)
class AutoMerge:
    """A standing order to merge once everything required is there."""

    enabled_by: Account
    method: str
    enabled_at: float


@dataclass(eq=False)
class PullRequest:
    """``head_oid`` follows the head branch while the pull request is open and stays where it was once closed."""

    id: int
    number: int
    repository: Repository
    author: Account
    title: str
    body: str | None
    base: str
    head: str
    head_repository: Repository | None
    head_oid: str
    base_oid: str
    created_at: float
    updated_at: float
    state: str = "open"
    draft: bool = False
    auto_merge: AutoMerge | None = None
    merged: bool = False
    merged_by: Account | None = None
    merge_oid: str | None = None
    closed_at: float | None = None
    merged_at: float | None = None
    locked: bool = False
    maintainer_can_modify: bool = False
    milestone: Milestone | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    reviewers: list[Account] = field(default_factory=list)
    team_reviewers: list[str] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[RequestEvent] = field(default_factory=list)

    @property
    def head_owner(self) -> str | None:
        return self.head_repository.owner.login if self.head_repository else None

    @property
    def cross_repository(self) -> bool:
        return self.head_repository is not self.repository


@dataclass(eq=False)
class Issue:
    """An issue that is no pull request."""

    id: int
    number: int
    repository: Repository
    author: Account
    title: str
    body: str | None
    created_at: float
    updated_at: float
    state: str = "open"
    closed_at: float | None = None
    labels: list[Label] = field(default_factory=list)


@dataclass(eq=False)
class Contents:
    """The part of a repository that is costly to build: git objects and what hangs on them."""

    git: GitStore
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    checks: list[CheckRun] = field(default_factory=list)
    runs: list[WorkflowRun] = field(default_factory=list)
    jobs: list[WorkflowJob] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    next_number: int = 1


@dataclass(eq=False)
class Repository:
    """``fill`` builds the contents on first use, so that a fleet of 10,000 costs what is touched."""

    id: int
    owner: Account
    name: str
    world: World
    fill: Callable[[Repository], None]
    topics: list[str] = field(default_factory=list)
    description: str | None = None
    language: str | None = None
    archived: bool = False
    disabled: bool = False
    private: bool = False
    template: bool = False
    fork: bool = False
    parent: Repository | None = None
    default_branch: str = "main"
    actions_may_open_pulls: bool = True
    collaborators: set[str] = field(default_factory=set)
    created_at: float = SEED_SECONDS
    pushed_at: float = SEED_SECONDS
    children: list[Repository] = field(default_factory=list)
    built: Contents | None = None
    past: Past = field(default_factory=Past)
    rules: list[RefRule] = field(default_factory=list)
    auto_merge_allowed: bool = False
    properties: dict[str, Any] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    """Team slug -> permission (pull, triage, push, maintain, admin)."""
    changed_at: float = 0.0
    """When search last had something to learn about it; seeded repositories are known from the start."""

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def root(self) -> Repository:
        """The repository its whole network was forked from, possibly itself."""
        return self.parent.root if self.parent else self

    @property
    def contents(self) -> Contents:
        if self.built is None:
            with self.world.lock:
                if self.built is None:
                    # A fork shares its parent's objects, as on GitHub: a pull request needs no copying. What is known
                    # of their signatures is shared with them.
                    shared = self.parent.contents if self.parent else None
                    self.built = Contents(GitStore(self.default_branch, shared.git.objects if shared else None))
                    self.built.verified = shared.verified if shared else set()
                    self.fill(self)
        assert self.built is not None
        return self.built

    @property
    def git(self) -> GitStore:
        return self.contents.git

    @property
    def pulls(self) -> dict[int, PullRequest]:
        return self.contents.pulls

    @property
    def empty(self) -> bool:
        return not self.git.refs("refs/heads/")

    def remember(self) -> None:
        """Keep what is now, before a write, for reads that lag (see ``past``) and for forks not looked at yet."""
        for fork in self.root.children:
            if fork.parent is self:
                _ = fork.contents
        self.past.remember(self)
        self.world.remembering.add(self)

    def tip(self, branch: str) -> str | None:
        return self.git.ref(f"refs/heads/{branch}")

    def label(self, name: str) -> Label:
        """The label of that name (case does not matter), created as GitHub does when it is missing."""
        labels = self.contents.labels
        return labels.setdefault(name.lower(), Label(self.world.next_id(), name))

    def next_number(self) -> int:
        """Pull requests and issues share one counter."""
        number = self.contents.next_number
        self.contents.next_number += 1
        return number


class World:
    """All accounts and repositories of one sandbox. ``lock`` makes every request atomic."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.base_url = "http://127.0.0.1:0"
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        self.by_id: dict[int, Repository] = {}
        self.renamed: dict[str, int] = {}
        self.pulls_by_id: dict[int, PullRequest] = {}
        self.remembering: set[Repository] = set()
        self.turn = 0
        self._ids = itertools.count(1001)

    def next_id(self) -> int:
        return next(self._ids)

    def next_turn(self) -> int:
        """Called once per request and per staging step: writes of one turn are one write to whoever looks back."""
        self.turn += 1
        return self.turn

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/v3"

    def account(self, login: str) -> Account | None:
        return self.accounts.get(login.lower())

    def add_account(self, login: str, kind: str = "User") -> Account:
        account = self.accounts.get(login.lower())
        if account is None:
            account = self.accounts[login.lower()] = Account(self.next_id(), login, kind)
        return account

    def add_repository(self, repository: Repository) -> None:
        self.repositories[repository.full_name.lower()] = repository
        self.by_id[repository.id] = repository
        repository.owner.repositories.append(repository)
        if repository.parent:
            repository.root.children.append(repository)

    def repository(self, full_name: str) -> Repository | None:
        """By present name only; see ``renamed_from`` for former ones."""
        return self.repositories.get(full_name.lower())

    def renamed_from(self, full_name: str) -> Repository | None:
        return self.by_id.get(self.renamed.get(full_name.lower(), 0))

    def rename(self, repository: Repository, name: str) -> None:
        """Give ``repository`` a new name; the old one redirects until something else takes it."""
        old = repository.full_name.lower()
        del self.repositories[old]
        repository.name = name
        self.repositories[repository.full_name.lower()] = repository
        self.renamed[old] = repository.id
        repository.changed_at = self.clock()

    def forks(self, repository: Repository) -> Iterator[Repository]:
        """Every repository of the same network, the repository itself first."""
        root = repository.root
        yield repository
        yield from (r for r in (root, *root.children) if r is not repository)

    def collaborators(self, repository: Repository) -> set[str]:
        """Lower-case logins that may be assigned or asked for a review."""
        owner = repository.owner
        people = owner.members | {login for team in owner.teams.values() for login in team} | repository.collaborators
        return {login.lower() for login in people} | ({owner.login.lower()} if owner.type == "User" else set())
