"""Look-ups of things that are never made here: pull requests by their heads, artifacts by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.ports.resource import Resource


class Lookups(Protocol):
    """Each verb reads. None means that the thing does not exist, which is certain."""

    @needs(pull_requests="read")
    def read_pull(self, repository: str, number: int) -> Resource | None:
        """Return the pull request of this number, which may be closed."""

    @needs(pull_requests="read")
    def find_pull(self, repository: str, head: str) -> Resource | None:
        """Return the pull request of this head, `owner:branch`: an open one, or else the newest that was closed."""

    @needs(actions="read")
    def find_artifact(self, repository: str, name: str) -> Resource | None:
        """Return the newest artifact of exactly this name whose files GitHub still holds, or else the newest expired.

        Artifacts of runs for a fork's commits do not count: anybody can make one of any name.
        """
