"""Releases of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.resource import Fields, Resource


class Releases(Protocol):
    """A draft has no tag until it is published, and several releases may name the same one."""

    @needs(contents="read")
    def find(self, repository: str, tag: str, *, drafts: bool = True) -> tuple[Resource, ...]:
        """Return the releases that name this tag, the oldest first. Empty: all were listed, and none of them does.

        GitHub shows drafts to a token that may push, and to no other. Without `drafts` it reads no more than the
        published release, where there is one.
        """

    @needs("workflows: write, if the release makes a tag whose commit changes files below `.github/workflows`",
           contents="write")  # fmt: skip
    def create(self, repository: str, tag: str, fields: Fields) -> Resource:
        """Create a release. Raises RefusedError if there is a published one of that tag, or AnswerLostError."""

    @needs(contents="write")
    def delete(self, repository: str, release: int) -> None:
        """Delete a release. Its tag stays. One that is gone already is no error."""
