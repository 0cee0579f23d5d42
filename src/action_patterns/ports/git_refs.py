"""Branches and tags by their full names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.resource import Resource


class GitRefs(Protocol):
    """A ref is found by its exact name: `refs/heads/a` is not `refs/heads/x/a`."""

    @needs(contents="read")
    def read(self, repository: str, name: str) -> Resource | None:
        """Return the ref of this full name, with the commit that it leads to as `commit`.

        None: the repository's refs can be read, and it is none of them. `id` is the oid that the ref holds: of an
        annotated tag that is the tag's own.
        """

    @needs("workflows: write, if the commit changes files below `.github/workflows`", contents="write")
    def create(self, repository: str, name: str, oid: str) -> Resource:
        """Create the ref. Raises RefusedError if there is one of that name, or AnswerLostError."""

    @needs("workflows: write, if the commit changes files below `.github/workflows`", contents="write")
    def update(self, repository: str, name: str, *, before: str, after: str, force: bool) -> None:
        """Move the ref from `before` to `after`, by compare-and-swap.

        Without `updateRefs` GitHub moves it forward only.

        Raises:
            LostRaceError: it is at neither now.
            RefusedError: `force` was asked for, and the server has no `updateRefs`.
        """
