"""Milestones of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.resource import Fields, Resource


class Milestones(Protocol):
    """A milestone is found by its title, open or closed, and changed by its number."""

    @needs(issues="read")
    def find(self, repository: str, title: str) -> Resource | None:
        """Return the milestone of exactly this title. None: all milestones were listed, and it is none of them."""

    @needs(issues="write")
    def create(self, repository: str, title: str, fields: Fields) -> Resource:
        """Create a milestone. Raises RefusedError if there is one of that title, or AnswerLostError."""

    @needs(issues="write")
    def update(self, repository: str, number: int, fields: Fields) -> Resource:
        """Change these fields of a milestone, and no others."""
