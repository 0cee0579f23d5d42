"""ports.History: the commits of a checkout, and what its remote has of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from action_patterns.content.blob import EMPTY_TREE
from action_patterns.errors import InputError
from action_patterns.ports.git import TreeListing
from action_patterns.ports.history import ChangedPath, MissingError, Tag
from action_patterns.worktree import trees
from action_patterns.worktree.fetching import HISTORY, TREES, Fetcher, Remote, with_objects
from action_patterns.worktree.git import Git

_ANSWER = frozenset({0, 1, 128})
_MOST_TAGS = 200
"""The newest tags that are compared with each other."""


class GitHistory:
    """The commits of one checkout. A commit that it lacks is fetched once, into a directory beside it."""

    def __init__(
        self,
        git: Git,
        *,
        sha: str,
        temp: str,
        remotes: Callable[[Git], Sequence[Remote]],
        fetched: Callable[[str], str],
    ) -> None:
        """`sha`: the commit of the run. `remotes` is called when something is missing.

        `fetched` returns the commit of GitHub's that a local one was made on; see history.fetched_commit.
        """
        self._fetched = fetched
        self._own = git
        self._git = with_objects(git, ())
        self._sha = sha
        self._temp = temp
        self._remotes = remotes
        self._objects: list[Path] = []
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._fetcher: Fetcher | None = None
        self._histories: dict[tuple[str, ...], Git] = {}
        self._of_tags = self._git
        self._is_repository = True
        self._why_beside = ""
        self._head: str | None = None
        self._known: dict[str, str] = {}
        """Object ids that are here, and the commits that they lead to."""

    def close(self) -> None:
        """Remove what was fetched."""
        if self._directory is not None:
            self._directory.cleanup()

    def head(self) -> str:
        if self._head is None:
            done = self._own.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", expected=_ANSWER)
            if done.returncode == 128:
                self._stand_beside()
            self._head = done.stdout.decode().strip() or self._sha
            if done.stdout:
                self._known[self._head] = self._head
        return self._head

    def made_on(self) -> str:
        head = self.head()
        if head == self._sha or not self._is_repository:
            return head
        try:
            return self._fetched(head)
        except InputError as error:
            raise MissingError(error.message) from None

    def resolve(self, oid: str) -> str:
        found = self._peeled(oid)
        if found is None:
            self._fetch_trees(oid)
            found = self._peeled(oid)
        if found is None:
            raise MissingError(f"{oid[:12]} is no commit.")
        return found

    def parents(self, oid: str) -> tuple[str, ...]:
        # As the object has them: git hides the parents of a commit at which a shallow history ends.
        commit = self.resolve(oid)
        text = self._git.run("cat-file", "commit", commit).stdout
        header = text.partition(b"\n\n")[0].decode(errors="replace").splitlines()
        return tuple(line.removeprefix("parent ") for line in header if line.startswith("parent "))

    def merge_base(self, tip: str, oid: str) -> str | None:
        git = self._with_history(tip, oid)
        found = git.run("merge-base", tip, oid, expected=_ANSWER)
        if found.returncode == 128:
            raise MissingError(f"git knows no way from {tip[:12]} to {oid[:12]}.")
        return found.stdout.decode().strip() or None

    def is_ancestor(self, oid: str, of: str) -> bool:
        # If the other's history lacks it, it is no ancestor.
        return self._is_ancestor_here(self._with_history(of), oid, of)

    def branch(self, name: str) -> str | None:
        found = self._git.run("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{name}", expected=_ANSWER)
        return found.stdout.decode().strip() or self._remote().branch(name)

    def tag(self, name: str) -> str | None:
        found = self._git.run("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}", expected=_ANSWER)
        if found.stdout:
            return found.stdout.decode().strip()
        git = self._remote().fetch(TREES, (f"+refs/tags/{name}:refs/tags/{name}",))
        if git is None:
            if "find remote ref" in self._remote().refusal:
                return None
            raise MissingError(f"The tag {name!r} is not in the checkout. {self._remote().refusal}")
        self._see(git)
        return git.run("rev-parse", f"refs/tags/{name}^{{commit}}").stdout.decode().strip()

    def tags_before(self, oid: str) -> tuple[Tag, ...]:
        git = self._git if self._is_whole() else self._fetch_history((oid, "+refs/tags/*:refs/tags/*"))
        self._of_tags = git
        form = "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname:strip=2)"
        listed = git.run("for-each-ref", f"--merged={oid}", "--sort=-creatordate", form, "refs/tags").stdout
        found = []
        for line in listed.decode(errors="surrogateescape").splitlines():
            kind, own, peeled_kind, peeled, name = line.split(" ", 4)
            commit = own if kind == "commit" else peeled if peeled_kind == "commit" else ""
            if commit and commit != oid:
                found.append(Tag(name, commit))
        return tuple(found)

    def nearest(self, oids: Sequence[str]) -> str:
        if len(oids) == 1:
            return oids[0]
        found = self._of_tags.run("merge-base", "--independent", *oids[:_MOST_TAGS]).stdout.decode().split()
        return next(each for each in oids if each in found)

    def compare(self, base: str | None, head: str) -> tuple[ChangedPath, ...]:
        commits = [each for each in (base, head) if each is not None]
        for oid in commits:
            self.resolve(oid)
        try:
            return trees.compare(self._git, base or EMPTY_TREE, head)
        except MissingError:
            # A clone without trees has the commits alone.
            for oid in commits:
                self._fetch_trees(oid)
            return trees.compare(self._git, base or EMPTY_TREE, head)

    def paths(self, oid: str) -> tuple[str, ...]:
        commit = self.resolve(oid)
        return trees.paths(self._git, commit)

    def tree(self, oid: str) -> str:
        found = self._git.run("rev-parse", "--verify", "--quiet", f"{oid}^{{tree}}", expected=_ANSWER)
        if found.returncode:
            raise MissingError(f"The commit {oid[:12]} is not in the checkout.")
        return found.stdout.decode().strip()

    def list_tree(self, tree: str, *, recursive: bool) -> TreeListing:
        return trees.listing(self._git, tree, recursive=recursive)

    def _has(self, oid: str) -> bool:
        return self._peeled(oid) is not None

    def _peeled(self, oid: str) -> str | None:
        """Return the commit of an object id. None: it is not here."""
        if oid not in self._known:
            found = self._git.run("rev-parse", "--verify", "--quiet", f"{oid}^{{commit}}", expected=_ANSWER)
            if found.returncode:
                return None
            self._known[oid] = found.stdout.decode().strip()
        return self._known[oid]

    def _is_ancestor_here(self, git: Git, oid: str, of: str) -> bool:
        return git.run("merge-base", "--is-ancestor", oid, of, expected=_ANSWER).returncode == 0

    def _is_whole(self) -> bool:
        """Return whether the checkout has all history of what it has."""
        found = self._own.run("rev-parse", "--is-shallow-repository", expected=_ANSWER)
        return self._is_repository and found.stdout.strip() == b"false"

    def _with_history(self, *oids: str) -> Git:
        """Return git where these commits and all their ancestors are."""
        if all(map(self._has, oids)) and self._is_whole():
            return self._git
        return self._fetch_history(oids)

    def _fetch_history(self, what: Sequence[str]) -> Git:
        wanted = tuple(what)
        if wanted not in self._histories:
            git = self._remote().fetch(HISTORY, wanted)
            if git is None:
                raise MissingError(f"The checkout is shallow. {self._remote().refusal}{self._why_beside}")
            self._histories[wanted] = with_objects(git, ())
        return self._histories[wanted]

    def _fetch_trees(self, oid: str) -> None:
        git = self._remote().fetch(TREES, (oid,))
        if git is None:
            why = f"{self._remote().refusal}{self._why_beside}"
            raise MissingError(f"The commit {oid[:12]} is not in the checkout. {why}")
        self._see(git)

    def _see(self, git: Git) -> None:
        place = git.run("rev-parse", "--git-path", "objects").stdout.decode(errors="surrogateescape").strip()
        self._objects.append(Path(place))
        self._git = with_objects(self._own, self._objects)

    def _remote(self) -> Fetcher:
        if self._fetcher is None:
            remotes = self._remotes(self._own)
            self._fetcher = Fetcher(self._own, remotes, self._place())
        return self._fetcher

    def _place(self) -> Path:
        if self._directory is None:
            Path(self._temp).mkdir(parents=True, exist_ok=True)
            self._directory = tempfile.TemporaryDirectory(
                prefix="action-patterns-git-", dir=self._temp, ignore_cleanup_errors=True
            )
        return Path(self._directory.name)

    def _stand_beside(self) -> None:
        """Use an empty repository where the workspace is none."""
        try:
            self._own.run("rev-parse", "--git-dir")
        except InputError as error:
            self._why_beside = f" {error.message} {error.remediation}"
            place = self._place() / "own.git"
            self._own.run("init", "--quiet", "--bare", str(place))
            self._own = self._own.using({"GIT_DIR": str(place)})
            self._git = with_objects(self._own, self._objects)
            self._is_repository = False
