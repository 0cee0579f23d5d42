"""Settings of a repository and its organization that decide whether a write will succeed. Every verb reads."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from action_patterns.ports.permissions import needs


class RepositorySettings(NamedTuple):
    """A repository, as this token sees it."""

    name: str
    """`owner/name` in GitHub's own spelling; another than the one that was asked for after a rename."""
    private: bool
    archived: bool
    disabled: bool
    default_branch: str
    may_push: bool | None = None
    """Whether the role of the token's account allows a push. None: GitHub does not say, as for an App's token."""
    may_administer: bool | None = None


class BranchRule(NamedTuple):
    """An active rule of a ruleset that covers a branch."""

    type: str
    """GitHub's word: `creation`, `update`, `deletion`, `non_fast_forward`, `pull_request` and others."""
    bypass: str = ""
    """Whether this token's account passes it: `never`, `always`, `pull_requests_only`, `exempt`. Empty: not known."""


class BranchSettings(NamedTuple):
    """A branch that may not exist yet, and the rules for it."""

    exists: bool
    protected: bool = False
    """Whether a branch protection covers it. Its rules are shown to administrators alone."""
    rules: tuple[BranchRule, ...] = ()


class Settings(Protocol):
    """Settings. An answer that leaves open whether a thing exists is an error, never absence."""

    @needs(metadata="read")
    def repository(self, repository: str) -> RepositorySettings:
        """Return the repository. Raises NotFoundError: it is absent, or invisible to this token."""

    @needs(metadata="read", contents="read")
    def branch(self, repository: str, branch: str) -> BranchSettings:
        """Return a branch and the rules that cover its name."""

    @needs(members="read")
    def has_team(self, team: str) -> bool:
        """Return whether this token sees a team, `organization/slug`. GitHub hides an invisible one as absent."""

    @needs(secrets="read")
    def secret_names(self, repository: str) -> tuple[str, ...]:
        """Return the names of the secrets that workflows of a repository get: its own, and its organization's."""

    @needs(administration="read")
    def actions_may_open_pulls(self, repository: str) -> bool:
        """Return whether workflows may create pull requests with GITHUB_TOKEN."""
