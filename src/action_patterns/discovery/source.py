"""A source of repositories: an owner, a team, an App's installations, a search. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

SourceKey = Literal["owners", "teams", "installation", "search"]


class Source(NamedTuple):
    """One list of repositories that discovery reads as a whole."""

    key: SourceKey
    value: str
    """The owner, `organization/team` or the query; "" for the installations."""

    def lower(self) -> Source:
        """Return the source in lower case: GitHub ignores the case of names, and of words in a search."""
        return Source(self.key, self.value.lower())

    @property
    def in_words(self) -> str:
        """The source as the subject of a sentence."""
        if self.key == "installation":
            return "The App's installation"
        noun = {"owners": "The owner", "teams": "The team", "search": "The search"}[self.key]
        return f"{noun} `{self.value}`"
