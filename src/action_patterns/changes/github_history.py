"""ports.History by GitHub's API: commits and trees where git reaches none. Pure; GitHub is a port."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from action_patterns.changes.tree_difference import Trees, differences
from action_patterns.content.blob import EMPTY_TREE
from action_patterns.errors import ActionPatternsError
from action_patterns.ports.git import DIRECTORY, CommitComparison, Tip, TreeListing
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.git_refs import GitRefs
from action_patterns.ports.history import ChangedPath, MissingError, Tag

T = TypeVar("T")


class GitHubHistory:
    """The commits of a repository, as its API shows them."""

    def __init__(self, git: GitDatabase, git_refs: GitRefs, repository: str, sha: str) -> None:
        """`sha`: the commit of the run."""
        self.git = git
        self.git_refs = git_refs
        self._repository = repository
        self._sha = sha
        self._commits: dict[str, Tip] = {}
        self._listings: dict[tuple[str, bool], TreeListing] = {}
        self._trees = Trees(self)

    def close(self) -> None:
        """Return: nothing is kept."""

    def head(self) -> str:
        return self._sha

    def made_on(self) -> str:
        return self._sha

    def resolve(self, oid: str) -> str:
        return self._commit(oid).oid

    def parents(self, oid: str) -> Sequence[str]:
        return self._commit(oid).parents

    def merge_base(self, tip: str, oid: str) -> str | None:
        return self._compare(tip, oid).merge_base

    def is_ancestor(self, oid: str, of: str) -> bool:
        return oid == of or self._compare(oid, of).behind_by == 0

    def branch(self, name: str) -> str | None:
        return _asked(lambda: self.git.read_branch(self._repository, name))

    def tag(self, name: str) -> str | None:
        found = _asked(lambda: self.git_refs.read(self._repository, f"refs/tags/{name}"))
        return str(found.fields["commit"]) if found else None

    def tags_before(self, oid: str) -> Sequence[Tag]:
        raise MissingError(f"GitHub's API does not say which tags lead to {oid[:12]}.")

    def nearest(self, oids: Sequence[str]) -> str:
        raise MissingError(f"GitHub's API does not say which of {len(oids)} commits is the nearest.")

    def compare(self, base: str | None, head: str) -> Sequence[ChangedPath]:
        old = self.tree(base) if base is not None else EMPTY_TREE
        return tuple(sorted(differences(self._trees, old, self._trees, self.tree(head))))

    def paths(self, oid: str) -> Sequence[str]:
        listing = self.list_tree(self.tree(oid), recursive=True)
        if listing.truncated:
            raise MissingError(f"The commit {oid[:12]} has more paths than GitHub lists.")
        return tuple(sorted(entry.path for entry in listing.entries if entry.mode != DIRECTORY))

    def tree(self, oid: str) -> str:
        return self._commit(oid).tree

    def list_tree(self, tree: str, *, recursive: bool) -> TreeListing:
        if tree == EMPTY_TREE:
            return TreeListing((), truncated=False)
        asked = (tree, recursive)
        if asked not in self._listings:
            self._listings[asked] = _asked(lambda: self.git.list_tree(self._repository, tree, recursive=recursive))
        return self._listings[asked]

    def _commit(self, oid: str) -> Tip:
        if oid not in self._commits:
            self._commits[oid] = _asked(lambda: self.git.read_commit(self._repository, oid))
        return self._commits[oid]

    def _compare(self, base: str, head: str) -> CommitComparison:
        found = _asked(lambda: self.git.compare(self._repository, base, head))
        if found is None:
            raise MissingError(f"GitHub finds no way from {base[:12]} to {head[:12]}.")
        return found


def _asked(ask: Callable[[], T]) -> T:
    """Return what GitHub says.

    Raises:
        MissingError: it says nothing.
    """
    try:
        return ask()
    except ActionPatternsError as error:
        raise MissingError(f"GitHub's API: {error.message}") from None
