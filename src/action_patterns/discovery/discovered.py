"""The repositories that discovery read, of all selections together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from action_patterns.contracts import Target
from action_patterns.discovery.source import Source
from action_patterns.ports.rate_limits import Limits
from action_patterns.ports.repositories import ListedRepository


class Gone(NamedTuple):
    """A repository that a source lists, and that is no target: the list is older than a change of it."""

    repository: ListedRepository
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """The repositories that discovery read, of all selections together. Each is in it once."""

    repositories: Mapping[str, Target | None]
    """Key = a name in lower case, as a source or a selection has it. None: absent, or this token may not see it."""
    sources: Mapping[Source, tuple[ListedRepository, ...]]
    """The list of each source. Key = the source in lower case."""
    limits: Limits | None = None

    @property
    def visible(self) -> int:
        """The number of repositories that were seen, each counted once."""
        return len({target.repository for target in self.repositories.values() if target is not None})

    def named(self, name: str) -> Target | None:
        """Return a repository by name. None: absent, or this token may not see it."""
        return self.repositories[name.lower()]

    def listed(self, source: Source) -> Iterator[Target]:
        """Yield the repositories of a source as they are now."""
        for listed in self.sources[source.lower()]:
            target = self.named(listed.repository)
            if target is not None and _changed(listed, target) is None:
                yield target

    def gone(self, source: Source) -> Iterator[Gone]:
        """Yield what a source lists and what is not there any more."""
        for listed in self.sources[source.lower()]:
            target = self.named(listed.repository)
            why = "this token does not see it" if target is None else _changed(listed, target)
            if why is not None:
                yield Gone(listed, f"{source.in_words} lists it, but {why}.")


def _changed(listed: ListedRepository, now: Target) -> str | None:
    """Return how a repository changed so that the source cannot mean it. A new name with the same owner is no such."""
    if listed.id is not None and now.id is not None and listed.id != now.id:
        return "another repository has the name now"
    if listed.repository.partition("/")[0].lower() != now.owner.lower():
        # The new name may be a private one, which a public run must not show.
        return "it belongs to another owner now"
    return None
