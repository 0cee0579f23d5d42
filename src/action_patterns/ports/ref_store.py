"""Refs that carry a text: small durable records of a repository, changed by compare-and-swap only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

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
    tombstone_oid: str | None = None
    """The commit that says the ref is deleted, on a server that guards no deletion. Then `oid` is None."""

    def age(self) -> timedelta:
        """Return the time since the commit, by GitHub's clock only: a runner's clock may be wrong by minutes.

        Raises:
            ValueError: it is at no commit.
        """
        if self.written_at is None or self.read_at is None:
            raise ValueError(f"{self.name} is at no commit, or was not read from GitHub")
        return self.read_at - self.written_at


class RefChange(NamedTuple):
    """A text and the one that takes its place."""

    before: StoredRef
    message: str | None
    """None: the ref is deleted."""


class RefStore(Protocol):
    """Texts of a repository, each the message of a commit at a ref outside of branches and tags."""

    @needs(contents="read")
    def read(self, repository: str, name: str) -> StoredRef:
        """Return the ref of this full name. An answer that leaves open whether it exists is an error, never absence."""

    @needs(contents="read")
    def poll(self, repository: str, name: str, etag: str) -> str | None:
        """Return the ETag of a ref that is another than at `etag`, and None where it is the same.

        GitHub does not count a request against the rate limit where the ref is the same (docs, "Best practices for
        using the REST API"). An empty `etag` is that of no ref. An empty answer: there is no such ref.
        """

    @needs(contents="read")
    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        """Return all refs whose full name begins with the prefix."""

    @needs(contents="write")
    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        """Replace the text that was read, and return the ref as it is then. None: delete it.

        Raises:
            LostRaceError: another run was first.
        """

    @needs(contents="write")
    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        """Replace all these texts or none, and return their refs as they are then. No two are of one ref.

        Raises:
            LostRaceError: another run was first at one of them.
        """
