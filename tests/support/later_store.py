"""A store whose clock a test moves, whichever place keeps the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from action_patterns.ports.ref_store import RefChange, RefStore, StoredRef

HOUR = timedelta(hours=1)


class LaterStore:
    """ports.RefStore. What it reads and writes has its own time, and `later` more."""

    def __init__(self, store: RefStore) -> None:
        self._store = store
        self._written: dict[str, timedelta] = {}
        self.later = timedelta()

    def over(self, store: RefStore) -> LaterStore:
        """Return another way to the same records, at the same time."""
        other = LaterStore(store)
        other._written, other.later = self._written, self.later
        return other

    def read(self, repository: str, name: str) -> StoredRef:
        return self._at(self._store.read(repository, name))

    def poll(self, repository: str, name: str, etag: str) -> str | None:
        return self._store.poll(repository, name, etag)

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        return tuple(self._at(ref) for ref in self._store.list(repository, prefix))

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        return self.update_all(repository, (RefChange(before, message),))[0]

    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        now = self._store.update_all(repository, changes)
        self._written |= {ref.oid: self.later for ref in now if ref.oid}
        return tuple(self._at(ref) for ref in now)

    def _at(self, ref: StoredRef) -> StoredRef:
        # A write whose answer was lost is as late as the first look at it.
        written = self._written.setdefault(ref.oid, self.later) if ref.oid else None
        return replace(
            ref,
            written_at=ref.written_at + written if ref.written_at and written is not None else None,
            read_at=ref.read_at + self.later if ref.read_at else None,
        )
