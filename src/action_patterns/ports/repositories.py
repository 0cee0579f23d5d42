"""Repositories: lists of an owner's, and single ones by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.contracts import Target


class Listing(NamedTuple):
    """Repositories of one owner. `visible` is GitHub's count for this token; `targets` is what was listed."""

    owner: str
    visible: int
    targets: tuple[Target, ...]


class Repositories(Protocol):
    """Repositories that a token may see."""

    @needs(metadata="read", contents="read")
    def list_owner(self, owner: str) -> Listing:
        """Return every repository of an organization or user that this token may see, complete or an error."""

    @needs(metadata="read", contents="read")
    def read(self, repositories: Sequence[str]) -> dict[str, Target | None]:
        """Return the named repositories; None for one that is absent or invisible to this token."""
