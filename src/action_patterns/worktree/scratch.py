"""A copy of the index, and a separate directory for new objects: git adds to them, and the checkout stays as it is."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from action_patterns.worktree.git import Git

_NAMES = ("FETCH_HEAD", "shallow", "objects", "index")


class GitPaths:
    """The worktree's root, and the files and directories of git itself. git names them, and is asked once for all."""

    def __init__(self, git: Git, root: Path) -> None:
        self._git = git
        self._root = root
        self._top: Path | None = None
        self._places: dict[str, Path] = {}

    def top(self) -> Path | None:
        """Return the root of the worktree. None: the repository is bare."""
        self._read()
        return self._top

    def __call__(self, name: str) -> Path:
        """Return the place of `FETCH_HEAD`, `shallow`, `objects` or `index`: a worktree or a submodule has its own."""
        self._read()
        return self._places[name]

    def _read(self) -> None:
        if self._places:
            return
        names = [part for each in _NAMES for part in ("--git-path", each)]
        found = self._git.run("rev-parse", "--is-inside-work-tree", "--show-cdup", *names).stdout
        inside, *places = found.removesuffix(b"\n").split(b"\n")
        if inside == b"true":
            self._top = Path(os.path.realpath(self._root / os.fsdecode(places.pop(0))))
        if len(places) != len(_NAMES):  # A line break is in the name of a directory, or the repository is bare.
            places = [self._git.run("rev-parse", "--git-path", each).stdout[:-1] for each in _NAMES]
        self._places = {each: self._root / os.fsdecode(place) for each, place in zip(_NAMES, places, strict=True)}


@contextmanager
def scratch_index(git: Git, path_of: GitPaths, temp: str) -> Iterator[Git]:
    """Yield git with a copy of the index, and with a directory for new objects that is removed at the end."""
    Path(temp).mkdir(parents=True, exist_ok=True)
    # An interrupt may leave a git behind that still writes there: what cannot be removed is left to the runner.
    scratch = tempfile.TemporaryDirectory(prefix="action-patterns-git-", dir=temp, ignore_cleanup_errors=True)
    with scratch as directory:
        index, objects = Path(directory, "index"), Path(directory, "objects")
        (objects / "info").mkdir(parents=True)
        (objects / "info" / "alternates").write_bytes(_quoted(path_of("objects")))
        theirs = path_of("index")
        if theirs.exists():
            # With its times: git tells by them which entries it cannot trust ("racy git").
            shutil.copy2(theirs, index)
        yield git.using({"GIT_INDEX_FILE": str(index), "GIT_OBJECT_DIRECTORY": str(objects)})


def _quoted(place: Path) -> bytes:
    """Return a line of `objects/info/alternates`, which git reads with the escapes of C between quotes."""
    text = os.fsencode(place).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + text + b'"\n'
