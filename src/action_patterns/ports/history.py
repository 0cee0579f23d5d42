"""Commits, and the paths by which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from action_patterns.ports.git import TreeListing

Status = Literal["added", "modified", "deleted"]


class MissingError(Exception):
    """A commit, or what leads to it, is neither in the checkout nor to be fetched. The text says why."""


class ChangedPath(NamedTuple):
    """A path that differs. A rename is two: the old path is deleted, the new one added."""

    path: str
    """Bytes that are no UTF-8 are surrogates, as in Python's names of files."""
    status: Status
    submodule: bool = False
    """It is a submodule now or was one: any file in it may differ."""


class Worktree(NamedTuple):
    """How the files of a workspace differ from a commit."""

    changed: tuple[ChangedPath, ...]
    """Sorted."""
    ignored: tuple[str, ...] = ()
    """The untracked paths that git ignores; a directory, with a slash at its end, stands for all below it. Sorted."""


class Tag(NamedTuple):
    """A tag, and the commit that it leads to."""

    name: str
    oid: str


class History(Protocol):
    """The commits of a repository. A commit that the checkout lacks is fetched; the checkout is never changed.

    Any verb but `head` raises MissingError where the answer cannot be known.
    """

    def head(self) -> str:
        """Return the commit that is checked out; that of the run where none is."""

    def made_on(self) -> str:
        """Return the checked-out commit, or the fetched one that steps of this job made it on."""

    def resolve(self, oid: str) -> str:
        """Return the commit of an object id. A tag's leads to its commit."""

    def parents(self, oid: str) -> Sequence[str]:
        """Return the parents of a commit, also where a shallow checkout ends at it."""

    def merge_base(self, tip: str, oid: str) -> str | None:
        """Return the best common ancestor. None: the two share no history."""

    def is_ancestor(self, oid: str, of: str) -> bool:
        """Return whether a commit is another one, or an ancestor of it."""

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch of the remote. None: there is no such branch."""

    def tag(self, name: str) -> str | None:
        """Return the commit of a tag. None: there is no such tag."""

    def tags_before(self, oid: str) -> Sequence[Tag]:
        """Return the tags of the proper ancestors of a commit."""

    def nearest(self, oids: Sequence[str]) -> str:
        """Return, of some ancestors of one commit, one that no other descends from."""

    def compare(self, base: str | None, head: str) -> Sequence[ChangedPath]:
        """Return the paths by which two commits differ, sorted. `base` None: every path of the head is added."""

    def paths(self, oid: str) -> Sequence[str]:
        """Return every path of a commit, sorted."""

    def tree(self, oid: str) -> str:
        """Return the tree of a commit. git fetches nothing for it."""

    def list_tree(self, tree: str, *, recursive: bool) -> TreeListing:
        """Return the entries of a tree, or all below it. git fetches nothing for it, and leaves nothing out."""

    def close(self) -> None:
        """Remove what was fetched."""
