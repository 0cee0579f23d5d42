"""Files and directories, by opened directories, never by a text that can mean another file a moment later."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader
from typing import NamedTuple

from action_patterns.content.temporary_files import is_temporary
from action_patterns.errors import InputError, Problem

OUTSIDE = "Name a path inside the workspace ($GITHUB_WORKSPACE) or inside $RUNNER_TEMP."
NEITHER = "is neither a file nor a symbolic link"
GIT_KEEPS = "git keeps only files and links: remove it."
LEAVE_GIT_OUT = "Leave git's own files out: they hold credentials. Name the files that git tracks."
CHANGING = "Let the step that changes it end before this one begins."
# O_PATH and O_SEARCH open a directory that may be searched but not listed.
DIRECTORY = getattr(os, "O_PATH", getattr(os, "O_SEARCH", os.O_RDONLY)) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A named pipe in the place of a file would make a blocking open wait for a writer.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Entry(NamedTuple):
    """A file, or a symbolic link with its target as content."""

    status: os.stat_result
    content: bytes


def remove_temporary(directory: int) -> None:
    """Remove what killed processes left in an open directory."""
    try:
        listed = os.open(".", LIST, dir_fd=directory)
    except PermissionError:
        return  # It may be written to, and not listed.
    try:
        for name in filter(is_temporary, os.listdir(listed)):  # noqa: PTH208 - of a descriptor
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=listed)
    finally:
        os.close(listed)


@contextmanager
def below(directory: int, parts: Sequence[str], path: str, *, flags: int = DIRECTORY) -> Iterator[int]:
    """Yield the descriptor of a directory below an open one; no component may be a link."""
    at = os.open(".", flags if not parts else DIRECTORY, dir_fd=directory)
    try:
        for number, part in enumerate(parts, 1):
            above, at = at, open_directory(part, at, path, flags=flags if number == len(parts) else DIRECTORY)
            os.close(above)
        yield at
    finally:
        os.close(at)


def open_directory(name: str, above: int | None, path: str, *, flags: int = DIRECTORY) -> int:
    """Open a directory that is right below an open one.

    Raises:
        InputError: it was a directory when it was looked at, and is none now.
    """
    try:
        return os.open(name, flags, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENOENT):
            raise replaced(path, name) from None
        raise


def _whole(stream: BufferedReader) -> bytes:
    return stream.read()


def sha256_of(stream: BufferedReader) -> bytes:
    """Return the digest of a stream."""
    import hashlib  # few actions need a digest

    return hashlib.file_digest(stream, "sha256").digest()


def read_entry(above: int, name: str, path: str, content_of: Callable[[BufferedReader], bytes] = _whole) -> Entry:
    """Return a file or a link right below an open directory; errors name it `path`.

    Raises:
        InputError: it is neither, or was replaced since it was resolved.
        OSError: it cannot be read.
    """
    status = status_of(name, above)
    if status is None:
        raise replaced(path, name)
    try:
        if stat.S_ISLNK(status.st_mode):
            return Entry(status, os.fsencode(os.readlink(name, dir_fd=above)))
        if not stat.S_ISREG(status.st_mode):
            raise problem(path, NEITHER, GIT_KEEPS)
        opened = os.open(name, _READ, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ELOOP, errno.ENOENT, errno.ENXIO):
            raise replaced(path, name) from None
        raise
    try:
        # The name may stand for something else since `status_of` looked at it.
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode):
            raise replaced(path, name)
        with os.fdopen(opened, "rb", closefd=False) as stream:
            return Entry(status, content_of(stream))
    finally:
        os.close(opened)


def problem(path: str, what: str, fix: str) -> InputError:
    """Return the error of a path: what is wrong with it, and what to do."""
    return InputError(Problem(f"The path {path!r} {what}.", fix, path=path))


def replaced(path: str, name: str) -> InputError:
    """Return the error of a path, a part of which another process replaced meanwhile."""
    return problem(path, f"changes while it is used: {name!r} is replaced", CHANGING)


def names_in(directory: int, names: Sequence[str]) -> set[str]:
    """Return those of the names that an open directory has."""
    return {name for name in names if status_of(name, directory) is not None}


def status_of(name: str, above: int | None) -> os.stat_result | None:
    """Return the status of a name, of a link itself; None: nothing is there, as below a file."""
    try:
        return os.stat(name, dir_fd=above, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
