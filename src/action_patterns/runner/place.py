"""The place of a resolved path. Every use goes through opened directories, and checks afterwards where they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from action_patterns.content.changes import is_git_name
from action_patterns.content.temporary_files import is_temporary, temporary_name
from action_patterns.runner.opened import (
    CHANGING,
    DIRECTORY,
    GIT_KEEPS,
    LEAVE_GIT_OUT,
    LIST,
    NEITHER,
    Entry,
    below,
    names_in,
    problem,
    read_entry,
    remove_temporary,
    replaced,
    sha256_of,
    status_of,
)

_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_GIT_NAMES = ("HEAD", "objects", "refs", "commondir", "gitdir")


def is_git_directory(names: Collection[str]) -> bool:
    """Return whether a directory with these names is git's own, under any name (git source, is_git_directory).

    The second form is that of a worktree: it shares its objects with another.
    """
    return {"HEAD", "objects", "refs"} <= set(names) or {"HEAD", "commondir", "gitdir"} <= set(names)


class Step(NamedTuple):
    """One component of the real path so far."""

    name: str
    directory: int | None
    """An open descriptor. None: outside the roots, absent, or not a directory."""


class Place:
    """The real place of a path inside a root. Its directories are open until the `with` of `resolve` ends."""

    def __init__(self, path: str, steps: Sequence[Step], root: int) -> None:
        self._path = path
        self._steps = steps
        self._root = root

    @property
    def real(self) -> Path:
        """The absolute path without links."""
        return real_path(self._steps)

    @property
    def name(self) -> str:
        return self._steps[-1].name

    @property
    def directory(self) -> int | None:
        """The descriptor, if the place is a directory."""
        return self._steps[-1].directory

    def git_directory(self) -> str | None:
        """Return the part of the path, below the root, that is a directory or file of git. None: there is none."""
        for step in self._steps[self._root + 1 :]:
            if is_git_name(step.name):
                return step.name
            if step.directory is not None and is_git_directory(names_in(step.directory, _GIT_NAMES)):
                return step.name
        return None

    def status(self) -> os.stat_result | None:
        """Return the status of what is there, of a link itself; None: nothing is there."""
        if self.directory is not None:
            return os.fstat(self.directory)
        above = self._above()
        return None if above is None else status_of(self.name, above)

    def read(self) -> bytes:
        """Return the bytes of a regular file. `status` has shown that it is one.

        Raises:
            InputError: it was replaced since it was resolved.
            OSError: it cannot be read.
        """
        found = self.entry((), self._path)
        if not stat.S_ISREG(found.status.st_mode):
            raise replaced(self._path, self.name)
        return found.content

    def sha256(self) -> str:
        """Return the digest of a regular file of any size. `status` has shown that it is one.

        Raises:
            InputError: it was replaced since it was resolved.
            OSError: it cannot be read.
        """
        above = self._above()
        assert above is not None, "a file is below a root"
        found = read_entry(above, self.name, self._path, sha256_of)
        self._verify()
        if not stat.S_ISREG(found.status.st_mode):
            raise replaced(self._path, self.name)
        return found.content.hex()

    def entry(self, parts: Sequence[str], path: str) -> Entry:
        """Return the file or link here, or below here at `parts`; errors name it `path`.

        Raises:
            InputError: it is neither file nor link, or was replaced since it was resolved.
            OSError: it cannot be read.
        """
        if not parts:
            above = self._above()
            if above is None:
                raise problem(path, NEITHER, GIT_KEEPS)
            found = read_entry(above, self.name, path)
        else:
            assert self.directory is not None
            with below(self.directory, parts[:-1], self._path) as above:
                found = read_entry(above, parts[-1], path)
        self._verify()
        return found

    def files(self, *, without_git: bool = False) -> list[tuple[str, os.stat_result]]:
        """Return everything below a directory but the directories, sorted by path. Links are not followed.

        The temporary file that a killed process leaves is left out.

        Raises:
            InputError: there is a directory of git below it, unless the call is `without_git`.
        """
        assert self.directory is not None
        found: list[tuple[str, os.stat_result]] = []
        pending: list[tuple[str, ...]] = [()]
        while pending:
            above = pending.pop()
            with below(self.directory, above, self._path, flags=LIST) as listed, os.scandir(listed) as scanned:
                entries = list(scanned)
                if above and is_git_directory({entry.name for entry in entries}):
                    if without_git:
                        continue
                    raise problem("/".join(above), "is a directory of git", LEAVE_GIT_OUT)
                for entry in entries:
                    if is_git_name(entry.name):
                        if without_git:
                            continue
                        raise problem("/".join((*above, entry.name)), "is git's own", LEAVE_GIT_OUT)
                    if entry.is_dir(follow_symlinks=False):
                        pending.append((*above, entry.name))
                    elif not is_temporary(entry.name) and (status := status_of(entry.name, listed)) is not None:
                        found.append(("/".join((*above, entry.name)), status))
        self._verify()
        return sorted(found, key=lambda each: each[0])

    def obstacle(self) -> str | None:
        """Return the path of what is no directory above the place. None: all that is there above it is one."""
        for depth in range(self._root + 1, len(self._steps) - 1):
            if self._steps[depth].directory is None:
                there = status_of(self._steps[depth].name, self._steps[depth - 1].directory)
                return None if there is None else str(real_path(self._steps[: depth + 1]))
        return None

    def replace(self, content: bytes, permissions: int = 0o644, *, tidy: bool = False) -> None:
        """Write a file so that a reader sees all of it or nothing, and make the directories above it.

        `tidy` removes the temporary files of killed processes: no other process may write into the directory.

        Raises:
            InputError: a directory above was replaced since it was resolved.
            OSError: it cannot be written.
        """
        with self._above_made() as parent:
            if tidy:
                self._verify_at(self.real.parent, parent)
                remove_temporary(parent)
            temporary = temporary_name(os.urandom(8))
            written = os.open(temporary, _WRITE, 0o600, dir_fd=parent)
            try:
                with os.fdopen(written, "wb") as stream:
                    stream.write(content)
                    # A later step may run as another user: this step's umask must not decide.
                    os.fchmod(stream.fileno(), permissions)
                self._verify_at(self.real.parent, parent)
                # replace() puts the file in the place of a link instead of writing through it.
                os.replace(temporary, self.name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=parent)
                raise

    def _above(self) -> int | None:
        """Return the descriptor of the directory that holds the place; None: it is outside the root, or absent."""
        return self._steps[-2].directory if len(self._steps) - 1 > self._root else None

    @contextmanager
    def _above_made(self) -> Iterator[int]:
        """Yield the descriptor of the directory that holds the place; make what is absent of it."""
        made: list[int] = []
        try:
            parent: int | None = None
            for depth in range(self._root, len(self._steps) - 1):
                step = self._steps[depth]
                if step.directory is not None:
                    parent = step.directory
                elif parent is None:
                    root = real_path(self._steps[: depth + 1])
                    root.mkdir(parents=True, exist_ok=True)
                    parent = os.open(root, DIRECTORY)
                    made.append(parent)
                else:
                    with suppress(FileExistsError):
                        os.mkdir(step.name, dir_fd=parent)
                    parent = os.open(step.name, DIRECTORY, dir_fd=parent)
                    made.append(parent)
            assert parent is not None
            yield parent
        finally:
            for descriptor in made:
                os.close(descriptor)

    def _verify(self) -> None:
        if self.directory is not None:
            self._verify_at(self.real, self.directory)
        elif (above := self._above()) is not None:
            self._verify_at(self.real.parent, above)

    def _verify_at(self, real: Path, directory: int) -> None:
        """Raise InputError unless the opened directory still is at its path: it can be moved out of the root."""
        try:
            same = os.path.samestat(real.lstat(), os.fstat(directory))
        except OSError:
            same = False
        if not same:
            raise problem(self._path, f"changes while it is used: {str(real)!r} is replaced or moved", CHANGING)


def real_path(steps: Sequence[Step]) -> Path:
    """Return the absolute path without links."""
    return Path(*(step.name for step in steps))
