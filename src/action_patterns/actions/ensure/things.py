"""Labels, milestones, environments and releases."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from action_patterns.actions.ensure.decide import Decision
from action_patterns.actions.ensure.subject import CreateOnly, Made, changes
from action_patterns.errors import RefusedError
from action_patterns.ports.environments import Environments
from action_patterns.ports.git_refs import GitRefs
from action_patterns.ports.labels import Labels
from action_patterns.ports.milestones import Milestones
from action_patterns.ports.releases import Releases
from action_patterns.ports.resource import Fields, Resource


class LabelSubject(Made):
    """A label."""

    reads = (Labels.read,)
    writes = (Labels.create, Labels.update)

    def look(self) -> Resource | None:
        return self.github.labels.read(self.repository, self.key)

    def create(self) -> Resource:
        return self.github.labels.create(self.repository, self.key, self.desired)

    def update(self, found: Resource, decision: Decision) -> Resource:
        return self.github.labels.update(self.repository, found.key, changes(decision))

    def page(self, found: Resource) -> str:
        return f"/labels/{quote(found.key, safe='')}"

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        if found is None:
            return [self.shown("POST", "/labels", {"name": self.key, **self.desired})]
        return [self.shown("PATCH", f"/labels/{quote(found.key, safe='')}", changes(decision))]


class MilestoneSubject(Made):
    """A milestone."""

    reads = (Milestones.find,)
    writes = (Milestones.create, Milestones.update)

    def look(self) -> Resource | None:
        return self.github.milestones.find(self.repository, self.key)

    def create(self) -> Resource:
        return self.github.milestones.create(self.repository, self.key, self.desired)

    def update(self, found: Resource, decision: Decision) -> Resource:
        return self.github.milestones.update(self.repository, int(found.id), changes(decision))

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        if found is None:
            return [self.shown("POST", "/milestones", {"title": self.key, **self.desired})]
        return [self.shown("PATCH", f"/milestones/{found.id}", changes(decision))]


class EnvironmentSubject(Made):
    """An environment."""

    reads = (Environments.read,)
    writes = (Environments.write,)

    def look(self) -> Resource | None:
        return self.github.environments.read(self.repository, self.key)

    def create(self) -> Resource:
        return self.github.environments.write(self.repository, self.key, self.desired)

    def update(self, found: Resource, decision: Decision) -> Resource:
        return self.github.environments.write(self.repository, found.key, changes(decision))

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        name = found.key if found else self.key
        body = changes(decision) if found else self.desired
        return [self.shown("PUT", f"/environments/{quote(name, safe='')}", body)]


class ReleaseSubject(CreateOnly):
    """A release. One that exists is never changed."""

    reads = (Releases.find,)
    writes = (GitRefs.read, Releases.create, Releases.delete)

    def look(self) -> Resource | None:
        found = self.github.releases.find(self.repository, self.key, drafts=False)
        self.notes = []
        if len(found) > 1:
            others = ", ".join(each.url for each in found[1:])
            self.notes.append(f"Several releases name the tag {self.key}. This step takes the oldest. Others: {others}")
        return next(iter(found), None)

    def create(self) -> Resource:
        self._check_tag()
        made = self.github.releases.create(self.repository, self.key, self._sent)
        # GitHub takes two releases of one tag that are sent at the same moment, and any number of drafts. All runs
        # agree on the oldest, so each takes back its own if that is another one.
        oldest = next(iter(self.github.releases.find(self.repository, self.key)), made)
        if int(oldest.id) >= int(made.id):
            return made
        self.github.releases.delete(self.repository, int(made.id))
        return replace(oldest, is_new=False)

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:  # noqa: ARG002 - only a creation
        return [self.shown("POST", "/releases", {"tag_name": self.key, **self._sent})]

    @property
    def _sent(self) -> Fields:
        commit = self.at_creation.get("commit")
        return {**self.desired, **({"target_commitish": commit} if commit else {})}

    def _check_tag(self) -> None:
        """Check that the tag, if there is one, is at the commit that the caller gives: GitHub takes the tag's.

        Raises:
            RefusedError: it is at another.
        """
        wanted = self.at_creation.get("asked_for")
        tag = self.github.git_refs.read(self.repository, f"refs/tags/{self.key}") if wanted else None
        if tag is not None and tag.fields["commit"] != wanted:
            raise RefusedError(
                f"The tag {self.key} is at {tag.fields['commit']}, and the release shall be of {wanted}. Nothing was"
                " written.",
                remediation="Leave out `commit` to release the tag's commit, or choose another tag. Do not move the"
                " tag: who has fetched it would not learn of that.",
            )
