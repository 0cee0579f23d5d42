"""ports.Files on the runner's disk: the workspace and RUNNER_TEMP, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from action_patterns.content.changes import FileChange, Mode
from action_patterns.content.sizes import size_problems
from action_patterns.errors import InputError, Problem

_OUTSIDE = "Name a path inside the workspace ($GITHUB_WORKSPACE) or inside $RUNNER_TEMP."
_WILD = frozenset("*?[")


class RunnerFiles:
    """Relative paths are in the workspace for reading, in RUNNER_TEMP for writing. Symbolic links do not lead out."""

    def __init__(self, workspace: str, temp: str, redact: Callable[[str], str] = lambda text: text) -> None:
        """`redact` is applied to every text before it is written."""
        self._workspace = Path(workspace)
        self._temp = Path(temp)
        self._roots = (Path(os.path.realpath(workspace)), Path(os.path.realpath(temp)))
        self._redact = redact

    def read(self, path: str) -> bytes:
        """The bytes of a regular file.

        Raises:
            InputError: it is absent, not a regular file, not readable, or outside.
        """
        place = self._inside(self._workspace, path)
        try:
            if not place.is_file():
                what = "is not a file" if place.exists() else "does not exist"
                raise _problem(path, what, "Name an existing file; relative paths start at the workspace.")
            return place.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from None

    def exists(self, path: str) -> bool:
        """Whether there is a file or directory. A path outside is an InputError, not a "no"."""
        return self._inside(self._workspace, path).exists()

    def is_directory(self, path: str) -> bool:
        """Whether there is a directory. A path outside is an InputError, not a "no"."""
        return self._inside(self._workspace, path).is_dir()

    def directory(self, path: str) -> tuple[FileChange, ...]:
        """Every file below a directory as an addition; symbolic links are kept as links, hidden files included.

        Raises:
            InputError: no such directory, a `.git` below it, something that is neither file nor link, or more than a
                change may hold (see content.sizes), which is checked before anything is read.
        """
        root = self._inside(self._workspace, path)
        if not root.is_dir():
            what = "is not a directory" if root.exists() else "does not exist"
            raise _problem(path, what, "Name an existing directory; relative paths start at the workspace.")
        try:
            places = {place.relative_to(root).as_posix(): place for place in _walk(root)}
            if problems := size_problems({name: place.lstat().st_size for name, place in places.items()}):
                raise InputError(*problems)
            return tuple(_change(place, name) for name, place in places.items())
        except OSError as error:
            raise _unreadable(path, error) from None

    def entry(self, path: str, at: PurePosixPath) -> FileChange:
        """One file or symbolic link as an addition at the path `at`.

        Raises:
            InputError: it is absent, outside, or neither a file nor a link.
        """
        given = self._workspace / _checked(path)
        place = self._inside(self._workspace, str(given.parent)) / given.name
        if not os.path.lexists(place):
            raise _problem(path, "does not exist", "Name an existing file; relative paths start at the workspace.")
        try:
            return _change(place, str(at))
        except OSError as error:
            raise _unreadable(path, error) from None

    def find(self, pattern: str) -> tuple[FileChange, ...]:
        """The files and links of the workspace that a path or pattern names, at paths relative to the workspace.

        A directory stands for everything below it but `.git`; a pattern matches files only. A file that exists under
        exactly that name is meant, also if the name has characters of a pattern.

        Raises:
            InputError: nothing has that name, or it is outside the workspace.
        """
        root = self._roots[0]
        given = self._workspace / _checked(pattern)
        place = Path(os.path.realpath(given.parent)) / given.name if given.name != ".." else given
        place = Path(os.path.normpath(place))
        if not place.is_relative_to(root):
            raise _problem(pattern, "is outside the workspace", "Name a path inside the workspace ($GITHUB_WORKSPACE).")
        try:
            if place.is_dir() and not place.is_symlink():
                found = list(_walk(place, without_git=True))
            elif os.path.lexists(place):
                found = [place]
            else:
                wanted = place.relative_to(root).parts
                fixed = next((at for at, part in enumerate(wanted) if _WILD & set(part)), len(wanted))
                start = root.joinpath(*wanted[:fixed])
                walk = _walk(start, without_git=True) if fixed < len(wanted) and start.is_dir() else ()
                found = [each for each in walk if _matches(each.relative_to(root).parts, wanted)]
            if not found:
                raise _problem(
                    pattern,
                    "names no file",
                    "Check the spelling, and that the step which makes it ran before this one.",
                )
            return tuple(_change(each, each.relative_to(root).as_posix()) for each in found)
        except OSError as error:
            raise _unreadable(pattern, error) from None

    def names(self, path: str) -> tuple[str, ...]:
        """Paths of all regular files below a directory, sorted, usable with `read`; empty if it does not exist."""
        root = self._inside(self._workspace, path)
        if not root.is_dir():
            return ()
        try:
            return tuple(str(place) for place in _walk(root) if stat.S_ISREG(place.lstat().st_mode))
        except OSError as error:
            raise _unreadable(path, error) from None

    def write(self, path: str, text: str) -> str:
        """Write a text file so that a reader sees all of it or nothing. Returns its absolute path.

        Raises:
            InputError: the path is outside, a directory, or cannot be written.
        """
        given = self._temp / _checked(path)
        parent = self._inside(self._temp, str(given.parent))
        if not given.name or given.name == ".." or (parent / given.name).is_dir():
            raise _problem(path, "is a directory", "Name a file.")
        target = parent / given.name
        try:
            parent.mkdir(parents=True, exist_ok=True)
            import tempfile  # most actions write no file

            handle, temporary = tempfile.mkstemp(dir=parent, prefix=".writing-")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self._redact(text).encode("utf-8", "backslashreplace"))
                # mkstemp makes files only the owner can read; a later step may run as another user.
                Path(temporary).chmod(0o644)
                # replace() puts the file in the place of a link instead of writing through it.
                Path(temporary).replace(target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise _problem(path, f"cannot be written ({error.strerror})", _OUTSIDE) from None
        return str(target)

    def _inside(self, base: Path, path: str) -> Path:
        """The real place of a path, every link followed."""
        place = Path(os.path.realpath(base / _checked(path)))
        if not any(place.is_relative_to(root) for root in self._roots):
            raise _problem(path, "is outside the workspace and RUNNER_TEMP", _OUTSIDE)
        return place


def _checked(path: str) -> str:
    if not path or "\0" in path:
        raise _problem(path, "is not a path", _OUTSIDE)
    return path


def _matches(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether a path is of a pattern, part by part; `**` stands for any number of parts."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_matches(path[at:], pattern[1:] or ("*",)) for at in range(len(path)))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and _matches(path[1:], pattern[1:])


def _walk(root: Path, *, without_git: bool = False) -> Iterator[Path]:
    """Everything below a directory but the directories themselves, sorted by path; links are not followed."""
    found: list[Path] = []
    pending = [root]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if without_git and entry.name.lower() == ".git":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                else:
                    found.append(Path(entry.path))
    yield from sorted(found, key=lambda place: place.relative_to(root).as_posix())


def _change(place: Path, path: str) -> FileChange:
    if any(part.lower() == ".git" for part in path.split("/")):
        raise _problem(path, "is part of a .git directory", "Leave .git out: git refuses such a path in a commit.")
    mode = place.lstat().st_mode
    if stat.S_ISLNK(mode):
        return FileChange(path=path, mode="120000", content=os.fsencode(place.readlink()))
    if not stat.S_ISREG(mode):
        raise _problem(path, "is neither a file nor a symbolic link", "git keeps only files and links: remove it.")
    kind: Mode = "100755" if mode & stat.S_IXUSR else "100644"
    return FileChange(path=path, mode=kind, content=place.read_bytes())


def _problem(path: str, what: str, fix: str) -> InputError:
    return InputError(Problem(f"The path {path!r} {what}.", fix))


def _unreadable(path: str, error: OSError) -> InputError:
    return _problem(path, f"cannot be read ({error.strerror})", "Check its permissions.")
