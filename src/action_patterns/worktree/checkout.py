"""ports.Checkout: what the worktree changes against the commit that was fetched, with git itself as the judge.

The user's index is copied, everything is added to the copy, and the copy is compared with that commit. So the answer is
what `git add -A && git commit` would commit, to the byte: ignore rules, line endings and filters (LFS), modes, links,
submodules, what is staged already, sparse checkouts; and what a step before committed itself (see history) belongs to
it. New objects go to a separate directory that is thrown away.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from action_patterns.content.changes import FileChange
from action_patterns.errors import InputError, Problem
from action_patterns.ports.history import Worktree
from action_patterns.ports.snapshot import Choose, Snapshot
from action_patterns.ports.workspace import Origin
from action_patterns.worktree import pathspecs
from action_patterns.worktree.commits import GitHistory
from action_patterns.worktree.compare import SUBMODULE, as_changes, compare
from action_patterns.worktree.fetching import remotes_of
from action_patterns.worktree.git import Git, some, split
from action_patterns.worktree.history import fetched_commit
from action_patterns.worktree.origin import origin_of
from action_patterns.worktree.pathspecs import Pathspec
from action_patterns.worktree.snapshot import Tree, read_tree, snapshot
from action_patterns.worktree.status import ignored, read_worktree

_GIT_PATHS = ("FETCH_HEAD", "shallow", "objects", "index")
"""The files and directories of git itself that are read. git tells where: a worktree or a submodule has them apart."""


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
        self._not_ours = tuple(Path(os.path.realpath(each)) for each in (temp, *runner_files))
        self._warn = warn
        self._is_checked = False
        self._git_paths: dict[str, Path] = {}

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
            runner_files=[str(each) for each in self._not_ours],
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
        base = fetched_commit(self._git, self.head_oid(), self._git_path, self._sha)
        specs = pathspecs.read(paths, self._root)
        with self._scratch() as git:
            self._check_conflicts(git)
            limits = tuple(spec.text for spec in specs)
            others = frozenset(git.lines("ls-files", "--others", "--exclude-standard", "-z", "--", *limits))
            known = None if not specs else frozenset(_listed(git, base, *limits))
            for spec in specs:
                visible = others | (known or frozenset()) if len(specs) == 1 else _matched(git, base, spec.text)
                self._check_spec(git, spec, is_visible=bool(visible))
            self._warn_of_exclusions(git, specs, base)
            new = self._only_ours(others)
            self._add(git, new, known)
            found = compare(git, base, None if known is None else known | new)
            self._check_nested(git, (each.path for each in found if each.mode == SUBMODULE != each.base_mode))
            return as_changes(git, base, found)

    def history(self, repository: str, token: str | None) -> GitHistory:
        """Return the commits. `token`: for what the checkout lacks, if it is of `repository`."""
        return GitHistory(
            self._git,
            sha=self._sha or "",
            temp=self._temp,
            remotes=lambda git: remotes_of(git, server_url=self._server_url, repository=repository, token=token),
        )

    def fetched_oid(self) -> str:
        """Return the commit that was fetched: HEAD, without what steps of this job committed on top of it.

        Raises:
            InputError: see head_oid, or the local commits start from nothing that was fetched.
        """
        head = self.head_oid()
        return head if head == self._sha else fetched_commit(self._git, head, self._git_path, self._sha)

    def worktree(self, base: str) -> Worktree:
        """Return how the worktree, as git would store it, differs from a commit.

        Raises:
            InputError: there is no usable checkout.
        """
        return read_worktree(self._git, base, self.head_oid(), self._scratch, self._only_ours)

    def ignored(self, places: Sequence[str]) -> tuple[str, ...]:
        """Return the files at or below some paths that git ignores."""
        return tuple(sorted(self._only_ours(ignored(self._git, places))))

    def snapshot(self, choose: Choose) -> Snapshot:
        """Return the files that `choose` takes, as git would store them; untracked and ignored ones too.

        Raises:
            InputError: there is no usable checkout, or a file cannot be read.
        """
        return snapshot(self._trees(""), choose)

    def _trees(self, prefix: str) -> list[Tree]:
        self._check_root()
        tree = read_tree(self._git, self._root, prefix, self._scratch, self._without_runner_files)
        below = (self.at(path)._trees(prefix + path) for path in tree.nested)  # noqa: SLF001 - one of its kind
        return [tree, *(each for trees in below for each in trees)]

    def _without_runner_files(self, paths: Iterable[str]) -> Iterable[str]:
        theirs = [place.relative_to(self._root).as_posix() for place in self._not_ours if self._root in place.parents]
        below = tuple(f"{each}/" for each in theirs)
        return (path for path in paths if path not in theirs and not path.startswith(below)) if theirs else paths

    def _check_root(self) -> None:
        if self._is_checked:
            return
        inside, _, place = self._git.run("rev-parse", "--is-inside-work-tree", "--show-cdup").stdout.partition(b"\n")
        if inside != b"true":
            raise InputError(
                Problem(f"{self._root} is a bare repository: it has no files to compare.", "Run actions/checkout.")
            )
        top = Path(os.path.realpath(self._root / os.fsdecode(place.removesuffix(b"\n"))))
        if top != self._root:
            raise InputError(
                Problem(
                    f"{self._root} is inside the repository {top}, not its root.",
                    "Write in `path` the directory that actions/checkout has as `path`, and limit the changes by"
                    " `paths`.",
                )
            )
        self._is_checked = True

    @contextmanager
    def _scratch(self) -> Iterator[Git]:
        """Yield git with a copy of the index, and with a separate directory for new objects."""
        Path(self._temp).mkdir(parents=True, exist_ok=True)
        # An interrupt may leave a git behind that still writes there: what cannot be removed is left to the runner.
        scratch = tempfile.TemporaryDirectory(prefix="action-patterns-git-", dir=self._temp, ignore_cleanup_errors=True)
        with scratch as directory:
            index, objects = Path(directory, "index"), Path(directory, "objects")
            (objects / "info").mkdir(parents=True)
            (objects / "info" / "alternates").write_bytes(_quoted(self._git_path("objects")))
            theirs = self._git_path("index")
            if theirs.exists():
                # With its times: git tells by them which entries it cannot trust ("racy git").
                shutil.copy2(theirs, index)
            yield self._git.using({"GIT_INDEX_FILE": str(index), "GIT_OBJECT_DIRECTORY": str(objects)})

    def _git_path(self, name: str) -> Path:
        """Return the place of one of `_GIT_PATHS`. git is asked once for all of them."""
        if not self._git_paths:
            names = [part for each in _GIT_PATHS for part in ("--git-path", each)]
            found = self._git.run("rev-parse", *names).stdout.removesuffix(b"\n").split(b"\n")
            if len(found) != len(_GIT_PATHS):  # A line break is in the name of a directory.
                found = [self._git.run("rev-parse", "--git-path", each).stdout[:-1] for each in _GIT_PATHS]
            self._git_paths = {
                each: self._root / os.fsdecode(place) for each, place in zip(_GIT_PATHS, found, strict=True)
            }
        return self._git_paths[name]

    def _check_conflicts(self, git: Git) -> None:
        unmerged = git.lines("ls-files", "--unmerged", "-z")
        if unmerged:
            names = sorted({entry.partition("\t")[2] for entry in unmerged})
            raise InputError(
                Problem(
                    f"The checkout has unresolved conflicts: {some(names)}.",
                    "Resolve them or abort the merge before this step; conflict markers must not be proposed.",
                )
            )

    def _check_spec(self, git: Git, spec: Pathspec, *, is_visible: bool) -> None:
        """Refuse a path whose files would be left out without a word."""
        if spec.excludes:
            return
        literal = spec.is_literal(self._root)
        if not is_visible or (literal and self._is_ignored(git, spec)):
            ignored = git.lines("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", spec.text)
            if ignored:
                raise InputError(
                    Problem(
                        f"The path {spec.given!r} names files that git ignores: {some(ignored)}.",
                        f"Take them out of .gitignore (a line such as `!/{spec.text}`), or remove {spec.given!r} here.",
                    )
                )
        if not is_visible and not literal:
            self._warn(f"The pattern {spec.given!r} in `paths` matches no file, and has no effect.")
        if not is_visible and literal:
            raise InputError(
                Problem(
                    f"The path {spec.given!r} names nothing, neither in the checkout nor in its last commit.",
                    "Correct it. If the file may be absent, write a pattern such as `docs/*.md`: it may match nothing.",
                )
            )

    def _warn_of_exclusions(self, git: Git, specs: Sequence[Pathspec], base: str) -> None:
        for spec in specs:
            if spec.excludes:
                others = tuple(each.text for each in specs if each is not spec)
                if _matched(git, base, *others) == _matched(git, base, *others, spec.text):
                    self._warn(f"The exclusion {spec.given!r} in `paths` takes no file away, and has no effect.")

    def _is_ignored(self, git: Git, spec: Pathspec) -> bool:
        # git refuses the question about a path below a symbolic link: there is nothing in the worktree that it names.
        if any((self._root / above).is_symlink() for above in PurePosixPath(spec.text).parents):
            return False
        # --no-index: a directory may be ignored although a file in it was added by force; its new files still are.
        # `./`: it would take a name such as `:(top)` for a pattern, and it knows no way to say it is none.
        found = git.run(
            "check-ignore",
            "--no-index",
            "--stdin",
            "-z",
            input=b"./" + os.fsencode(spec.text) + b"\0",
            expected=frozenset({0, 1}),
        )
        return bool(found.stdout)

    def _only_ours(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the paths without those of the runner, for a runner that keeps its files in the checkout."""
        theirs = [place.relative_to(self._root).as_posix() for place in self._not_ours if self._root in place.parents]
        identities = {_identity(place) for place in self._not_ours} - {None}
        return frozenset(
            path
            for path in paths
            if not any(path == each or path.startswith(f"{each}/") for each in theirs)
            and _identity(self._root / path) not in identities
        )

    def _add(self, git: Git, new: frozenset[str], known: frozenset[str] | None) -> None:
        """Add new files, and what differs of the tracked ones, to the index. A sparse checkout's outside stays."""
        self._check_nested(git, (path.removesuffix("/") for path in new if path.endswith("/")))
        # Not by the given pathspecs: with them `git add` fails for a tracked file in an ignored directory, for one that
        # is gone, and for one outside of a sparse checkout.
        found = git.lines("diff-files", "--name-status", "--ignore-submodules=none", "-z")
        gone: list[str] = []
        other: list[str] = []
        for status, path in zip(found[::2], found[1::2], strict=True):
            if known is None or path in known:
                (gone if status == "D" else other).append(path)
        literally = git.using({"GIT_LITERAL_PATHSPECS": "1"})
        from_input = ("--pathspec-from-file=-", "--pathspec-file-nul")
        # `git add` refuses a path whose directory has become a symbolic link; the index may forget any path.
        for command, paths in (
            (("update-index", "--force-remove", "-z", "--stdin"), gone),
            (("add", "--update", *from_input), other),
            (("add", *from_input), sorted(new)),
        ):
            if paths:
                literally.run(*command, input=b"".join(os.fsencode(path) + b"\0" for path in paths))

    def _check_nested(self, git: Git, paths: Iterable[str]) -> None:
        """Refuse a checkout inside the checkout: git would commit a pointer that leads nowhere."""
        if not (nested := set(paths)):
            return
        listed = git.run(
            "config", "--file", ".gitmodules", "--null", "--get-regexp", r"\.path$", expected=frozenset({0, 1})
        )
        submodules = {entry.partition("\n")[2].rstrip("/") for entry in split(listed.stdout)}
        if strange := sorted(nested - submodules):
            raise InputError(
                Problem(
                    f"There are repositories inside the checkout that are no submodules: {some(strange)}.",
                    "Check them out elsewhere (below $RUNNER_TEMP, say), put them into .gitignore, or limit `paths`.",
                )
            )


def _quoted(place: Path) -> bytes:
    """Return a line of `objects/info/alternates`, which git reads with the escapes of C between quotes."""
    text = os.fsencode(place).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + text + b'"\n'


def _identity(place: Path) -> tuple[int, int] | None:
    """Return what tells a file from others under any name: it may have a hard link. None: it is absent."""
    try:
        status = place.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _listed(git: Git, base: str, *specs: str) -> tuple[str, ...]:
    """Return the tracked paths that pathspecs match, and those of the commit that the index has no longer."""
    return git.lines("ls-files", "--cached", f"--with-tree={base}", "-z", "--", *specs)


def _matched(git: Git, base: str, *specs: str) -> frozenset[str]:
    """Return all paths that pathspecs match: the tracked ones, and those that git would add."""
    every = ("--cached", "--others", "--exclude-standard", f"--with-tree={base}")
    return frozenset(git.lines("ls-files", *every, "-z", "--", *specs))
