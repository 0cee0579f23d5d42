"""A session: GitHub, opened for one action with its token, its reach and its permissions.

A session hands out only the verbs that were declared, so what an action declares is what its token needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from action_patterns.action.reach import Reach, check_reach
from action_patterns.action.store import REFS, is_directory, open_store
from action_patterns.errors import DefectError
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.permissions import Verb, needed

if TYPE_CHECKING:
    from action_patterns.contracts import Usage
    from action_patterns.ports.bundle import Ports
    from action_patterns.ports.environments import Environments
    from action_patterns.ports.git_database import GitDatabase
    from action_patterns.ports.git_refs import GitRefs
    from action_patterns.ports.github import GitHub
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


class Session:
    """ports.GitHub, as far as it was declared."""

    def __init__(self, github: GitHub, uses: Iterable[Verb], refs: RefStore | None = None) -> None:
        self._github = github
        self._refs = refs
        self._uses = frozenset(verb.__qualname__ for verb in uses)

    @property
    def repositories(self) -> Repositories:
        """Repositories of owners."""
        return cast("Repositories", self._declared("repositories", "Repositories"))

    @property
    def rate_limits(self) -> RateLimits:
        """Rate limits of the token."""
        return cast("RateLimits", self._declared("rate_limits", "RateLimits"))

    @property
    def git(self) -> GitDatabase:
        """Git objects and branches."""
        return cast("GitDatabase", self._declared("git", "GitDatabase"))

    @property
    def pulls(self) -> PullRequests:
        """Pull requests."""
        return cast("PullRequests", self._declared("pulls", "PullRequests"))

    @property
    def issues(self) -> Issues:
        """Issues and comments."""
        return cast("Issues", self._declared("issues", "Issues"))

    @property
    def runs(self) -> WorkflowRuns:
        """Workflow runs."""
        return cast("WorkflowRuns", self._declared("runs", "WorkflowRuns"))

    @property
    def refs(self) -> RefStore:
        """Refs that carry a text."""
        return cast("RefStore", self._declared("refs", "RefStore", self._refs))

    @property
    def settings(self) -> Settings:
        """Settings of repositories."""
        return cast("Settings", self._declared("settings", "Settings"))

    @property
    def tokens(self) -> Tokens:
        """The token itself."""
        return cast("Tokens", self._declared("tokens", "Tokens"))

    @property
    def git_refs(self) -> GitRefs:
        """Branches and tags by their full names."""
        return cast("GitRefs", self._declared("git_refs", "GitRefs"))

    @property
    def labels(self) -> Labels:
        """Labels."""
        return cast("Labels", self._declared("labels", "Labels"))

    @property
    def milestones(self) -> Milestones:
        """Milestones."""
        return cast("Milestones", self._declared("milestones", "Milestones"))

    @property
    def releases(self) -> Releases:
        """Releases."""
        return cast("Releases", self._declared("releases", "Releases"))

    @property
    def environments(self) -> Environments:
        """Environments that jobs deploy to."""
        return cast("Environments", self._declared("environments", "Environments"))

    @property
    def lookups(self) -> Lookups:
        """Look-ups of things that are never made here."""
        return cast("Lookups", self._declared("lookups", "Lookups"))

    def usage(self) -> Usage:
        """Return what the calling thread has used since `reset_usage`."""
        return self._github.usage()

    def reset_usage(self) -> None:
        """Start to count from zero."""
        self._github.reset_usage()

    def close(self) -> None:
        """Revoke minted tokens."""
        self._github.close()

    def _declared(self, capability: str, port: str, instead: object = None) -> _Declared:
        return _Declared(instead or getattr(self._github, capability), port, self._uses)


class _Declared:
    """One capability, without the verbs that were not declared."""

    __slots__ = ("_capability", "_port", "_uses")

    def __init__(self, capability: object, port: str, uses: frozenset[str]) -> None:
        self._capability = capability
        self._port = port
        self._uses = uses

    def __getattr__(self, name: str) -> Any:
        verb = f"{self._port}.{name}"
        if verb not in self._uses:
            raise DefectError(
                f"{verb} was called, and the action does not declare that it uses it.",
                remediation="Add it to the action's `uses`: its permissions follow from them.",
            )
        return getattr(self._capability, name)


def open_session(
    ports: Ports,
    credentials: Credentials,
    uses: Iterable[Verb],
    *,
    seconds: float,
    reach: Reach,
    narrowed: tuple[str, ...] = (),
    paths: Iterable[str] = (),
    share: float = 1.0,
    phase_seconds: float = 0.0,
    store: str = REFS,
) -> Session:
    """Open GitHub for verbs and repositories. Nothing is sent yet.

    Args:
        ports: the run's ports.
        credentials: the token or App.
        uses: the verbs that will be called.
        seconds: time the session may take, from its first request on.
        reach: the repositories the action works on.
        narrowed: the repositories an App's tokens reach; empty: all that the installation covers.
        paths: files that will be written; those below `.github/workflows` need one more permission.
        share: share of each limit, where other processes use the same token.
        phase_seconds: wait before the first write, so that such processes take turns.
        store: place of records, the input of that name.

    Raises:
        InputError: the job's own token is used for another repository.
    """
    uses = tuple(uses)
    permissions = needed(uses, paths=paths)
    if not is_directory(store):
        check_reach(credentials, reach, ports.context, writing=any(level == "write" for _, level in permissions))
    allowance = Allowance(
        share=share,
        phase_seconds=phase_seconds,
        seconds=seconds,
        repositories=narrowed,
        permissions=permissions,
    )
    github = ports.github(credentials, allowance)
    return Session(github, uses, None if store == REFS else open_store(store, ports, github.refs))
