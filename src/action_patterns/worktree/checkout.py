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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from action_patterns.content.changes import FileChange, Mode, ancestors
from action_patterns.content.sizes import size_problems
from action_patterns.errors import DefectError, InputError, Problem
from action_patterns.ports.workspace import Origin
from action_patterns.worktree import pathspecs
from action_patterns.worktree.git import Git, split
from action_patterns.worktree.history import fetched_commit
from action_patterns.worktree.origin import origin_of
from action_patterns.worktree.pathspecs import Pathspec

_ABSENT = "000000"
_MODES: dict[str, Mode] = {"100644": "100644", "100755": "100755", "120000": "120000", "160000": "160000"}
_SUBMODULE = "160000"


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
    ) -> None:
        """`temp` takes a copy of the index and of changed files for a moment; `environment` is what git runs with;
        `sha` is a commit GitHub is known to have, the one the run is about.
        """
        self._root = Path(os.path.realpath(workspace))
        self._temp = temp
        self._environment = environment
        self._git = Git(self._root, environment)
        self._sha = sha
        self._server_url = server_url
        self._is_checked = False

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
        return GitCheckout(str(place), self._temp, self._environment, sha=self._sha, server_url=self._server_url)

    def origin(self) -> Origin:
        """Return where the checkout comes from.

        Raises:
            InputError: there is no usable checkout.
        """
        self._check_root()
        return origin_of(self._git, self._server_url, self._sha)

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
            for spec in specs:
                self._check_spec(git, spec, base)
            limits = tuple(spec.text for spec in specs)
            self._add_everything(git, limits)
            return self._compare(git, base, limits)

    def _check_root(self) -> None:
        if self._is_checked:
            return
        inside = self._git.run("rev-parse", "--is-inside-work-tree").stdout.strip()
        if inside != b"true":
            raise InputError(
                Problem(f"{self._root} is a bare repository: it has no files to compare.", "Run actions/checkout.")
            )
        top = Path(os.fsdecode(self._git.run("rev-parse", "--show-toplevel").stdout.removesuffix(b"\n")))
        if Path(os.path.realpath(top)) != self._root:
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
            (objects / "info" / "alternates").write_bytes(os.fsencode(self._git_path("objects")) + b"\n")
            theirs = self._git_path("index")
            if theirs.exists():
                # With its times: git tells by them which entries it cannot trust ("racy git").
                shutil.copy2(theirs, index)
            yield self._git.using({"GIT_INDEX_FILE": str(index), "GIT_OBJECT_DIRECTORY": str(objects)})

    def _git_path(self, name: str) -> Path:
        found = self._git.run("rev-parse", "--git-path", name).stdout.removesuffix(b"\n")
        return self._root / os.fsdecode(found)

    def _check_conflicts(self, git: Git) -> None:
        unmerged = git.lines("ls-files", "--unmerged", "-z")
        if unmerged:
            names = sorted({entry.partition("\t")[2] for entry in unmerged})
            raise InputError(
                Problem(
                    f"The checkout has unresolved conflicts: {_some(names)}.",
                    "Resolve them or abort the merge before this step; conflict markers must not be proposed.",
                )
            )

    def _check_spec(self, git: Git, spec: Pathspec, base: str) -> None:
        """Refuse a path whose files would be left out without a word."""
        tracked = git.lines("ls-files", "--cached", "-z", "--", spec.text)
        visible = tracked or git.lines("ls-files", "--others", "--exclude-standard", "-z", "--", spec.text)
        if not visible or (not spec.is_pattern and self._names_ignored(git, spec)):
            ignored = git.lines("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", spec.text)
            if ignored:
                raise InputError(
                    Problem(
                        f"The path {spec.given!r} names files that git ignores: {_some(ignored)}.",
                        f"Take them out of .gitignore (a line such as `!/{spec.path}`), or remove {spec.given!r} here.",
                    )
                )
        if visible or spec.is_pattern:
            return
        if not git.lines("diff-index", "--cached", "--name-only", "-z", base, "--", spec.text):
            raise InputError(
                Problem(
                    f"The path {spec.given!r} names nothing, neither in the checkout nor in its last commit.",
                    "Correct it. If the file may be absent, write a pattern such as `docs/*.md`: it may match nothing.",
                )
            )

    def _names_ignored(self, git: Git, spec: Pathspec) -> bool:
        # --no-index: a directory may be ignored although a file in it was added by force; its new files still are.
        # `./`: it would take a name such as `:(top)` for a pattern, and it knows no way to say it is none.
        found = git.run(
            "check-ignore",
            "--no-index",
            "--stdin",
            "-z",
            input=b"./" + os.fsencode(spec.path) + b"\0",
            expected=frozenset({0, 1}),
        )
        return bool(found.stdout)

    def _add_everything(self, git: Git, limits: tuple[str, ...]) -> None:
        # Not `git add -A`: with limits it fails for a tracked file in an ignored directory, and for one that is gone.
        known = tuple(limit for limit in limits if git.lines("ls-files", "--cached", "-z", "--", limit))
        if known or not limits:
            git.run("add", "--update", "--", *known)
        new = git.lines("ls-files", "--others", "--exclude-standard", "-z", "--", *limits)
        self._check_nested(git, (path.removesuffix("/") for path in new if path.endswith("/")))
        if new:
            git.using({"GIT_LITERAL_PATHSPECS": "1"}).run(
                "add",
                "--pathspec-from-file=-",
                "--pathspec-file-nul",
                input=b"".join(os.fsencode(path) + b"\0" for path in new),
            )

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
                    f"There are repositories inside the checkout that are no submodules: {_some(strange)}.",
                    "Check them out elsewhere (below $RUNNER_TEMP, say), put them into .gitignore, or limit `paths`.",
                )
            )

    def _compare(self, git: Git, base: str, limits: tuple[str, ...]) -> tuple[FileChange, ...]:
        items = git.lines(
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--ignore-submodules=none",
            base,
            "--",
            *limits,
        )
        found = [_Difference.parse(*pair) for pair in zip(items[::2], items[1::2], strict=True)]
        self._check_nested(git, (each.path for each in found if each.mode == _SUBMODULE != each.base_mode))
        # A file that takes the place of a directory was made against all that was in it.
        emptied = {parent for each in found if each.mode is None for parent in ancestors(each.path)}
        directories = {
            each.path: git.run("rev-parse", "--verify", f"{base}:{each.path}").stdout.decode().strip()
            for each in found
            if each.path in emptied and each.mode is not None and each.base_mode is None
        }
        contents = _contents(git, [each for each in found if each.mode not in (None, _SUBMODULE)])
        return tuple(
            FileChange(
                path=each.path,
                mode=each.mode,
                content=contents.get(each.oid, b"") if each.mode not in (None, _SUBMODULE) else b"",
                gitlink=each.oid if each.mode == _SUBMODULE else None,
                base_oid=directories.get(each.path, each.base_oid),
            )
            for each in sorted(found, key=lambda each: each.path)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    """One line of `git diff-index --raw` (git docs: "git-diff-index", raw output format)."""

    path: str
    mode: Mode | None
    oid: str
    base_mode: Mode | None
    base_oid: str | None

    @classmethod
    def parse(cls, meta: str, path: str) -> _Difference:
        base_mode, mode, base_oid, oid, _status = meta.removeprefix(":").split(" ")
        return cls(
            path=path,
            mode=None if mode == _ABSENT else _MODES[mode],
            oid=oid,
            base_mode=None if base_mode == _ABSENT else _MODES[base_mode],
            base_oid=None if base_mode == _ABSENT else base_oid,
        )


def _contents(git: Git, wanted: Sequence[_Difference]) -> dict[str, bytes]:
    """The blobs by oid. Sizes are asked for first, so that a stray disk image is refused and not read."""
    if not wanted:
        return {}
    oids = "".join(f"{oid}\n" for oid in dict.fromkeys(each.oid for each in wanted)).encode()
    sizes: dict[str, int] = {}
    for line in git.run("cat-file", "--batch-check", input=oids).stdout.decode().splitlines():
        oid, _kind, size = line.split(" ")
        sizes[oid] = int(size)
    if problems := size_problems({each.path: sizes[each.oid] for each in wanted}):
        raise InputError(*problems)
    output = git.run("cat-file", "--batch", input=oids).stdout
    contents: dict[str, bytes] = {}
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        oid, _, size = output[start:end].decode().split(" ")
        contents[oid] = output[end + 1 : end + 1 + int(size)]
        start = end + 1 + int(size) + 1
    if missing := [each.path for each in wanted if each.oid not in contents]:
        raise DefectError(f"git did not give the content of {_some(missing)}.", remediation="Please report this.")
    return contents


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
