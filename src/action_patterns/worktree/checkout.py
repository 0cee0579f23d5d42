"""ports.Checkout: what the worktree changes against the commit that was fetched, with git itself as the judge.

The user's index is copied, everything is added to the copy, and the copy is compared with that commit. So the answer is
what `git add -A && git commit` would commit, to the byte: ignore rules, line endings and filters (LFS), modes, links,
submodules, what is staged already, sparse checkouts; and what a step before committed itself (see history) belongs to
it. New objects go to a separate directory that is thrown away.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from action_patterns.content.changes import FileChange
from action_patterns.errors import InputError, Problem
from action_patterns.ports.history import Worktree
from action_patterns.ports.snapshot import Choose, Snapshot
from action_patterns.ports.workspace import Origin
from action_patterns.worktree import pathspecs
from action_patterns.worktree.commits import GitHistory
from action_patterns.worktree.fetching import remotes_of
from action_patterns.worktree.git import Git
from action_patterns.worktree.history import fetched_commit
from action_patterns.worktree.origin import origin_of
from action_patterns.worktree.proposed import proposed_changes
from action_patterns.worktree.runner_places import RunnerPlaces
from action_patterns.worktree.scratch import GitPaths, scratch_index
from action_patterns.worktree.snapshot import Tree, read_tree, snapshot
from action_patterns.worktree.status import ignored, read_worktree


class GitCheckout:
    """A checked-out repository on disk."""

    def __init__(
        self,
        workspace: str,
        temp: str,
        environment: Mapping[str, str],
        *,
        sha: str | None = None,
        server_url: str = "https://github.com",
        runner_files: Sequence[str] = (),
        warn: Callable[[str], None] = lambda _message: None,
    ) -> None:
        """`temp` takes a copy of the index and of changed files for a moment; `environment` is what git runs with;
        `sha` is a commit GitHub is known to have, the one the run is about; `runner_files` are never content, and
        neither is `temp`; `warn` shows a message beside the run.
        """
        self._root = Path(os.path.realpath(workspace))
        self._temp = temp
        self._environment = environment
        self._git = Git(self._root, environment)
        self._sha = sha
        self._server_url = server_url
        self._theirs = RunnerPlaces(self._root, tuple(Path(os.path.realpath(each)) for each in (temp, *runner_files)))
        self._warn = warn
        self._is_checked = False
        self._path_of = GitPaths(self._git, self._root)

    def places(self) -> tuple[str, ...]:
        """Return `.` if the workspace is a repository, otherwise the directories right below it that are one."""
        if (self._root / ".git").exists() or not self._root.is_dir():
            return (".",)
        return tuple(sorted(each.parent.name for each in self._root.glob("*/.git")))

    def at(self, path: str) -> GitCheckout:
        """Return the checkout in a directory of the workspace.

        Raises:
            InputError: the place is outside the workspace, or no directory.
        """
        place = Path(os.path.realpath(self._root / path))
        if "\0" in path or not place.is_relative_to(self._root) or not place.is_dir():
            what = "is no directory" if place.is_relative_to(self._root) else "is outside the workspace"
            raise InputError(
                Problem(
                    f"The path {path!r} {what}.",
                    "Write in `path` what the step actions/checkout has as `path`: a directory of the workspace.",
                )
            )
        return GitCheckout(
            str(place),
            self._temp,
            self._environment,
            sha=self._sha,
            server_url=self._server_url,
            runner_files=[str(each) for each in self._theirs.places],
            warn=self._warn,
        )

    def origin(self) -> Origin:
        """Return where the checkout comes from.

        Raises:
            InputError: there is no usable checkout.
        """
        self._check_root()
        return origin_of(self._git, self._server_url, self._sha)

    def read_blob(self, oid: str) -> bytes:
        """Return the content of a file that the checked-out commit has."""
        return self._git.run("cat-file", "blob", oid).stdout

    def tracked(self) -> tuple[str, ...]:
        """Return the paths of all files that git tracks, relative to the repository's root, sorted.

        Raises:
            InputError: there is no usable checkout.
        """
        self._check_root()
        return self._git.lines("ls-files", "--cached", "-z")

    def head_oid(self) -> str:
        """The commit that is checked out.

        Raises:
            InputError: there is no repository in the workspace, or it has no commit.
        """
        self._check_root()
        found = self._git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", expected=frozenset({0, 1}))
        if found.returncode:
            raise InputError(
                Problem(
                    f"The repository in {self._root} has no commit checked out.",
                    "Push a first commit to the repository, or check out a branch that has one.",
                )
            )
        return found.stdout.decode().strip()

    def changes(self, paths: Sequence[str]) -> tuple[FileChange, ...]:
        """Return the changes of the worktree against the commit that was fetched, sorted by path; limited to `paths`
        (see pathspecs) if any are given.

        Raises:
            InputError: no usable checkout, local commits that start from nothing that was fetched, unresolved
                conflicts, a repository inside the repository that is no submodule, a file outside of a sparse checkout,
                a path that git ignores, one without a pattern that names nothing, or more than a change may hold.
        """
        base = self.fetched_oid()
        specs = pathspecs.read(paths, self._root)
        with self._scratch() as git:
            return proposed_changes(git, base, specs, self._theirs, self._warn)

    def history(self, repository: str, token: str | None) -> GitHistory:
        """Return the commits. `token`: for what the checkout lacks, if it is of `repository`."""
        return GitHistory(
            self._git,
            sha=self._sha or "",
            temp=self._temp,
            remotes=lambda git: remotes_of(git, server_url=self._server_url, repository=repository, token=token),
            fetched=lambda head: fetched_commit(self._git, head, self._path_of, self._sha),
        )

    def fetched_oid(self) -> str:
        """Return the commit that was fetched: HEAD, without what steps of this job committed on top of it.

        Raises:
            InputError: see head_oid, or the local commits start from nothing that was fetched.
        """
        return fetched_commit(self._git, self.head_oid(), self._path_of, self._sha)

    def worktree(self, base: str) -> Worktree:
        """Return how the worktree, as git would store it, differs from a commit.

        Raises:
            InputError: there is no usable checkout.
        """
        return read_worktree(self._git, base, self.head_oid(), self._scratch, self._theirs.without_links)

    def ignored(self, places: Sequence[str]) -> tuple[str, ...]:
        """Return the files at or below some paths that git ignores."""
        return tuple(sorted(self._theirs.without_links(ignored(self._git, places))))

    def snapshot(self, choose: Choose) -> Snapshot:
        """Return the files that `choose` takes, as git would store them; untracked and ignored ones too.

        Raises:
            InputError: there is no usable checkout, or a file cannot be read.
        """
        return snapshot(self._trees(""), choose)

    def _trees(self, prefix: str) -> list[Tree]:
        self._check_root()
        tree = read_tree(self._git, self._root, prefix, self._scratch, self._theirs.without)
        below = (self.at(path)._trees(prefix + path) for path in tree.nested)  # noqa: SLF001 - one of its kind
        return [tree, *(each for trees in below for each in trees)]

    def _check_root(self) -> None:
        if self._is_checked:
            return
        top = self._path_of.top()
        if top is None:
            raise InputError(
                Problem(f"{self._root} is a bare repository: it has no files to compare.", "Run actions/checkout.")
            )
        if top != self._root:
            raise InputError(
                Problem(
                    f"{self._root} is inside the repository {top}, not its root.",
                    "Write in `path` the directory that actions/checkout has as `path`, and limit the changes by"
                    " `paths`.",
                )
            )
        self._is_checked = True

    def _scratch(self) -> AbstractContextManager[Git]:
        return scratch_index(self._git, self._path_of, self._temp)
