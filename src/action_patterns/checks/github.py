"""The base of checks that ask GitHub: the repository, and a session with the verbs that the kind declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.specification import Specification, World
from action_patterns.contracts.repository import is_repository
from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError
from action_patterns.ports.permissions import in_words

if TYPE_CHECKING:
    from action_patterns.action.session import Session
    from action_patterns.ports.permissions import Verb
    from action_patterns.ports.settings import RepositorySettings
    from action_patterns.ports.tokens import TokenReport


class GitHubCheck(Specification):
    """A question to GitHub."""

    uses: ClassVar[tuple[Verb, ...]] = ()
    """The verbs that it calls."""

    def targets(self, world: World) -> tuple[str, ...]:
        """Return the repositories that it reads."""
        raise NotImplementedError

    @classmethod
    def ask(cls, subjects: Sequence[Self], world: World) -> Sequence[Finding]:
        found = []
        for each in subjects:
            try:
                found.append(each.answer(world))
            except (PermissionDeniedError, NotFoundError) as error:
                found.append(cls._unreadable(error))
        return found

    @classmethod
    def _unreadable(cls, error: ActionPatternsError) -> Finding:
        """Return the finding of a token that may not read the answer. It may still be good for the work."""
        permissions = " and ".join(f"`{each}`" for each in in_words(cls.uses))
        fix = f"To have it answered, give the token {permissions}. The work itself may need none of them."
        return Finding("not-readable", "unknown", error.message, fix)

    def session(self, world: World) -> Session:
        """Return GitHub with the verbs of this kind."""
        return world.github(self.uses, self.targets(world))


class RepositoryCheck(GitHubCheck):
    """A question about one repository."""

    repository: str = Field(
        default="", description="`owner/name`. Default: the repository whose workflow runs.", examples=["acme/api"]
    )

    @field_validator("repository")
    @classmethod
    def _is_repository(cls, value: str) -> str:
        return repository_name(value) if value else value

    def place(self, world: World) -> str:
        """Return the repository that is meant."""
        return self.repository or world.ports.context.repository

    def targets(self, world: World) -> tuple[str, ...]:
        return (self.place(world),)

    def settings(self, world: World) -> RepositorySettings:
        """Return the repository as this token sees it."""
        place = self.place(world)
        return world.recall(("repository", place), lambda: self.session(world).settings.repository(place))

    def token_report(self, world: World) -> TokenReport:
        """Return what GitHub says about the token."""
        place = self.place(world)
        return world.recall(("token", place), lambda: self.session(world).tokens.describe(place))

    def title(self) -> str:
        of = f" of {self.repository}" if self.repository and self.repository != getattr(self, self.subject) else ""
        return f"{super().title()}{of}"


def unseen(code: str, error: ActionPatternsError) -> Finding:
    """Return the finding of a repository that GitHub does not show to this token."""
    return finding(code, False, error.message, f"{error.remediation} Do not take the answer for a proof of absence.")


def repository_name(value: str) -> str:
    """Return the name of a repository.

    Raises:
        ValueError: it is none.
    """
    if not is_repository(value):
        raise ValueError(f"{value!r} is no repository. Write `owner/name`")
    return value
