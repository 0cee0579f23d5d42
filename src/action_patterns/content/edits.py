"""Changes that depend on what the target holds: files to add only, merges, blocks, volatile parts, mirrors. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from action_patterns.content.changes import FileChange, Mode
from action_patterns.errors import InputError, Problem

Condition = Literal["always", "missing", "present"]
"""When a file is written: in any case, where the target has none at its path, or where it has one."""

DIRECTORY = "040000"
LINK = "120000"
_FILES = ("100644", "100755")


class There(NamedTuple):
    """A file of the target."""

    oid: str
    mode: str
    content: bytes | None
    """None: it was not read, or is no file."""


class Volatile(Protocol):
    """Parts of a file that alone are no reason to write."""

    def same(self, there: bytes, desired: bytes, path: str) -> bool:
        """Return whether two contents differ in volatile parts at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The desired change of one path, as a function of what is there."""

    path: str
    mode: Mode
    content: bytes
    condition: Condition = "always"
    transform: Callable[[bytes | None, bytes], bytes] | None = None
    """Makes the content of the file that is there (None: there is none) and of `content`. None: `content` replaces it.
    Raises InputError if it cannot.
    """
    keeps_mode: bool = True
    """A file that is there keeps its mode when it is transformed."""
    volatile: Volatile | None = None

    @property
    def reads(self) -> bool:
        """The content that is there must be read."""
        return self.transform is not None or self.volatile is not None


class Resolved(NamedTuple):
    """The change of an edit for one target."""

    change: FileChange | None
    """None: the path stays as it is."""
    note: str = ""
    """Why it stays, as a sentence. Empty: nothing is to be said."""


def resolve(edit: Edit, there: There | None, proposed: There | None) -> Resolved:
    """Return the change for what the base holds at the path, and what our bot branch proposes there.

    Raises:
        InputError: the file that is there cannot be merged with ours.
    """
    if edit.condition == "missing" and there is not None:
        return Resolved(None)
    if edit.condition == "present" and there is None:
        return Resolved(None)
    if edit.transform is None:
        change = FileChange(path=edit.path, mode=edit.mode, content=edit.content)
    else:
        _check_file(edit, there)
        content = edit.transform(there.content if there else None, edit.content)
        mode = there.mode if there is not None and edit.keeps_mode else edit.mode
        change = FileChange(path=edit.path, mode="100755" if mode == "100755" else "100644", content=content)
    for which, old in (("the base", there), ("the pull request", proposed)):
        if edit.volatile is None or old is None or old.content is None or old.mode != change.mode:
            continue
        if old.content != change.content and edit.volatile.same(old.content, change.content, edit.path):
            kept = FileChange(path=edit.path, mode=change.mode, content=old.content)
            return Resolved(kept, f"{edit.path} differs from {which} in volatile parts alone, and stays as it is.")
    return Resolved(change)


def _check_file(edit: Edit, there: There | None) -> None:
    if there is None or there.mode in _FILES:
        return
    what = {DIRECTORY: "a directory", LINK: "a symbolic link"}.get(there.mode, "a submodule")
    raise InputError(
        Problem(
            f"{edit.path} is {what} in the target, so nothing can be merged into it.",
            "Name a file, or leave this target out with `when` or `exclude`.",
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A directory that shall hold what the source holds, and nothing else."""

    path: str
    """The directory."""
    keeps: Callable[[str], bool] = lambda _: False
    """Whether a file below it, by its path in it, is the target's own."""
