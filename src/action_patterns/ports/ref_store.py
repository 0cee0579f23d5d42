"""Refs that carry a text: small durable records of a repository, changed by compare-and-swap only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from action_patterns.ports.permissions import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRef:
    """A ref that carries a text, as it was read: the `before` of the next compare-and-swap."""

    repository_id: str
    name: str
    """The full name of the ref."""
    oid: str | None
    """The commit. None: there is no such ref."""
    message: str
    written_at: datetime | None = None
    """Time of the commit by GitHub's clock. None: there is no such ref, or it is at no commit."""
    read_at: datetime | None = None
    """Time of the answer by GitHub's clock. None: not known."""


class RefStore(Protocol):
    """Texts of a repository, each the message of a commit at a ref outside of branches and tags."""

    @needs(contents="read")
    def read(self, repository: str, name: str) -> StoredRef:
        """Return the ref of this full name. An answer that leaves open whether it exists is an error, never absence."""

    @needs(contents="read")
    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        """Return all refs whose full name begins with the prefix."""

    @needs(contents="write")
    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        """Replace the text that was read, and return the ref as it is then. None: delete it.

        Raises:
            LostRaceError: another run was first.
        """
