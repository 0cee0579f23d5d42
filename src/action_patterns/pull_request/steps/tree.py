"""The changes of a commit as tree requests: their portions, their order, and the content that travels apart."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.content.blob import as_text
from action_patterns.content.changes import FileChange, ancestors
from action_patterns.ports.git import TreeEntry

MAX_TREE_ENTRIES = 500
MAX_TREE_BYTES = 1024 * 1024
"""Per `POST /git/trees`. GitHub states no limit; large inline trees have timed out with 422, so this stays well below.
"""


def tree_chunks(changes: tuple[FileChange, ...]) -> list[list[FileChange]]:
    """The changes in portions that one tree request takes, in order.

    A deletion that makes room, for a file where a directory was or the other way round, is sent before the rest: GitHub
    does not say in which order it takes the entries of one request, and refuses to delete what is gone already.
    """
    first = _making_room(changes)
    paths = {change.path for change in first}
    rest = [change for change in changes if change.path not in paths]
    return [*(_portions(first) if first else ()), *_portions(rest)]


def _making_room(changes: tuple[FileChange, ...]) -> list[FileChange]:
    wanted = {change.path for change in changes if change.mode is not None}
    directories = {parent for path in wanted for parent in ancestors(path)}
    return [
        change
        for change in changes
        if change.mode is None and (change.path in directories or not wanted.isdisjoint(ancestors(change.path)))
    ]


def _portions(changes: Sequence[FileChange]) -> list[list[FileChange]]:
    chunks: list[list[FileChange]] = [[]]
    size = 0
    for change in changes:
        weight = len(change.content) if travels_inline(change) else 0
        if chunks[-1] and (len(chunks[-1]) >= MAX_TREE_ENTRIES or size + weight > MAX_TREE_BYTES):
            chunks.append([])
            size = 0
        chunks[-1].append(change)
        size += weight
    return chunks


def travels_inline(change: FileChange) -> bool:
    """Return whether the content goes inside the tree request: binary and large content needs a blob request."""
    return (
        change.mode is not None
        and change.gitlink is None
        and len(change.content) <= MAX_TREE_BYTES
        and as_text(change.content) is not None
    )


def needs_blob(change: FileChange) -> bool:
    return change.mode is not None and change.gitlink is None and not travels_inline(change)


def tree_entry(change: FileChange) -> TreeEntry:
    """The entry of a tree request; a blob that needs a request of its own must exist by then."""
    if change.mode is None:
        # The mode of a deletion is not looked at, but the field is required.
        return TreeEntry(path=change.path, mode="100644")
    if travels_inline(change):
        return TreeEntry(path=change.path, mode=change.mode, text=as_text(change.content))
    return TreeEntry(path=change.path, mode=change.mode, oid=change.oid)
