"""The thing that a run is about: how it is looked at, and for most kinds how it is created and changed."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import ClassVar

from action_patterns.actions.ensure.decide import Decision, Relation
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import Verb
from action_patterns.ports.resource import Fields, Resource, Value


class Subject(ABC):
    """One thing, by its exact key."""

    def __init__(self, key: str, desired: Fields, repository: str = "") -> None:
        self.key = key
        self.desired = desired
        self.repository = repository
        self.notes: list[str] = []
        """Warnings of the last look."""

    @abstractmethod
    def look(self) -> Resource | None:
        """Return the thing. None: it does not exist, which is certain."""

    def page(self, found: Resource) -> str:
        """Return the address of its page, or the path below the repository's."""
        return found.url


class OnGitHub(Subject):
    """A thing of a repository on GitHub."""

    reads: ClassVar[tuple[Verb, ...]]
    """Verbs that a look calls."""
    writes: ClassVar[tuple[Verb, ...]] = ()

    def __init__(self, github: GitHub, repository: str, key: str, desired: Fields, at_creation: Fields) -> None:
        super().__init__(key, desired, repository)
        self.github = github
        self.at_creation = at_creation
        """Values that only a creation needs."""


class Made(OnGitHub):
    """A thing that this action makes."""

    def relation(self, found: Resource) -> Relation:  # noqa: ARG002 - that of a branch is read
        """Return how a branch stands to the desired commit."""
        return "diverged"

    @abstractmethod
    def create(self) -> Resource:
        """Create the thing, and return it."""

    @abstractmethod
    def update(self, found: Resource, decision: Decision) -> Resource | None:
        """Change what differs. Returns the thing; None: GitHub did not show it."""

    @abstractmethod
    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        """Return the writes that a real run sends."""

    def shown(self, method: str, path: str, body: Fields) -> str:
        """Return a request as a dry run prints it."""
        return f"{method} /repos/{self.repository}{path} {json.dumps(dict(body), ensure_ascii=False)}"


class CreateOnly(Made):
    """A thing that is never changed once it exists."""

    def update(self, found: Resource, decision: Decision) -> Resource | None:
        raise AssertionError(f"{found.key} is never changed: {decision.reason}")


def changes(decision: Decision) -> dict[str, Value]:
    """Return the fields that an update sends."""
    return {name: difference.desired for name, difference in decision.differences.items()}
