"""Pathname resolution that cannot leave the workspace and RUNNER_TEMP, on Linux and on macOS.

`os.path.realpath` answers with a text. It stops following links at a loop, and a link can change before the text is
opened. Here every directory below a root is opened below its opened parent, with O_NOFOLLOW. Links are read and
followed by this module, one at a time; `..` goes back to a directory that is already open.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from action_patterns.runner.opened import DIRECTORY, OUTSIDE, open_directory, problem, replaced, status_of
from action_patterns.runner.place import Place, Step, real_path

MAX_LINKS = 40
"""Links that one path may pass: Linux's limit (path_resolution(7), "ELOOP"). macOS has 32."""


@contextmanager
def resolve(path: str, *, base: str, roots: Sequence[str], follow: bool = True) -> Iterator[Place]:
    """Yield the real place of a path. Its last component is not followed unless `follow`.

    A relative path starts at `base`. The place is one of the `roots`, or below one. Both are absolute, without links.

    Raises:
        InputError: no path, outside the roots, a loop of links, or a directory was replaced while it was opened.
        OSError: a directory cannot be searched.
    """
    if not path or "\0" in path:
        raise problem(path, "is not a path", OUTSIDE)
    walk = _Walk(path, roots)
    try:
        walk.go(str(Path(base, path)), follow=follow)
        real = walk.real()
        depths = [len(Path(root).parts) - 1 for root in roots if real.is_relative_to(root)]
        if not depths:
            raise problem(path, "is outside the workspace and RUNNER_TEMP", OUTSIDE)
        yield Place(path, tuple(walk.steps), min(depths))
    finally:
        walk.close()


class _Walk:
    """Follows a path from `/`, component by component."""

    def __init__(self, path: str, roots: Sequence[str]) -> None:
        self.steps: list[Step] = []
        self._path = path
        self._roots = frozenset(Path(root) for root in roots)
        self._links = 0

    def go(self, path: str, *, follow: bool) -> None:
        pending = [*_parts(path)[::-1], "/"]
        while pending:
            part = pending.pop()
            if part == "/":
                self.close()
                self.steps.append(Step("/", self._opened_root(Path("/"))))
            elif part == "..":
                if len(self.steps) > 1:
                    self._up()
            elif (target := self._enter(part, follow=follow or bool(pending))) is not None:
                pending += _parts(target)[::-1]
                if target.startswith("/"):
                    pending.append("/")

    def real(self) -> Path:
        return real_path(self.steps)

    def close(self) -> None:
        while self.steps:
            self._up()

    def _up(self) -> None:
        if (directory := self.steps.pop().directory) is not None:
            os.close(directory)

    def _enter(self, part: str, *, follow: bool) -> str | None:
        """Take one component; return where it leads, if it is a link to follow."""
        above, place = self.steps[-1].directory, self.real() / part
        if above is None and place in self._roots:
            self.steps.append(Step(part, self._opened_root(place)))
            return None
        inside = not self._roots.isdisjoint(place.parents)
        if inside and above is None:  # Below something that is absent, or no directory.
            self.steps.append(Step(part, None))
            return None
        name = part if inside else str(place)
        status = status_of(name, above)
        if follow and status is not None and stat.S_ISLNK(status.st_mode):
            return self._target(name, above)
        directory = inside and above is not None and status is not None and stat.S_ISDIR(status.st_mode)
        self.steps.append(Step(part, open_directory(part, above, self._path) if directory else None))
        return None

    def _opened_root(self, place: Path) -> int | None:
        """Open a root. None: it is no root, or does not exist yet."""
        if place not in self._roots:
            return None
        try:
            return os.open(place, DIRECTORY)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _target(self, name: str, above: int | None) -> str:
        self._links += 1
        if self._links > MAX_LINKS:
            link = str(self.real() / name)
            raise problem(
                self._path,
                f"leads into a loop of symbolic links, or through more than {MAX_LINKS} of them, at {link!r}",
                "Remove that link, or name a path that does not pass it.",
            )
        try:
            return os.readlink(name, dir_fd=above)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT):
                raise replaced(self._path, name) from None
            raise


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]
