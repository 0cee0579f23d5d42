"""The text of a ref, made into the port's noun; a ref at a tombstone counts as absent."""

from __future__ import annotations

from datetime import datetime

from action_patterns.ports.ref_store import StoredRef

TOMBSTONE = "deleted: this ref holds no record any more\n"
"""Text of a ref that stands for none. A server without `updateRefs` guards no deletion, so the ref moves forward to
a commit that says it is deleted.
"""


def absent(repository_id: str, name: str, read_at: datetime) -> StoredRef:
    """Return a ref that does not exist."""
    return StoredRef(repository_id=repository_id, name=name, oid=None, message="", read_at=read_at)


def at_object(repository_id: str, name: str, oid: str, read_at: datetime) -> StoredRef:
    """Return a ref at another object than a commit."""
    return StoredRef(repository_id=repository_id, name=name, oid=oid, message="", read_at=read_at)


def at_commit(
    repository_id: str, name: str, oid: str, message: str, written_at: datetime | None, read_at: datetime
) -> StoredRef:
    """Return a ref at a commit."""
    if message.startswith(TOMBSTONE):
        return StoredRef(
            repository_id=repository_id, name=name, oid=None, message="", read_at=read_at, tombstone_oid=oid
        )
    return StoredRef(
        repository_id=repository_id, name=name, oid=oid, message=message, written_at=written_at, read_at=read_at
    )
