"""GitHub: one client, one property per capability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from action_patterns.ports.environments import Environments
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.git_refs import GitRefs
from action_patterns.ports.issues import Issues
from action_patterns.ports.labels import Labels
from action_patterns.ports.lookups import Lookups
from action_patterns.ports.milestones import Milestones
from action_patterns.ports.pull_requests import PullRequests
from action_patterns.ports.rate_limits import RateLimits
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.releases import Releases
from action_patterns.ports.repositories import Repositories
from action_patterns.ports.settings import Settings
from action_patterns.ports.tokens import Tokens
from action_patterns.ports.workflow_runs import WorkflowRuns

if TYPE_CHECKING:
    from action_patterns.contracts import Usage

CAPABILITIES: dict[str, type] = {
    "repositories": Repositories,
    "rate_limits": RateLimits,
    "git": GitDatabase,
    "pulls": PullRequests,
    "issues": Issues,
    "runs": WorkflowRuns,
    "refs": RefStore,
    "settings": Settings,
    "tokens": Tokens,
    "git_refs": GitRefs,
    "labels": Labels,
    "milestones": Milestones,
    "releases": Releases,
    "environments": Environments,
    "lookups": Lookups,
}
"""Property of `GitHub` to the protocol behind it."""


class GitHub(Protocol):
    """One client of GitHub. It serves many threads; it paces and retries.

    Any verb may raise AuthenticationError, PermissionDeniedError, NotFoundError, RateLimitedError, UnavailableError.
    """

    @property
    def repositories(self) -> Repositories:
        """Repositories of owners."""

    @property
    def rate_limits(self) -> RateLimits:
        """Rate limits of the token."""

    @property
    def git(self) -> GitDatabase:
        """Git objects and branches."""

    @property
    def pulls(self) -> PullRequests:
        """Pull requests."""

    @property
    def issues(self) -> Issues:
        """Issues and comments."""

    @property
    def runs(self) -> WorkflowRuns:
        """Workflow runs."""

    @property
    def refs(self) -> RefStore:
        """Refs that carry a text."""

    @property
    def settings(self) -> Settings:
        """Settings of repositories."""

    @property
    def tokens(self) -> Tokens:
        """The token itself."""

    @property
    def git_refs(self) -> GitRefs:
        """Branches and tags by their full names."""

    @property
    def labels(self) -> Labels:
        """Labels."""

    @property
    def milestones(self) -> Milestones:
        """Milestones."""

    @property
    def releases(self) -> Releases:
        """Releases."""

    @property
    def environments(self) -> Environments:
        """Environments that jobs deploy to."""

    @property
    def lookups(self) -> Lookups:
        """Look-ups of things that are never made here."""

    def usage(self) -> Usage:
        """Return requests, writes, waiting and the lowest limit of the calling thread since its `reset_usage()`."""

    def reset_usage(self) -> None:
        """Start to count from zero."""

    def close(self) -> None:
        """Revoke minted tokens. Safe to call more than once; GitHub's errors are not raised."""
