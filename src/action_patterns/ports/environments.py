"""Environments that jobs deploy to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.resource import Fields, Resource


class Environments(Protocol):
    """GitHub compares the names of environments without regard to case."""

    @needs(actions="read")
    def read(self, repository: str, name: str) -> Resource | None:
        """Return the environment. None: the repository's environments can be read, and it is none of them."""

    @needs(actions="read", administration="write")
    def write(self, repository: str, name: str, fields: Fields) -> Resource:
        """Create an environment, or change these fields of one.

        GitHub replaces all settings, so those that are not in `fields` are read first and sent as they are.
        """
