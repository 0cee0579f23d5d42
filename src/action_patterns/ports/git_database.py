"""Git objects and branches of a repository on GitHub (REST docs, "Git database")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from action_patterns.ports.git import CommitComparison, NewCommit, ObservedFile, Person, Tip, TreeEntry, TreeListing
from action_patterns.ports.permissions import needs
from action_patterns.ports.pull_requests import PullRequest


class GitDatabase(Protocol):
    """Objects are invisible until a ref points at them, and content-addressed: sending one twice is harmless."""

    @needs(contents="read")
    def read_files(self, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        """Return the entries at these paths in a commit. None: there is no such path."""

    @needs(contents="read")
    def read_tree(self, repository: str, oid: str) -> dict[str, ObservedFile]:
        """Return all files below a tree, by their paths in it. Raises RefusedError if GitHub does not list them all."""

    @needs(contents="read")
    def list_tree(self, repository: str, oid: str, *, recursive: bool) -> TreeListing:
        """Return the entries of a tree, or all below it, directories included."""

    @needs(contents="read")
    def read_branch(self, repository: str, branch: str) -> str | None:
        """Return the branch's tip. None: there is no such branch."""

    @needs(contents="read")
    def read_commit(self, repository: str, oid: str) -> Tip:
        """Return a commit."""

    @needs(contents="read")
    def compare(self, repository: str, base: str, head: str) -> CommitComparison | None:
        """Compare two commits, each a branch, an oid or `owner:branch` of a fork. None: GitHub cannot compare them."""

    @needs(contents="read")
    def read_blob(self, repository: str, oid: str) -> bytes:
        """Return a blob's content."""

    @needs(contents="write")
    def create_blob(self, repository: str, content: bytes) -> str:
        """Make a blob. Returns its oid."""

    @needs("workflows: write, for files below `.github/workflows`", contents="write")
    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        """Make a tree from another one. Returns its oid."""

    @needs(contents="write")
    def create_commit(
        self,
        repository: str,
        *,
        message: str,
        tree: str,
        parents: Sequence[str],
        author: Person | None = None,
        committer: Person | None = None,
    ) -> NewCommit:
        """Make a commit. GitHub signs it for Apps and GITHUB_TOKEN where neither author nor committer is given."""

    @needs(contents="write")
    def update_branch(
        self,
        repository: str,
        repository_id: str,
        branch: str,
        *,
        before: str | None,
        after: str | None,
        compare_and_swap: bool = True,
        pull_id: str = "",
    ) -> PullRequest | None:
        """Update a branch from `before` to `after`. `before` None: it must not exist; `after` None: delete it.

        Without `compare_and_swap` (a server without `updateRefs`), only fast-forward updates are possible and branches
        cannot be deleted.

        Returns:
            The pull request with the node id `pull_id` after the update, without reviews and comments. None: the same
            request could not show it.

        Raises:
            LostRaceError: the branch is at neither `before` nor `after` now.
        """
