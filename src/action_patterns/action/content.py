"""The content that inputs of an action name: a checkout's changes, a directory, or the text of a body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from action_patterns.action.checkout import check_origin, find_checkout
from action_patterns.content.admission import admit, own_problem, secret_problems
from action_patterns.content.blob import is_oid
from action_patterns.content.own_documents import kind_of
from action_patterns.content.text import read_text
from action_patterns.contracts.repository import is_repository
from action_patterns.errors import InputError, Problem

if TYPE_CHECKING:
    from action_patterns.content.changes import FileChange
    from action_patterns.ports.workspace import Checkout, Files, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The desired changes, and where they come from."""

    changes: tuple[FileChange, ...] = ()
    notice: str | None = None
    """A sentence about documents that were left out. None: there were none."""
    origin: Origin | None = None
    """The checkout's repository. None: the files are of a directory, which is laid over any repository."""


def from_checkout(
    workspace: Checkout,
    path: str | None,
    reached: tuple[str, ...],
    *,
    paths: Sequence[str],
    bypass: Sequence[str],
    own: str,
) -> Content:
    """Return the changes of a checkout.

    `reached` is the repository, and the fork if there is one; `own` is the repository whose workflow runs.

    Raises:
        InputError: see find_checkout, check_origin, ports.Checkout.changes and admit.
    """
    checkout = find_checkout(workspace, path, reached)
    origin = checkout.origin()
    if is_repository(reached[0]):
        check_origin(origin, reached[0], own=own)

    def committed(change: FileChange) -> bytes:
        return checkout.read_blob(change.base_oid) if is_oid(change.base_oid) else b""

    admitted = admit(checkout.changes(paths), named=paths, bypass=bypass, committed=committed)
    return Content(changes=admitted.changes, notice=admitted.notice(), origin=origin)


def from_directory(files: Files, directory: str, *, bypass: Sequence[str]) -> Content:
    """Return the files of a directory.

    Raises:
        InputError: it holds no file, or see ports.Files.directory and admit.
    """
    admitted = admit(files.directory(directory), bypass=bypass)
    if not admitted.changes:
        raise InputError(
            Problem(
                f"The directory {directory!r} holds no file.",
                "Check that the step which fills it ran before this one and wrote to the same place.",
            )
        )
    return Content(changes=admitted.changes, notice=admitted.notice())


def read_body(files: Files, path: str, *, bypass: Sequence[str]) -> str:
    """Return the text of a file for a pull request's body.

    Raises:
        InputError: it is a document of ours, looks like a secret, is not UTF-8, or see ports.Files.read.
    """
    content = files.read(path)
    if (kind := kind_of(content)) is not None:
        raise InputError(own_problem(path, kind))
    if path not in bypass and (problems := secret_problems(path, content)):
        raise InputError(*problems)
    return read_text(content, path)
