"""Files in the form that git would store: after its filters, and with the line ends that it keeps.

Python reads them where no attribute and no setting can change a byte, which takes less time than git does. git itself
reads all others, into a copy of the index: it alone knows its rules.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType

from action_patterns.errors import InputError, Problem
from action_patterns.worktree.git import Git, split

_AT_ONCE_BYTES = 1 << 14
"""Bytes that are read at once. A file that has more is read in parts."""
_CHUNK_BYTES = 1 << 20
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SPECIAL = ("filter", "ident", "working-tree-encoding")
"""Attributes by which git changes more than line ends (git docs: "gitattributes")."""
_NO = frozenset({"", "false", "no", "off", "0"})
"""Spellings of false (git docs: "git-config", boolean)."""


class CleanForms:
    """The files of one repository that its index does not vouch for."""

    def __init__(
        self,
        git: Git,
        root: Path,
        *,
        tracked: Collection[str] = (),
        untracked: Collection[str] = (),
        modes: Mapping[str, str] = MappingProxyType({}),
        wanted: Collection[str] = (),
    ) -> None:
        """`modes`: the modes that are known; empty for one that is not. `wanted`: the files whose content is kept."""
        self._git = git
        self._root = root
        self._tracked = tracked
        self._untracked = untracked
        self._modes = modes
        self._wanted = wanted
        self._files: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}
        """The content of each wanted file, as git would store it."""
        self._settings = _settings(git)
        is_sha256 = self._settings.get("extensions.objectformat", "").lower() == "sha256"
        # The name that git gives a content, and no proof of anything.
        self._empty = hashlib.sha256() if is_sha256 else hashlib.sha1(usedforsecurity=False)
        self._may_change = False
        """Whether git may store a file with other line ends than it has."""

    def read(self, paths: Sequence[str], scratch: Callable[[], AbstractContextManager[Git]]) -> dict[str, str]:
        """Return mode and id of each file.

        Raises:
            InputError: a file cannot be read, or changes while it is read.
        """
        sources = list(self._attributes())
        self._may_change = bool(sources) or self._settings.get("core.autocrlf", "") not in _NO
        special = self._special(paths, sources)
        by_git = [*self._read_all([path for path in paths if path not in special] if special else paths), *special]
        if by_git:
            self._read_by_git(by_git, scratch)
        return self._files

    def as_they_are(self, paths: Sequence[str]) -> dict[str, str]:
        """Return mode and id of each file, byte by byte."""
        self._read_all(paths)
        return self._files

    def _read_all(self, paths: Sequence[str]) -> list[str]:
        """Read files, and return those that git may store with other bytes.

        A hundred thousand files pass here, so each call counts: no path object, no status where the mode is known.
        """
        root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        files, modes, wanted, may_change, empty = self._files, self._modes, self._wanted, self._may_change, self._empty
        open_, read, close = os.open, os.read, os.close
        left = []
        try:
            for path in paths:
                try:
                    file = open_(path.encode("utf-8", "surrogateescape"), _FLAGS, dir_fd=root)
                except OSError as error:
                    self._read_link(path, root, error)
                    continue
                try:
                    mode = modes.get(path) or self._mode(path, os.fstat(file))
                    content = read(file, _AT_ONCE_BYTES)
                    if len(content) == _AT_ONCE_BYTES:
                        if not self._read_long(path, mode, file, content):
                            left.append(path)
                        continue
                finally:
                    close(file)
                if may_change and b"\r" in content:
                    left.append(path)
                    continue
                state = empty.copy()
                state.update(b"blob %d\0%b" % (len(content), content))
                files[path] = f"{mode} {state.hexdigest()}"
                if path in wanted:
                    self.contents[path] = content
        except OSError as error:
            raise _unreadable(path, error.strerror) from None
        finally:
            close(root)
        return left

    def _read_long(self, path: str, mode: str, file: int, part: bytes) -> bool:
        """Read a file of which `part` is the begin. False: git may store other bytes."""
        size, length, parts = os.fstat(file).st_size, 0, []
        state = self._empty.copy()
        state.update(b"blob %d\0" % size)
        while part:
            if self._may_change and b"\r" in part:
                return False
            length += len(part)
            state.update(part)
            if path in self._wanted:
                parts.append(part)
            part = os.read(file, _CHUNK_BYTES)
        if length != size:
            raise _unreadable(path, "it changed while it was read")
        self._files[path] = f"{mode} {state.hexdigest()}"
        if parts:
            self.contents[path] = b"".join(parts)
        return True

    def _read_link(self, path: str, root: int, error: OSError) -> None:
        try:
            target = os.readlink(os.fsencode(path), dir_fd=root)
        except OSError:
            raise _unreadable(path, error.strerror) from None
        state = self._empty.copy()
        state.update(b"blob %d\0%b" % (len(target), target))
        self._files[path] = f"120000 {state.hexdigest()}"
        if path in self._wanted:
            self.contents[path] = target

    def _mode(self, path: str, status: os.stat_result) -> str:
        """Return the mode of a file that the index does not have, or not as a file."""
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(path, "it is no file")
        if self._settings.get("core.filemode", "true") in _NO:
            return "100644"
        return "100755" if status.st_mode & stat.S_IXUSR else "100644"

    def _attributes(self) -> Iterator[bytes]:
        """Yield the text of each file of attributes. Empty: it is not in the worktree, and git reads it elsewhere."""
        for path in (*self._tracked, *self._untracked):
            if path.endswith(".gitattributes"):
                yield _text(self._root / path)
        info = self._git.run("rev-parse", "--git-path", "info/attributes").stdout[:-1]
        places = [self._root / os.fsdecode(info)]
        named = self._git.run("config", "--path", "--get", "core.attributesFile", expected=frozenset({0, 1})).stdout
        home = self._git.variable("XDG_CONFIG_HOME") or f"{self._git.variable('HOME')}/.config"
        places.append(Path(os.fsdecode(named[:-1])) if named else Path(home, "git/attributes"))
        places.append(Path("/etc/gitattributes"))
        yield from (_text(place) for place in places if place.exists())

    def _special(self, paths: Sequence[str], sources: Sequence[bytes]) -> frozenset[str]:
        """Return the files that have one of the special attributes."""
        if all(text and not any(word.encode() in text for word in _SPECIAL) for text in sources):
            return frozenset()
        names = b"".join(os.fsencode(path) + b"\0" for path in paths)
        found = self._git.lines("check-attr", "--stdin", "-z", *_SPECIAL, input=names)
        values = zip(found[::3], found[2::3], strict=True)
        return frozenset(path for path, value in values if value not in ("unspecified", "unset"))

    def _read_by_git(self, paths: Sequence[str], scratch: Callable[[], AbstractContextManager[Git]]) -> None:
        names = b"".join(os.fsencode(path) + b"\0" for path in paths)
        settings = ("-c", "core.safecrlf=false", "-c", "core.looseCompression=0")
        tracked = b"".join(os.fsencode(path) + b"\0" for path in paths if path in self._tracked)
        with scratch() as git:
            if tracked:
                git.run("update-index", "--no-assume-unchanged", "-z", "--stdin", input=tracked)
            git.run(*settings, "update-index", "--add", "--replace", "-z", "--stdin", input=names)
            asked = frozenset(paths)
            found: dict[str, str] = {}
            for item in split(git.run("ls-files", "--cached", "--stage", "-z").stdout):
                meta, _, path = item.partition("\t")
                if path in asked:
                    found[path] = meta[:-2]
            if missing := sorted(asked - found.keys()):
                raise _unreadable(missing[0], "git does not take it")
            self._files |= found
            for path in paths:
                if path in self._wanted:
                    self.contents[path] = git.run("cat-file", "blob", found[path][7:]).stdout


def _text(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:
        return b""


def _settings(git: Git) -> dict[str, str]:
    keys = r"^(core\.(autocrlf|filemode)|extensions\.objectformat)$"
    listed = split(git.run("config", "--null", "--get-regexp", keys, expected=frozenset({0, 1})).stdout)
    found = {}
    for entry in listed:
        key, separator, value = entry.partition("\n")
        found[key] = value.lower() if separator else "true"
    return found


def _unreadable(path: str, why: str | None) -> InputError:
    return InputError(Problem(f"The file {path!r} cannot be read: {why}.", "Let this step run while no other writes."))
