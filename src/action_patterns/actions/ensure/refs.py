"""Branches and tags."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from action_patterns.actions.ensure.decide import Decision, Relation
from action_patterns.actions.ensure.subject import CreateOnly, Made
from action_patterns.errors import InputError, Problem, RefusedError
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.git_refs import GitRefs
from action_patterns.ports.permissions import Verb
from action_patterns.ports.resource import Resource


class RefSubject(Made):
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
        try:
            return self.github.git_refs.create(self.repository, self.name, self.commit)
        except RefusedError as error:
            raise self._explained(error) from error

    def _explained(self, error: RefusedError) -> RefusedError:
        """Return the error with its cause, if that is a ref whose name is a folder of this one."""
        parts = self.key.split("/")
        for end in range(1, len(parts)):
            above = "/".join(parts[:end])
            if self.github.git_refs.read(self.repository, f"refs/{self.folder}/{above}") is not None:
                return RefusedError(
                    f"{error.message} `{above}` exists, and git keeps no `{self.key}` beside it.",
                    remediation=f"Choose a name that does not begin with `{above}/`. Do not delete `{above}` for it.",
                    request_id=error.request_id,
                )
        return RefusedError(
            error.message,
            remediation=f"Check that the commit {self.commit} is in {self.repository}, and that no rule of the"
            f" repository forbids {self.name}. Do not take a rule away to get past it.",
            request_id=error.request_id,
        )

    def requests(self, found: Resource | None, decision: Decision) -> list[str]:
        if found is None:
            return [self.shown("POST", "/git/refs", {"ref": self.name, "sha": self.commit})]
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


class TagSubject(RefSubject, CreateOnly):
    """A tag. One that exists is never moved."""

    folder = "tags"

    def page(self, found: Resource) -> str:  # noqa: ARG002 - its name is exact
        return f"/releases/tag/{quote(self.key)}"
