"""A set of file changes, normalised and checked before anything is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from action_patterns.content.blob import blob_oid
from action_patterns.content.lfs import is_pointer
from action_patterns.content.sizes import size_problems
from action_patterns.errors import InputError, Problem

Mode = Literal["100644", "100755", "120000", "160000"]
"""Regular file, executable file, symbolic link, submodule (git docs: "git-fast-import", filemodify)."""

UNKNOWN = "unknown"
"""`base_oid` of a change that does not know the content it replaces (a directory laid over a target)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """The desired content of one path. `mode` None: the path is absent."""

    path: str
    mode: Mode | None
    content: bytes = b""
    gitlink: str | None = None
    """The submodule's commit, for mode 160000."""
    base_oid: str | None = UNKNOWN
    """Object id this change was made against (of a directory, its tree), None = the path was absent, UNKNOWN = it was
    not looked at.
    """

    @property
    def oid(self) -> str | None:
        """Object id of the desired content; None for a deletion."""
        if self.mode is None:
            return None
        return self.gitlink if self.mode == "160000" else blob_oid(self.content)


# Characters that HFS+ ignores in a name (git source, utf8.c: next_hfs_char).
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def is_git_name(name: str) -> bool:
    """Return whether a name is `.git` on some file system (git docs: core.protectHFS, core.protectNTFS)."""
    plain = _IGNORED_BY_HFS.sub("", name).lower().partition(":")[0].rstrip(" .")
    return plain in (".git", "git~1")


def path_problem(path: str) -> str | None:
    """Why git or GitHub would not take this path in a tree; None for a good one."""
    if not path:
        return "is empty"
    if path.startswith("/"):
        return "is absolute; it must be relative to the repository's root"
    if "\0" in path:
        return "contains a NUL character"
    if not path.isprintable() and any("\ud800" <= character <= "\udfff" for character in path):
        return "is no valid UTF-8, which GitHub's API requires"
    parts = path.split("/")
    if "" in parts:
        return "has an empty component ('//' or a trailing '/')"
    if "." in parts or ".." in parts:
        return "has a '.' or '..' component; it must stay inside the repository"
    if any(is_git_name(part) for part in parts):
        return "has a '.git' component, which git refuses"
    return None


def ancestors(path: str) -> list[str]:
    """The directories above a path, from the top down; of a branch's name the names that it takes from others."""
    return [path[:end] for end, letter in enumerate(path) if letter == "/"]


def check(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """The changes, sorted by path and fit to be sent.

    Raises:
        InputError: a path git refuses, two changes of one path, a file inside a path that is itself a file, files too
            large (see sizes), or Git LFS pointers without their objects; every problem at once.
    """
    ordered = tuple(sorted(changes, key=lambda change: change.path))
    problems: list[Problem] = []
    wanted = {change.path for change in ordered if change.mode is not None}
    previous: str | None = None
    for change in ordered:
        if (why := path_problem(change.path)) is not None:
            problems.append(Problem(f"The path {change.path!r} {why}.", "Name a path inside the target repository."))
        if change.path == previous:
            problems.append(
                Problem(f"The path {change.path!r} is changed twice.", "Name each target path once; remove the other.")
            )
        previous = change.path
        for parent in ancestors(change.path):
            if parent in wanted and change.mode is not None:
                what = f"The path {change.path!r} is inside {parent!r}, which is a file in the same change."
                problems.append(Problem(what, "A path is either a file or a directory: rename one of the two."))
    problems += size_problems({change.path: len(change.content) for change in ordered})
    problems += _pointer_problems(ordered)
    if problems:
        raise InputError(*problems)
    return ordered


def _pointer_problems(changes: tuple[FileChange, ...]) -> list[Problem]:
    """Refuse new pointers: their objects travel apart from the commit, and this action does not send them.

    A pointer that stood in what the change was made against, at its own path or at one that is changed too, was
    committed before, and its object with it: the file is renamed, or only its mode changes.
    """
    committed = {change.base_oid for change in changes}
    lost = [
        change.path
        for change in changes
        if change.mode in ("100644", "100755") and is_pointer(change.content) and change.oid not in committed
    ]
    if not lost:
        return []
    return [
        Problem(
            f"Git LFS pointers would be committed without their objects: {', '.join(map(repr, lost))}. The objects go"
            " to GitHub apart from the commit, and this action does not send them: every later checkout would fail.",
            "Leave these files out, or commit them without LFS (`-filter` in .gitattributes), or push them with git and"
            " git-lfs in a separate step. Do not copy a pointer's text: it is not the file.",
        )
    ]


def digest(changes: Iterable[FileChange]) -> str:
    """Return the SHA-256 over path, mode and object id of each change. Equal digests: equal content, on any base."""
    state = hashlib.sha256()
    for change in sorted(changes, key=lambda change: change.path):
        state.update(f"{change.path}\0{change.mode}\0{change.oid}\0".encode(errors="surrogateescape"))
    return state.hexdigest()
