"""The client: every port of GitHub over one transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from action_patterns.github_api.git_database import GitDatabaseClient
from action_patterns.github_api.graphql.ref_store import RefStoreClient
from action_patterns.github_api.graphql_fallback import GraphQLFallback
from action_patterns.github_api.pull_requests import PullRequestsClient
from action_patterns.github_api.rate_limits import RateLimitsClient
from action_patterns.github_api.repositories import RepositoriesClient
from action_patterns.github_api.rest.issues import IssuesClient
from action_patterns.github_api.rest.workflow_runs import WorkflowRunsClient
from action_patterns.github_api.settings import SettingsClient
from action_patterns.github_api.tokens import TokensClient
from action_patterns.github_api.transport.calls import Calls
from action_patterns.github_api.transport.transport import Transport

if TYPE_CHECKING:
    from action_patterns.contracts import Usage


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
        self.refs = RefStoreClient(calls)
        self.settings = SettingsClient(calls)
        self.tokens = TokensClient(calls)

    def usage(self) -> Usage:
        """Return what the calling thread has used since `reset_usage`."""
        return self._transport.usage()

    def reset_usage(self) -> None:
        """Start to count from zero."""
        self._transport.reset_usage()

    def close(self) -> None:
        """Revoke minted tokens."""
        self._transport.close()
