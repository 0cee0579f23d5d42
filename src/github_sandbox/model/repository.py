"""Repositories, their pull requests and issues, and the world that holds all of them."""

from __future__ import annotations

import copy
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from github_sandbox.clock import SEED_SECONDS
from github_sandbox.git_store import GitStore
from github_sandbox.model.accounts import Account
from github_sandbox.model.actions import Artifact, CheckRun, WorkflowJob, WorkflowRun
from github_sandbox.model.issue_parts import AutoMerge, Comment, Label, Milestone, RequestEvent, Review
from github_sandbox.model.refs import RefRule
from github_sandbox.model.releases import Environment, Release

EARLIER_STATES = 64
"""The number of earlier states that a repository keeps for reads that lag behind writes."""


@dataclass(eq=False, kw_only=True)
class PullRequest:
    """A pull request. ``head_oid`` follows the head branch while the pull request is open, and then no longer."""

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

    def copied(self) -> PullRequest:
        """Return a copy that later changes of this pull request do not reach."""
        twin = copy.copy(self)
        for name in ("labels", "assignees", "reviewers", "team_reviewers", "reviews", "comments", "events"):
            setattr(twin, name, list(getattr(self, name)))
        return twin


@dataclass(eq=False, kw_only=True)
class Issue:
    """An issue that is not a pull request."""

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
    locked: bool = False
    labels: list[Label] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class Contents:
    """The part of a repository that is costly to build: git objects, and everything that refers to them."""

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
    releases: dict[int, Release] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    """By lower-case name."""
    next_number: int = 1


@dataclass(frozen=True, kw_only=True)
class EarlierState:
    """Refs and pull requests as they were just before the write that happened at ``seconds``."""

    seconds: float
    turn: int
    refs: dict[str, str]
    pulls: dict[int, PullRequest]


