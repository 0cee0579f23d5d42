"""ports.Files on the runner's disk: the workspace and RUNNER_TEMP, without the files of git and of the runner."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from action_patterns.content.changes import FileChange, Mode, is_git_name
from action_patterns.content.sizes import MAX_DOCUMENT_BYTES, size_problems
from action_patterns.contracts.wording import list_hint
from action_patterns.errors import InputError
from action_patterns.runner.leftovers import remedy, set_aside
from action_patterns.runner.opened import LEAVE_GIT_OUT, problem
from action_patterns.runner.place import Place
from action_patterns.runner.provenance import Provenance
from action_patterns.runner.resolution import resolve

if TYPE_CHECKING:
    from action_patterns.content.patterns import Pattern

_NAME_A_FILE = "Name an existing file; relative paths start at the workspace."
_NAME_A_DIRECTORY = "Name an existing directory; relative paths start at the workspace."
_WILD = frozenset("*?[{\\")


class RunnerFiles:
    """Relative paths are in the workspace for reading, in RUNNER_TEMP for writing. Symbolic links do not lead out.

    Every method raises InputError for a path that is outside, that leads into a loop of links, or that is replaced
    while it is used. Those that read also raise it for a place that never is content (see provenance).
    """

    def __init__(
        self,
        workspace: str,
        temp: str,
        redact: Callable[[str], str] = lambda text: text,
        *,
        runner_files: Iterable[str] = (),
        tracked: Collection[str] | None = None,
    ) -> None:
        """`redact` is applied to every text before it is written. `runner_files`: see Provenance. `tracked`: the only
        files of the workspace that may be content, by their paths in it; None: all.
        """
        self._workspace = os.path.realpath(workspace)
        self._temp = os.path.realpath(temp)
        self._redact = redact
        self._provenance = Provenance(workspace, temp, runner_files)
        self._tracked = tracked
        self.untracked: list[str] = []
        """Files that `directory` left out, because git does not track them."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a regular file.

        Raises:
            InputError: it is absent, not a regular file, not readable, too large, or outside.
        """
        with self._reading(path) as place:
            size = _size_of(place, path)
            if size > MAX_DOCUMENT_BYTES:
                what = f"has {size:,} bytes; at most {MAX_DOCUMENT_BYTES:,} are read"
                raise problem(path, what, "Name a smaller file.")
            return place.read()

    def size(self, path: str) -> int:
        """Return the bytes of a regular file of any size. Raises InputError as `read`."""
        with self._reading(path) as place:
            return _size_of(place, path)

    def sha256(self, path: str) -> str:
        """Return the SHA-256 digest of a regular file of any size, in hexadecimal. Raises InputError as `read`."""
        with self._reading(path) as place:
            _size_of(place, path)
            return place.sha256()

    def exists(self, path: str) -> bool:
        """Return whether there is a file or directory. A path outside is an InputError, not a "no"."""
        with self._reading(path) as place:
            return place.status() is not None

    def is_directory(self, path: str) -> bool:
        """Return whether there is a directory. A path outside is an InputError, not a "no"."""
        with self._reading(path) as place:
            return place.directory is not None

    def directory(self, path: str) -> tuple[FileChange, ...]:
        """Return every file below a directory as an addition. Symbolic links stay links; hidden files are included.

        Raises:
            InputError: no such directory, a `.git` below it, something that is neither file nor link, or more than a
                change may hold (see content.sizes), which is checked before any file is read.
        """
        with self._reading(path) as place:
            if place.directory is None:
                what = "does not exist" if place.status() is None else "is not a directory"
                raise problem(path, what, _NAME_A_DIRECTORY)
            if (temp := self._provenance.temp_below(place)) is not None:
                raise problem(path, f"holds RUNNER_TEMP, at {temp!r}", "Name a directory without it.")
            found = place.files(without_git=self._tracked is not None)
            self.untracked += [f"{path}/{name}" for name, _ in found if not self._is_tracked(place.real / name)]
            found = [(name, status) for name, status in found if self._is_tracked(place.real / name)]
            if problems := size_problems({name: status.st_size for name, status in found}):
                raise InputError(*problems)
            return tuple(self._change(place, name, name.split("/")) for name, _ in found)

    def entry(self, path: str, at: PurePosixPath) -> FileChange:
        """Return one file or symbolic link as an addition at the path `at`.

        Raises:
            InputError: it is absent, outside, or neither a file nor a link.
        """
        with self._reading(path, follow=False) as place:
            if place.status() is None:
                raise problem(path, "does not exist", _NAME_A_FILE)
            if not self._is_tracked(place.real):
                raise problem(path, "is not tracked by git", "Run `git add` on it if it is meant, or remove its rule.")
            return self._change(place, str(at))

    def find(self, pattern: str) -> tuple[FileChange, ...]:
        """Return the files and links of the workspace that a path or pattern names, at paths relative to the workspace.

        A directory stands for everything below it but `.git`; a pattern matches files only. A file that exists under
        exactly that name is meant, also if the name has characters of a pattern.

        Raises:
            InputError: nothing has that name, or it is outside the workspace.
        """
        with self._reading(pattern, follow=False) as place:
            if not place.real.is_relative_to(self._workspace):
                raise problem(
                    pattern, "is outside the workspace", "Name a path inside the workspace ($GITHUB_WORKSPACE)."
                )
            wanted = place.real.relative_to(self._workspace).parts
            if place.directory is not None:
                return self._listed(place, wanted, pattern)
            if place.status() is not None:
                return (self._change(place, "/".join(wanted)),)
        from action_patterns.content.patterns import Pattern, PatternError  # for a text that names no file as it is

        try:
            compiled = Pattern("/".join(wanted) + ("/" if pattern.endswith("/") else ""))
            if compiled.excludes:
                raise PatternError("a leading `!` takes out files, and names none", "Write a pattern without it")
        except PatternError as error:
            raise problem(pattern, f"names no file: {error.refusal.why}", f"{error.refusal.fix}.") from None
        fixed = next((at for at, part in enumerate(wanted) if _WILD & set(part)), len(wanted))
        with self._reading(str(Path(self._workspace, *wanted[:fixed])), follow=False) as place:
            return self._listed(place, wanted[:fixed], pattern, compiled)

    def names(self, path: str) -> tuple[str, ...]:
        """Return the paths of all regular files below a directory, sorted, usable with `read`.

        Empty: the directory does not exist.
        """
        with self._reading(path) as place:
            if place.directory is None:
                return ()
            return tuple(str(place.real / name) for name, status in place.files() if stat.S_ISREG(status.st_mode))

    def listing(self) -> tuple[str, ...]:
        """Return the paths of all files of the workspace but those of git, relative to it, sorted."""
        with self._reading(".") as place:
            return tuple(self._names(place))

    def write(self, path: str, text: str) -> str:
        """Write a text file so that a reader sees all of it or nothing. Return its absolute path.

        Raises:
            InputError: the path is outside, a directory, or cannot be written.
        """
        return self._write_content(path, self._redact(text).encode("utf-8", "backslashreplace"))

    def write_names(self, path: str, names: Sequence[str]) -> str:
        """Write names, each with a NUL at its end and with the bytes that git has for it. Return its absolute path.

        Raises:
            InputError: see `write`.
        """
        text = self._redact("".join(f"{name}\0" for name in names))
        return self._write_content(path, text.encode("utf-8", "surrogateescape"))

    def _write_content(self, path: str, content: bytes) -> str:
        try:
            try:
                return self._write(path, content)
            except (PermissionError, NotADirectoryError):
                if not set_aside(self._temp, path):
                    raise
                return self._write(path, content)
        except OSError as error:
            raise problem(path, f"cannot be written ({error.strerror})", remedy(error, self._temp)) from None

    def present(self, path: str) -> FileChange:
        """Return the file at a path of the workspace, at its real path in it. Mode None: there is none.

        Raises:
            InputError: the path is outside the workspace, part of git or the runner, a directory or a link, or inside
                a file.
        """
        with self._in_workspace(path) as (place, real):
            return FileChange(path=real, mode=None) if place.status() is None else self._change(place, real)

    def replace(self, path: str, content: bytes, mode: Mode) -> None:
        """Write a file of the workspace so that a reader sees all of it or nothing, and make its parents.

        A file that is there keeps its permissions; `mode` is for another one.

        Raises:
            InputError: as `present`, or it cannot be written.
        """
        with self._in_workspace(path) as (place, _):
            status = place.status()
            permissions = (0o755 if mode == "100755" else 0o644) if status is None else status.st_mode & 0o777
            try:
                place.replace(content, permissions, tidy=True)
            except OSError as error:
                raise problem(path, f"cannot be written ({error.strerror})", remedy(error, self._workspace)) from None

    @contextmanager
    def _in_workspace(self, path: str) -> Iterator[tuple[Place, str]]:
        """Yield the place of a path that may be written, and its path in the workspace."""
        with self._reading(path, follow=False) as place:
            if not place.real.is_relative_to(self._workspace):
                raise problem(path, "is outside the workspace", "Name a path inside the workspace ($GITHUB_WORKSPACE).")
            if place.directory is not None or PurePosixPath(path).name == "..":
                raise problem(path, "is a directory", "Name a file.")
            if (above := place.obstacle()) is not None:
                raise problem(path, f"is inside {above!r}, which is no directory", "Name another path, or remove that.")
            status = place.status()
            if status is not None and stat.S_ISLNK(status.st_mode):
                raise problem(path, "is a symbolic link", "Name the file that it leads to, or remove the link.")
            yield place, str(place.real.relative_to(self._workspace))

    def _write(self, path: str, content: bytes) -> str:
        with resolve(path, base=self._temp, roots=(self._workspace, self._temp), follow=False) as place:
            if place.directory is not None or PurePosixPath(path).name == "..":
                raise problem(path, "is a directory", "Name a file.")
            place.replace(content)
            return str(place.real)

    @contextmanager
    def _reading(self, path: str, *, follow: bool = True) -> Iterator[Place]:
        try:
            with resolve(path, base=self._workspace, roots=(self._workspace, self._temp), follow=follow) as place:
                self._provenance.check(path, place)
                yield place
        except OSError as error:
            raise problem(path, f"cannot be read ({error.strerror})", "Check its permissions.") from None

    def _listed(
        self, place: Place, above: tuple[str, ...], pattern: str, wanted: Pattern | None = None
    ) -> tuple[FileChange, ...]:
        """Return the files below a directory of the workspace, those that match `wanted` where that is given."""
        names = self._names(place)
        if wanted is not None:
            paths = {name: "/".join((*above, name)) for name in names}
            wanted = wanted.over([*paths.values()])
            names = [name for name, path in paths.items() if wanted.matches(path)]
        if not names:
            fix = f"Check the spelling, and that the step which makes it ran before this one.{list_hint(pattern)}"
            raise problem(pattern, "names no file", fix)
        return tuple(self._change(place, "/".join((*above, name)), name.split("/")) for name in names)

    def _is_tracked(self, real: Path) -> bool:
        return self._tracked is None or (
            real.is_relative_to(self._workspace) and str(real.relative_to(self._workspace)) in self._tracked
        )

    def _names(self, place: Place) -> list[str]:
        """Return the paths of the files below a directory, without those of git and of RUNNER_TEMP."""
        if place.directory is None:
            return []
        temp = self._provenance.temp_below(place)
        names = [name for name, _ in place.files(without_git=True)]
        return names if temp is None else [name for name in names if not name.startswith(f"{temp}/")]

    def _change(self, place: Place, path: str, parts: Sequence[str] = ()) -> FileChange:
        """Return the entry at a place, or at `parts` below it, as an addition at `path`."""
        if any(is_git_name(part) for part in path.split("/")):
            raise problem(path, "is part of a .git directory", LEAVE_GIT_OUT)
        found = place.entry(parts, path)
        self._provenance.check_file(path, found.status)
        if stat.S_ISLNK(found.status.st_mode):
            return FileChange(path=path, mode="120000", content=found.content)
        kind: Mode = "100755" if found.status.st_mode & stat.S_IXUSR else "100644"
        return FileChange(path=path, mode=kind, content=found.content)


def _size_of(place: Place, path: str) -> int:
    """Return the size of a regular file. Raises InputError for anything else."""
    status = place.status()
    if status is None or not stat.S_ISREG(status.st_mode):
        raise problem(path, "does not exist" if status is None else "is not a file", _NAME_A_FILE)
    return status.st_size
