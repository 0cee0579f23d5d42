"""Labels of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.resource import Fields, Resource


class Labels(Protocol):
    """GitHub compares the names of labels without regard to case."""

    @needs(issues="read")
    def read(self, repository: str, name: str) -> Resource | None:
        """Return the label. None: the repository's labels can be read, and it is none of them."""

    @needs(issues="write")
    def create(self, repository: str, name: str, fields: Fields) -> Resource:
        """Create a label. Raises RefusedError if there is one of that name, or AnswerLostError."""

    @needs(issues="write")
    def update(self, repository: str, name: str, fields: Fields) -> Resource:
        """Change these fields of a label, and no others."""
