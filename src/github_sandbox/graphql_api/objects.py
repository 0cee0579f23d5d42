"""Git objects and refs as GraphQL nodes: an id together with the repository it is read from."""

from __future__ import annotations

from dataclasses import dataclass

from github_sandbox.git_store import CommitRecord
from github_sandbox.model import Account, Repository


@dataclass(frozen=True, kw_only=True)
class RefNode:
    repository: Repository
    name: str
    """Full name, for example refs/heads/main."""
    oid: str
    asked: str | None = None
    """The prefix of the listing, which GitHub removes from ``name``; None: refs/heads/ or its like."""

    @property
    def prefix(self) -> str:
        return self.asked or "/".join(self.name.split("/", 2)[:2]) + "/"


@dataclass(frozen=True)
class CommitNode:
    repository: Repository
    record: CommitRecord


@dataclass(frozen=True)
class TreeNode:
    repository: Repository
    oid: str


@dataclass(frozen=True)
class BlobNode:
    repository: Repository
    oid: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class EntryNode:
    repository: Repository
    path: str
    mode: int
    oid: str


@dataclass(frozen=True)
class TeamNode:
    organization: Account
    slug: str


def git_object(repository: Repository, oid: str | None) -> CommitNode | TreeNode | BlobNode | None:
    """Return the node of an object id; None: no such object."""
    item = repository.git.get(oid) if oid else None
    if item is None or oid is None:
        return None
    if item.type_name == b"tree":
        return TreeNode(repository, oid)
    if item.type_name == b"blob":
        return BlobNode(repository, oid, repository.git.blob(oid) or b"")
    record = repository.git.commit(oid)
    return CommitNode(repository, record) if record else None
