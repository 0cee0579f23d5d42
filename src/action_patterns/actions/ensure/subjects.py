"""The kinds of things: how each is read, created and changed, and the requests that this sends."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import ClassVar
from urllib.parse import quote

from action_patterns.actions.ensure.decide import Decision, Relation
from action_patterns.actions.ensure.interface import Kind
from action_patterns.errors import InputError, Problem
from action_patterns.ports.environments import Environments
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.git_refs import GitRefs
from action_patterns.ports.github import GitHub
from action_patterns.ports.labels import Labels
from action_patterns.ports.milestones import Milestones
from action_patterns.ports.permissions import Verb
from action_patterns.ports.releases import Releases
from action_patterns.ports.resource import Fields, Resource, Value


class Subject(ABC):
    """One thing, by its exact key."""

    reads: ClassVar[tuple[Verb, ...]]
    """Verbs that a look calls."""
    writes: ClassVar[tuple[Verb, ...]]

    def __init__(self, github: GitHub, repository: str, key: str, desired: Fields, at_creation: Fields) -> None:
        self.github = github
        self.repository = repository
        self.key = key
        self.desired = desired
        self.at_creation = at_creation
        """Fields that only a creation sends."""
        self.notes: list[str] = []
        """Warnings of the last look."""

    @abstractmethod
    def look(self) -> Resource | None:
        """Return the thing. None: it does not exist, which is certain."""

    def relation(self, found: Resource) -> Relation:  # noqa: ARG002 - that of a branch is read
        """Return how a branch stands to the desired commit."""
        return "diverged"

    @abstractmethod
    def create(self) -> Resource:
        """Create the thing, and return it."""

    def update(self, found: Resource, decision: Decision) -> Resource | None:  # noqa: ARG002 - create-only kinds
        """Change what differs. Returns the thing; None: GitHub did not show it."""
        raise AssertionError(f"{self.key} is never changed")

    @abstractmethod
    def page(self, found: Resource) -> str:
        """Return the path of its page on GitHub, or its address."""

    @abstractmethod
    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        """Return the writes that a real run sends."""

    def _shown(self, method: str, path: str, body: Fields) -> str:
        return f"{method} /repos/{self.repository}{path} {json.dumps(dict(body), ensure_ascii=False)}"


def _desired(decision: Decision) -> dict[str, Value]:
    return {name: difference.desired for name, difference in decision.differences.items()}


class LabelSubject(Subject):
    """A label."""

    reads = (Labels.read,)
    writes = (Labels.create, Labels.update)

    def look(self) -> Resource | None:
        return self.github.labels.read(self.repository, self.key)

    def create(self) -> Resource:
        return self.github.labels.create(self.repository, self.key, self.desired)

    def update(self, found: Resource, decision: Decision) -> Resource:
        return self.github.labels.update(self.repository, found.key, _desired(decision))

    def page(self, found: Resource) -> str:
        return f"/labels/{quote(found.key, safe='')}"

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        if found is None:
            return [self._shown("POST", "/labels", {"name": self.key, **self.desired})]
        return [self._shown("PATCH", f"/labels/{quote(found.key, safe='')}", _desired(decision))]


class MilestoneSubject(Subject):
    """A milestone."""

    reads = (Milestones.find,)
    writes = (Milestones.create, Milestones.update)

    def look(self) -> Resource | None:
        return self.github.milestones.find(self.repository, self.key)

    def create(self) -> Resource:
        return self.github.milestones.create(self.repository, self.key, self.desired)

    def update(self, found: Resource, decision: Decision) -> Resource:
        return self.github.milestones.update(self.repository, int(found.id), _desired(decision))

    def page(self, found: Resource) -> str:
        return found.url

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        if found is None:
            return [self._shown("POST", "/milestones", {"title": self.key, **self.desired})]
        return [self._shown("PATCH", f"/milestones/{found.id}", _desired(decision))]


class EnvironmentSubject(Subject):
    """An environment."""

    reads = (Environments.read,)
    writes = (Environments.write,)

    def look(self) -> Resource | None:
        return self.github.environments.read(self.repository, self.key)

    def create(self) -> Resource:
        return self.github.environments.write(self.repository, self.key, self.desired)

    def update(self, found: Resource, decision: Decision) -> Resource:
        return self.github.environments.write(self.repository, found.key, _desired(decision))

    def page(self, found: Resource) -> str:
        return found.url

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        name = found.key if found else self.key
        body = _desired(decision) if found else self.desired
        return [self._shown("PUT", f"/environments/{quote(name, safe='')}", body)]


class RefSubject(Subject):
    """A branch or a tag."""

    folder: ClassVar[str]
    reads: ClassVar[tuple[Verb, ...]] = (GitRefs.read,)
    writes: ClassVar[tuple[Verb, ...]] = (GitRefs.create,)

    @property
    def name(self) -> str:
        """The full name of the ref."""
        return f"refs/{self.folder}/{self.key}"

    @property
    def commit(self) -> str:
        """The commit that it is created at.

        Raises:
            InputError: none is given, and the run is for another repository.
        """
        commit = {**self.desired, **self.at_creation}.get("commit")
        if not commit:
            raise InputError(
                Problem(
                    f"{self.key} does not exist in {self.repository}, and `commit` is not given.",
                    "Give the full id of the commit: the one that this run is for belongs to another repository.",
                )
            )
        return str(commit)

    def look(self) -> Resource | None:
        return self.github.git_refs.read(self.repository, self.name)

    def create(self) -> Resource:
        return self.github.git_refs.create(self.repository, self.name, self.commit)

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        if found is None:
            return [self._shown("POST", "/git/refs", {"ref": self.name, "sha": self.commit})]
        forced = "forced" if decision.force else "forward only"
        return [f"POST /graphql updateRefs ({self.name}: {found.id} to {self.commit}, {forced})"]


class BranchSubject(RefSubject):
    """A branch."""

    folder = "heads"
    reads = (GitRefs.read, GitDatabase.compare)
    writes = (GitRefs.create, GitRefs.update)

    def relation(self, found: Resource) -> Relation:
        if found.fields["commit"] == self.commit:
            return "behind"
        compared = self.github.git.compare(self.repository, str(found.fields["commit"]), self.commit)
        if compared is None or (compared.ahead_by and compared.behind_by):
            return "diverged"
        return "ahead" if compared.behind_by else "behind"

    def update(self, found: Resource, decision: Decision) -> None:
        self.github.git_refs.update(
            self.repository, self.name, before=found.id, after=self.commit, force=decision.force
        )

    def page(self, found: Resource) -> str:  # noqa: ARG002 - its name is exact
        return f"/tree/{quote(self.key)}"


class TagSubject(RefSubject):
    """A tag. One that exists is never moved."""

    folder = "tags"

    def page(self, found: Resource) -> str:  # noqa: ARG002 - its name is exact
        return f"/releases/tag/{quote(self.key)}"


class ReleaseSubject(Subject):
    """A release. One that exists is never changed."""

    reads = (Releases.find,)
    writes = (Releases.create, Releases.delete)

    def look(self) -> Resource | None:
        found = self.github.releases.find(self.repository, self.key, drafts=False)
        self.notes = []
        if len(found) > 1:
            others = ", ".join(each.url for each in found[1:])
            self.notes.append(f"Several releases name the tag {self.key}. This step takes the oldest. Others: {others}")
        return next(iter(found), None)

    def create(self) -> Resource:
        made = self.github.releases.create(self.repository, self.key, {**self.desired, **self.at_creation})
        # GitHub takes two releases of one tag that are sent at the same moment, and any number of drafts. All runs
        # agree on the oldest, so each takes back its own if that is another one.
        oldest = next(iter(self.github.releases.find(self.repository, self.key)), made)
        if int(oldest.id) >= int(made.id):
            return made
        self.github.releases.delete(self.repository, int(made.id))
        return _not_new(oldest)

    def page(self, found: Resource) -> str:
        return found.url

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:  # noqa: ARG002 - only a creation
        return [self._shown("POST", "/releases", {"tag_name": self.key, **self.desired, **self.at_creation})]


def _not_new(found: Resource) -> Resource:
    return Resource(key=found.key, id=found.id, url=found.url, state=found.state, fields=found.fields, is_new=False)


SUBJECTS: dict[Kind, type[Subject]] = {
    "branch": BranchSubject,
    "tag": TagSubject,
    "release": ReleaseSubject,
    "label": LabelSubject,
    "milestone": MilestoneSubject,
    "environment": EnvironmentSubject,
}