@dataclass(eq=False, kw_only=True)
class Repository:
    """A repository. ``build`` builds the contents on first use: 10,000 repositories cost only what a test touches."""

    id: int
    owner: Account
    name: str
    world: World
    build: Callable[[Repository], None]
    topics: list[str] = field(default_factory=list)
    description: str | None = None
    language: str | None = None
    archived: bool = False
    disabled: bool = False
    private: bool = False
    internal: bool = False
    """Private, and every member of the enterprise may read it."""
    template: bool = False
    fork: bool = False
    parent: Repository | None = None
    default_branch: str = "main"
    actions_may_open_pulls: bool = True
    has_issues: bool = True
    collaborators: set[str] = field(default_factory=set)
    created_at: float = SEED_SECONDS
    pushed_at: float = SEED_SECONDS
    children: list[Repository] = field(default_factory=list)
    built: Contents | None = None
    earlier: deque[EarlierState] = field(default_factory=lambda: deque(maxlen=EARLIER_STATES))
    """The states before the last writes, oldest first."""
    rules: list[RefRule] = field(default_factory=list)
    auto_merge_allowed: bool = False
    properties: dict[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    organization_secrets: tuple[str, ...] = ()
    """Names of the organization's secrets that select this repository."""
    teams: dict[str, str] = field(default_factory=dict)
    """Team slug -> permission (pull, triage, push, maintain, admin)."""
    added_at: float = 0.0
    """The time from which the search index can know the repository; 0: from the start."""
    former: list[tuple[float, Repository]] = field(default_factory=list)
    """The states before changes that the search index has to learn, each with the time of the change."""

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def changes(self) -> None:
        """Keep the state that a change ends: the search index learns of the change later."""
        self.former.append((self.world.clock(), copy.copy(self)))

    def indexed(self, at: float) -> Repository | None:
        """Return the repository as the search index knew it at a time. None: not yet."""
        return None if at < self.added_at else next((state for time, state in self.former if time > at), self)

    @property
    def visibility(self) -> str:
        """GitHub's word: public, private or internal."""
        return "internal" if self.internal else "private" if self.private else "public"

    @property
    def root(self) -> Repository:
        """The repository that the whole fork network comes from; possibly this one."""
        return self.parent.root if self.parent else self

    @property
    def contents(self) -> Contents:
        if self.built is None:
            with self.world.lock:
                if self.built is None:
                    # On GitHub a fork shares its parent's objects, so a pull request copies none. Verified signatures
                    # are facts about those objects, so the fork shares them too.
                    shared = self.parent.contents if self.parent else None
                    self.built = Contents(git=GitStore(self.default_branch, shared.git.objects if shared else None))
                    self.built.verified = shared.verified if shared else set()
                    self.build(self)
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

    def keep_state(self) -> None:
        """Keep the state before a write, for reads that lag behind and for forks that are not built yet.

        A second call within one turn adds nothing.
        """
        for fork in self.root.children:
            if fork.parent is self:
                _ = fork.contents
        world = self.world
        world.changed.add(self)
        if self.earlier and self.earlier[-1].turn == world.turn:
            return
        pulls = {number: pull.copied() for number, pull in self.pulls.items()}
        self.earlier.append(EarlierState(seconds=world.clock(), turn=world.turn, refs=self.git.refs(), pulls=pulls))

    def tip(self, branch: str) -> str | None:
        return self.git.ref(f"refs/heads/{branch}")

    def label(self, name: str) -> Label:
        """Return the label of that name in any case; create a missing one, as GitHub does."""
        labels = self.contents.labels
        return labels.setdefault(name.lower(), Label(id=self.world.next_id(), name=name))

    def next_number(self) -> int:
        """Return the next number of a pull request or issue; both share one counter."""
        number = self.contents.next_number
        self.contents.next_number += 1
        return number


class World:
    """All accounts and repositories of one sandbox.

    ``lock`` makes every request atomic. ``branch_moved`` runs after a branch of a repository was created, moved or
    deleted: pull requests follow their branches. The model holds data only, so its builder supplies the rule.
    """

    def __init__(self, clock: Callable[[], float], branch_moved: Callable[[Repository, str], None]) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.branch_moved = branch_moved
        self.base_url = "http://127.0.0.1:0"
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        self.by_id: dict[int, Repository] = {}
        self._owned: dict[int, list[Repository]] = {}
        self.renamed: dict[str, int] = {}
        self.deleted: list[tuple[float, Repository]] = []
        """Each with the time of its deletion."""
        self.pulls_by_id: dict[int, PullRequest] = {}
        self.changed: set[Repository] = set()
        """The repositories that keep at least one earlier state."""
        self.turn = 0
        self._last_id = 1000

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def next_turn(self) -> int:
        """Begin the next turn: one request or one staging step, whose writes form one earlier state."""
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
            account = self.accounts[login.lower()] = Account(id=self.next_id(), login=login, type=kind)
        return account

    def add_repository(self, repository: Repository) -> None:
        self.repositories[repository.full_name.lower()] = repository
        self.by_id[repository.id] = repository
        self._owned.setdefault(repository.owner.id, []).append(repository)
        if repository.parent:
            repository.root.children.append(repository)

    def repositories_of(self, owner: Account) -> list[Repository]:
        """Return the repositories of an account, oldest first."""
        return list(self._owned.get(owner.id, ()))

    def repository(self, full_name: str) -> Repository | None:
        """Return the repository of this name now; see ``renamed_from`` for former names."""
        return self.repositories.get(full_name.lower())

    def renamed_from(self, full_name: str) -> Repository | None:
        """Return the repository that had this name before a rename."""
        return self.by_id.get(self.renamed.get(full_name.lower(), 0))

    def rename(self, repository: Repository, name: str) -> None:
        """Rename ``repository``; the old name redirects until another repository takes it."""
        repository.changes()
        old = repository.full_name.lower()
        del self.repositories[old]
        repository.name = name
        self.repositories[repository.full_name.lower()] = repository
        self.renamed[old] = repository.id

    def transfer(self, repository: Repository, owner: Account) -> None:
        """Give ``repository`` to another owner; the old name redirects, and the id stays."""
        repository.changes()
        old = repository.full_name.lower()
        del self.repositories[old]
        self._owned[repository.owner.id].remove(repository)
        repository.owner = owner
        self._owned.setdefault(owner.id, []).append(repository)
        self.repositories[repository.full_name.lower()] = repository
        self.renamed[old] = repository.id

    def delete(self, repository: Repository) -> None:
        """Delete ``repository``. The search index finds it until it has learned of that."""
        del self.repositories[repository.full_name.lower()], self.by_id[repository.id]
        self._owned[repository.owner.id].remove(repository)
        self.deleted.append((self.clock(), repository))

    def forks(self, repository: Repository) -> Iterator[Repository]:
        """Yield every repository of the same fork network, the repository itself first."""
        root = repository.root
        yield repository
        yield from (r for r in (root, *root.children) if r is not repository)

    def collaborators(self, repository: Repository) -> set[str]:
        """Return the lower-case logins that may be assigned or asked for a review."""
        owner = repository.owner
        people = owner.members | {login for team in owner.teams.values() for login in team} | repository.collaborators
        return {login.lower() for login in people} | ({owner.login.lower()} if owner.type == "User" else set())
