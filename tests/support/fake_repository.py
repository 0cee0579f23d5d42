"""A repository in memory, and what people do to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from action_patterns.content.blob import blob_oid
from action_patterns.errors import NotFoundError
from action_patterns.ports.pull_requests import (
    PullRequestState,
)

BOT = "bot"
Files = dict[str, tuple[str, bytes]]
"""Path to mode and content; the content of a submodule is its commit."""
Moment = Literal["before", "after"]


class KilledError(BaseException):
    """The process died. Not an Exception: nothing in the product may catch it and go on."""


@dataclass(frozen=True)
class Commit:
    """A commit object."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: str


@dataclass
class Pull:
    """A pull request as GitHub keeps it."""

    number: int
    title: str
    body: str
    head: str
    base: str
    head_oid: str
    author: str
    state: PullRequestState = "OPEN"
    draft: bool = False
    foreign_head: bool = False
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)
    milestone: int | None = None
    auto_merge: str | None = None
    comments: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By id: author and text."""


class Repository:
    """One repository, and what people do to it."""

    def __init__(self, name: str, files: Mapping[str, bytes] | None = None) -> None:
        self.name = name
        self.archived = self.disabled = False
        self.topics: tuple[str, ...] = ()
        self.fork = self.private = False
        self.can_push: bool | None = None
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, tuple[str, str]]] = {}
        self.commits: dict[str, Commit] = {}
        self.refs: dict[str, str] = {}
        self.pulls: list[Pull] = []
        self.labels: dict[str, str] = {}
        self.people = {"alice", "bob", BOT}
        self.teams = {"core"}
        self.milestones = {1: "v1", 2: "v2"}
        self.auto_merge_allowed = True
        self.compare_and_swap = self.graphql = True
        self.comments = 0
        self.by_people: set[str] = set()
        """Commits that people made."""
        if files is not None:
            self.refs["main"] = self.commit({path: ("100644", content) for path, content in files.items()}, [])

    # Objects

    def tree_of(self, files: Files) -> str:
        entries: dict[str, tuple[str, str]] = {}
        for path, (mode, content) in files.items():
            oid = content.decode() if mode == "160000" else blob_oid(content)
            self.blobs[oid] = content
            entries[path] = (mode, oid)
        return self.store(entries)

    def store(self, entries: dict[str, tuple[str, str]]) -> str:
        oid = hashlib.sha1(repr(sorted(entries.items())).encode()).hexdigest()
        self.trees[oid] = entries
        return oid

    def commit(
        self, files: Files | str, parents: Sequence[str], message: str = "By hand", author: str = "Alice <alice@acme>"
    ) -> str:
        tree = files if isinstance(files, str) else self.tree_of(files)
        # Two commits of the same content are two commits: time has passed between them.
        text = f"{tree}{parents}{message}{author}{len(self.commits)}"
        oid = hashlib.sha1(text.encode()).hexdigest()
        self.commits[oid] = Commit(oid, tree, tuple(parents), message, author)
        return oid

    def files(self, commit: str) -> Files:
        return {path: (mode, self.blobs[oid]) for path, (mode, oid) in self.trees[self.commits[commit].tree].items()}

    def history(self, commit: str) -> list[str]:
        """The commit and all its ancestors, nearest first."""
        found: dict[str, None] = {}
        queue = [commit]
        while queue:
            oid = queue.pop(0)
            if oid not in found:
                found[oid] = None
                queue += self.commits[oid].parents
        return list(found)

    # Refs

    def move(self, branch: str, after: str | None) -> None:
        """Point a branch elsewhere, and let the pull requests on it follow as GitHub lets them."""
        if after is None:
            self.refs.pop(branch, None)
        else:
            self.refs[branch] = after
        for pull in self.pulls:
            if pull.state != "OPEN" or pull.foreign_head:
                continue
            if pull.head == branch:
                if after is None:
                    pull.state = "CLOSED"
                    continue
                pull.head_oid = after
                if after in self.history(self.refs[pull.base]):
                    pull.state = "CLOSED"
            elif pull.base == branch and after is not None and pull.head_oid in self.history(after):
                pull.state = "MERGED"

    def push(self, branch: str, changes: Mapping[str, bytes | None], message: str = "By hand") -> str:
        """A person commits on a branch; None deletes a path."""
        files = self.files(self.refs[branch])
        for path, content in changes.items():
            if content is None:
                files.pop(path, None)
            else:
                files[path] = ("100644", content)
        oid = self.commit(files, [self.refs[branch]], message)
        self.by_people.add(oid)
        self.move(branch, oid)
        return oid

    def amend(self, branch: str, changes: Mapping[str, bytes]) -> str:
        """A person amends the tip and keeps its message."""
        tip = self.commits[self.refs[branch]]
        files = self.files(tip.oid) | {path: ("100644", content) for path, content in changes.items()}
        oid = self.commit(files, tip.parents, tip.message)
        self.by_people.add(oid)
        self.move(branch, oid)
        return oid

    # Pull requests

    def pull(self, number: int) -> Pull:
        for pull in self.pulls:
            if pull.number == number:
                return pull
        raise NotFoundError(f"There is no #{number}.", remediation="Check the number.")

    def open_pull(self, branch: str) -> Pull | None:
        found = [p for p in self.pulls if p.head == branch and p.state == "OPEN" and not p.foreign_head]
        return found[-1] if found else None

    def squash(self, pull: Pull, *, keep_branch: bool) -> None:
        """A person merges: the base gets what the head changed since they parted."""
        base_files = self.files(self.refs[pull.base])
        head_files = self.files(pull.head_oid)
        ancestor = self._merge_base(self.refs[pull.base], pull.head_oid)
        before = self.files(ancestor) if ancestor else {}
        for path in before.keys() | head_files.keys():
            if before.get(path) != head_files.get(path):
                if path in head_files:
                    base_files[path] = head_files[path]
                else:
                    base_files.pop(path, None)
        pull.state = "MERGED"
        self.move(pull.base, self.commit(base_files, [self.refs[pull.base]], f"{pull.title} (#{pull.number})"))
        if not keep_branch:
            self.refs.pop(pull.head, None)

    def conflicting(self, pull: Pull) -> bool:
        base = self.refs.get(pull.base)
        if pull.state != "OPEN" or pull.foreign_head or base is None:
            return False
        ancestor = self._merge_base(base, pull.head_oid)
        before = self.files(ancestor) if ancestor else {}
        theirs, ours = self.files(base), self.files(pull.head_oid)
        return any(
            before.get(path) != theirs.get(path) != ours.get(path) != before.get(path)
            for path in before.keys() | theirs.keys() | ours.keys()
        )

    def _merge_base(self, one: str, other: str) -> str | None:
        ancestors = set(self.history(one))
        return next((oid for oid in self.history(other) if oid in ancestors), None)

    def label(self, name: str) -> str:
        """The label as the repository spells it; made where it does not exist."""
        return self.labels.setdefault(name.lower(), name)

    def state(self) -> object:
        """All that a rerun must bring to the same end; not objects that nothing points at, nor commits' ids."""
        branches = {}
        for branch, oid in self.refs.items():
            commit = self.commits[oid]
            branches[branch] = (self.trees[commit.tree], commit.message, [self.commits[p].tree for p in commit.parents])
        pulls = [
            (
                p.number,
                p.state,
                p.title,
                p.body,
                p.head,
                p.base,
                p.draft,
                set(p.labels),
                set(p.assignees),
                set(p.requested),
                p.milestone,
                p.auto_merge,
                sorted(p.comments.values()),
            )
            for p in self.pulls
        ]
        return branches, pulls
