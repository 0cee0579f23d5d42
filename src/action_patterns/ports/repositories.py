"""Repositories: lists of an owner's, and single ones by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from action_patterns.ports.permissions import needs

if TYPE_CHECKING:
    from action_patterns.contracts import Target


class Listing(NamedTuple):
    """Repositories of one owner. `visible` is GitHub's count for this token; `targets` is what was listed."""

    owner: str
    visible: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsNeeded:
    """Facts of repositories that are read only on request. `a | b` requests those of both."""

    types: bool = False
    has_file: tuple[str, ...] = ()
    """Patterns of files, as a condition has them."""
    properties: bool = False
    """Custom properties. Their verb is `list_properties`."""
    open_from: str | None = None
    """The branch whose open pull requests are looked for."""
    preflight: bool = False
    """Whether the repository takes writes."""
    written: str | None = None
    """The branch that will be written, whose rules are read with `preflight`. None: it is not known."""

    def __or__(self, other: FactsNeeded) -> FactsNeeded:
        return FactsNeeded(
            types=self.types or other.types,
            has_file=tuple(dict.fromkeys((*self.has_file, *other.has_file))),
            properties=self.properties or other.properties,
            open_from=self.open_from or other.open_from,
            preflight=self.preflight or other.preflight,
            written=self.written or other.written,
        )


NO_MORE_FACTS = FactsNeeded()
"""The facts that every listing reads suffice."""


class ListedRepository(NamedTuple):
    """A repository as a list names it. `id` is GitHub's, which survives a rename; None: not known.

    `private`: whether the list says that it is not public. One of which that is not known counts as private.
    """

    repository: str
    id: int | None = None
    private: bool = True


class Repositories(Protocol):
    """Repositories that a token may see."""

    @needs(
        "organization custom properties: read, for `properties`",
        "members: read, for `teams`",
        metadata="read",
        contents="read",
    )
    def list_owner(self, owner: str, facts: FactsNeeded = NO_MORE_FACTS) -> Listing:
        """Return every repository of an organization or user that this token may see, complete or an error."""

    @needs(metadata="read", contents="read")
    def read(self, repositories: Sequence[str], facts: FactsNeeded = NO_MORE_FACTS) -> dict[str, Target | None]:
        """Return the named repositories; None for one that is absent or invisible to this token."""

    @needs(organization_custom_properties="read")
    def list_properties(self, owner: str) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
        """Return the custom properties that have a value, by repository in lower case. A person's account has none."""

    @needs(metadata="read", members="read")
    def list_team(self, team: str) -> tuple[ListedRepository, ...]:
        """Return every repository that a team, `organization/team`, has access to; complete or an error."""

    @needs(metadata="read")
    def list_installation(self) -> tuple[ListedRepository, ...]:
        """Return every repository of the App's installations, or of the token's; complete or an error."""

    @needs(metadata="read")
    def search(self, owner: str, query: str) -> tuple[ListedRepository, ...]:
        """Return every repository that a query finds at one owner; complete or an error.

        The query names the owner. GitHub's index lags: a repository that is found may have changed, or be gone.
        """
