"""The checkout and the files of a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from action_patterns.content.changes import FileChange, Mode
    from action_patterns.ports.history import History, Worktree
    from action_patterns.ports.snapshot import Choose, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The source of a checkout, by its remote `origin`, or by its only remote."""

    repository: str | None = None
    """`owner/name` on the run's server. None: the remote names none, or there is no remote."""
    url: str = ""
    """The remote's URL without credentials; "": there is no remote."""
    elsewhere: bool = False
    """The URL names another server."""
    holds_run_commit: bool = False
    """The commit that the run is about is in the history of what is checked out. Looked at without a `repository`."""


class Checkout(Protocol):
    """A checked-out repository: the workspace, or a directory in it."""

    def places(self) -> tuple[str, ...]:
        """Return where checkouts are: `.` for the workspace itself, otherwise the directories right below it."""

    def at(self, path: str) -> Checkout:
        """Return the checkout in a directory of the workspace. Raises InputError for a place that is not inside."""

    def origin(self) -> Origin:
        """Return where the checkout comes from."""

    def read_blob(self, oid: str) -> bytes:
        """Return the content of a file that the checked-out commit has."""

    def tracked(self) -> tuple[str, ...]:
        """Return the paths of all files that git tracks, relative to the repository's root."""

    def head_oid(self) -> str:
        """Return the id of the checked-out commit."""

    def changes(self, paths: Sequence[str]) -> tuple[FileChange, ...]:
        """Return how the worktree differs from the commit that was fetched, limited to `paths` if any are given.

        Untracked files, and commits of earlier steps, are included.

        Raises:
            InputError: `paths` name a file that git ignores, which would be left out without a message.
        """

    def history(self, repository: str, token: str | None) -> History:
        """Return the commits. `token` reaches `repository`, for what the checkout lacks."""

    def fetched_oid(self) -> str:
        """Return the commit that was fetched: HEAD, without what steps of this job committed on top of it."""

    def worktree(self, base: str) -> Worktree:
        """Return how the worktree, as git would store it, differs from a commit."""

    def ignored(self, places: Sequence[str]) -> tuple[str, ...]:
        """Return the files at or below some paths that git ignores, sorted."""

    def snapshot(self, choose: Choose) -> Snapshot:
        """Return the files that `choose` takes, as git would store them; untracked and ignored ones too.

        Raises:
            InputError: there is no usable checkout, or a file cannot be read.
        """


class Files(Protocol):
    """Files of the workspace and of RUNNER_TEMP, but those of git and of the runner. Other places are an InputError."""

    def read(self, path: str) -> bytes:
        """Return a file's content. Raises InputError where it is absent or outside."""

    def size(self, path: str) -> int:
        """Return the bytes of a file of any size. Raises InputError where it is absent or outside."""

    def sha256(self, path: str) -> str:
        """Return the SHA-256 digest of a file of any size, in hexadecimal. Raises InputError as `size`."""

    def exists(self, path: str) -> bool:
        """Return whether there is a file or directory."""

    def is_directory(self, path: str) -> bool:
        """Return whether there is a directory."""

    def directory(self, path: str) -> tuple[FileChange, ...]:
        """Return every file below a directory, as additions at paths relative to it; modes and symbolic links kept."""

    def entry(self, path: str, at: PurePosixPath) -> FileChange:
        """Return one file or symbolic link as an addition at the path `at`, mode kept."""

    def find(self, pattern: str) -> tuple[FileChange, ...]:
        """Return the workspace's files that a path or pattern names, at paths relative to the workspace; never none.

        A directory stands for everything below it but `.git` and RUNNER_TEMP. Patterns are those of content.patterns.
        """

    def names(self, path: str) -> tuple[str, ...]:
        """Return the paths of all regular files below a directory, sorted, for `read`; empty if it is absent."""

    def listing(self) -> tuple[str, ...]:
        """Return the paths of all files of the workspace but those of git, relative to it, sorted."""

    def present(self, path: str) -> FileChange:
        """Return the file at a path of the workspace, at its real path in it. Mode None: there is none.

        A directory, a symbolic link, and a path outside the workspace or inside a file are an InputError.
        """

    def replace(self, path: str, content: bytes, mode: Mode) -> None:
        """Write a file of the workspace atomically and make its parents. A file that is there keeps its permissions."""

    def write(self, path: str, text: str) -> str:
        """Write a file atomically and make its parents; relative to RUNNER_TEMP. Returns the absolute path."""

    def write_names(self, path: str, names: Sequence[str]) -> str:
        """Write names as `write` does, each with a NUL at its end and with the bytes that git has for it."""
