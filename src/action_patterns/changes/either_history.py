"""ports.History by git, and by GitHub's API for what git cannot reach. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from action_patterns.content.blob import EMPTY_TREE
from action_patterns.errors import InputError
from action_patterns.ports.git import TreeListing
from action_patterns.ports.history import ChangedPath, History, MissingError, Tag

T = TypeVar("T")


class EitherHistory:
    """The commits of a checkout. GitHub is asked for what git refuses, so what git has costs no request.

    A refusal of git is no error: the answer comes from GitHub, or the caller counts everything as changed.
    """

    def __init__(self, git: History, github: Callable[[], History], *, sha: str) -> None:
        """`github` raises MissingError where there is no token. `sha`: the commit of the run."""
        self._git = git
        self._open = github
        self._github: History | None = None
        self._sha = sha

    def close(self) -> None:
        """Remove what was fetched."""
        self._git.close()

    def head(self) -> str:
        try:
            return self._git.head()
        except InputError:
            return self._sha

    def made_on(self) -> str:
        try:
            return self._git.made_on()
        except InputError:
            return self._sha

    def resolve(self, oid: str) -> str:
        return self._either(lambda of: of.resolve(oid))

    def parents(self, oid: str) -> Sequence[str]:
        return self._either(lambda of: of.parents(oid))

    def merge_base(self, tip: str, oid: str) -> str | None:
        return self._either(lambda of: of.merge_base(tip, oid))

    def is_ancestor(self, oid: str, of: str) -> bool:
        return self._either(lambda history: history.is_ancestor(oid, of))

    def branch(self, name: str) -> str | None:
        return self._either(lambda of: of.branch(name))

    def tag(self, name: str) -> str | None:
        return self._either(lambda of: of.tag(name))

    def tags_before(self, oid: str) -> Sequence[Tag]:
        return self._either(lambda of: of.tags_before(oid))

    def nearest(self, oids: Sequence[str]) -> str:
        return self._either(lambda of: of.nearest(oids))

    def compare(self, base: str | None, head: str) -> Sequence[ChangedPath]:
        return self._first(lambda: self._git.compare(base, head), lambda: self._compare(base, head))

    def paths(self, oid: str) -> Sequence[str]:
        return self._either(lambda of: of.paths(oid))

    def tree(self, oid: str) -> str:
        return self._either(lambda of: of.tree(oid))

    def list_tree(self, tree: str, *, recursive: bool) -> TreeListing:
        return self._either(lambda of: of.list_tree(tree, recursive=recursive))

    def _compare(self, base: str | None, head: str) -> Sequence[ChangedPath]:
        """Compare by the trees alone, each from where it is: GitHub lacks a commit that a step of this job made."""
        from action_patterns.changes.tree_difference import Trees, differences  # git mostly compares

        def side(oid: str, of: History) -> tuple[Trees, str]:
            tree, trees = of.tree(oid), Trees(of)
            trees.directory(tree)
            return trees, tree

        after, new = self._either(lambda of: side(head, of))
        before, old = self._either(lambda of: side(base, of)) if base is not None else (after, EMPTY_TREE)
        return tuple(sorted(differences(before, old, after, new)))

    def _either(self, ask: Callable[[History], T]) -> T:
        return self._first(lambda: ask(self._git), lambda: ask(self._opened()))

    def _first(self, ask: Callable[[], T], instead: Callable[[], T]) -> T:
        try:
            return ask()
        except (MissingError, InputError) as error:
            why = error.message if isinstance(error, InputError) else str(error)
        try:
            return instead()
        except MissingError as error:
            also = str(error)
        raise MissingError(f"{why} {also}" if also not in why else why)

    def _opened(self) -> History:
        if self._github is None:
            self._github = self._open()
        return self._github
