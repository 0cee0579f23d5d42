"""The client: every port of GitHub over one transport."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from action_patterns.github_api.git_database import GitDatabaseClient
from action_patterns.github_api.graphql_fallback import GraphQLFallback
from action_patterns.github_api.pull_requests import PullRequestsClient
from action_patterns.github_api.rate_limits import RateLimitsClient
from action_patterns.github_api.ref_store import RefStoreClient
from action_patterns.github_api.repositories import RepositoriesClient
from action_patterns.github_api.rest.issues import IssuesClient
from action_patterns.github_api.rest.workflow_runs import WorkflowRunsClient
from action_patterns.github_api.transport.calls import Calls
from action_patterns.github_api.transport.transport import Transport

if TYPE_CHECKING:
    from action_patterns.contracts import Usage
    from action_patterns.github_api.git_refs import GitRefsClient
    from action_patterns.github_api.rest.environments import EnvironmentsClient
    from action_patterns.github_api.rest.labels import LabelsClient
    from action_patterns.github_api.rest.lookups import LookupsClient
    from action_patterns.github_api.rest.milestones import MilestonesClient
    from action_patterns.github_api.rest.releases import ReleasesClient
    from action_patterns.github_api.settings import SettingsClient
    from action_patterns.github_api.tokens import TokensClient


class Client:
    """ports.github.GitHub over a transport. Each verb knows how it may be repeated; none knows why it is called."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        calls, fallback = Calls(transport), GraphQLFallback(transport)
        self.repositories = RepositoriesClient(calls, fallback)
        self.rate_limits = RateLimitsClient(calls)
        self.git = GitDatabaseClient(calls, fallback)
        self.issues = IssuesClient(calls)
        self.pulls = PullRequestsClient(calls, fallback, self.issues)
        self.runs = WorkflowRunsClient(calls)
        self.refs = RefStoreClient(calls, fallback)
        self._calls = calls

    # Only one action uses these. Their modules are imported for it alone: start-up time is every user's time.

    @cached_property
    def settings(self) -> SettingsClient:
        """Settings of repositories."""
        from action_patterns.github_api.settings import SettingsClient

        return SettingsClient(self._calls)

    @cached_property
    def tokens(self) -> TokensClient:
        """The token itself."""
        from action_patterns.github_api.tokens import TokensClient

        return TokensClient(self._calls)

    @cached_property
    def git_refs(self) -> GitRefsClient:
        """Branches and tags by their full names."""
        from action_patterns.github_api.git_refs import GitRefsClient

        return GitRefsClient(self._calls)

    @cached_property
    def labels(self) -> LabelsClient:
        """Labels."""
        from action_patterns.github_api.rest.labels import LabelsClient

        return LabelsClient(self._calls)

    @cached_property
    def milestones(self) -> MilestonesClient:
        """Milestones."""
        from action_patterns.github_api.rest.milestones import MilestonesClient

        return MilestonesClient(self._calls)

    @cached_property
    def releases(self) -> ReleasesClient:
        """Releases."""
        from action_patterns.github_api.rest.releases import ReleasesClient

        return ReleasesClient(self._calls)

    @cached_property
    def environments(self) -> EnvironmentsClient:
        """Environments that jobs deploy to."""
        from action_patterns.github_api.rest.environments import EnvironmentsClient

        return EnvironmentsClient(self._calls)

    @cached_property
    def lookups(self) -> LookupsClient:
        """Look-ups of things that are never made here."""
        from action_patterns.github_api.rest.lookups import LookupsClient

        return LookupsClient(self._calls)

    def usage(self) -> Usage:
        """Return what the calling thread has used since `reset_usage`."""
        return self._transport.usage()

    def reset_usage(self) -> None:
        """Start to count from zero."""
        self._transport.reset_usage()

    def close(self) -> None:
        """Revoke minted tokens."""
        self._transport.close()
