"""Repositories, read over GraphQL, or over REST where GraphQL is not served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from action_patterns.errors import NotFoundError
from action_patterns.github_api.graphql import repositories as graphql
from action_patterns.github_api.graphql_fallback import GraphQLFallback
from action_patterns.github_api.rest import installations, repository_search, teams
from action_patterns.github_api.rest import repositories as rest
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.repositories import NO_MORE_FACTS, FactsNeeded, ListedRepository, Listing

if TYPE_CHECKING:
    from action_patterns.contracts import Target


class RepositoriesClient:
    """ports.Repositories."""

    def __init__(self, calls: Calls, fallback: GraphQLFallback) -> None:
        self._calls = calls
        self._fallback = fallback

    def list_owner(self, owner: str, facts: FactsNeeded = NO_MORE_FACTS) -> Listing:
        return self._fallback.read(
            owner,
            lambda: graphql.list_owner(self._calls, owner, facts),
            lambda: rest.list_owner(self._calls, owner, facts),
        )

    def list_properties(self, owner: str) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
        return rest.list_properties(self._calls, owner)

    def read(self, repositories: Sequence[str], facts: FactsNeeded = NO_MORE_FACTS) -> dict[str, Target | None]:
        found: dict[str, Target | None] = {}
        # One owner at a time: an App has one token per owner.
        by_owner: dict[str, list[str]] = {}
        for name in dict.fromkeys(repositories):
            by_owner.setdefault(name.partition("/")[0].lower(), []).append(name)
        for owner, names in by_owner.items():
            over_graphql = partial(graphql.read_repositories, self._calls, names, facts)
            over_rest = partial(rest.read_repositories, self._calls, names, facts)
            try:
                found |= self._fallback.read(owner, over_graphql, over_rest)
            except NotFoundError as error:
                # The App is not installed there: invisible, like any repository a token may not see.
                self._calls.transport.warn(error)
                found |= dict.fromkeys(names, None)
        return {name: found[name] for name in repositories}

    def list_team(self, team: str) -> tuple[ListedRepository, ...]:
        return self._fallback.read(
            team.partition("/")[0],
            lambda: graphql.list_team(self._calls, team),
            lambda: teams.list_team(self._calls, team),
        )

    def list_installation(self) -> tuple[ListedRepository, ...]:
        return installations.list_installation(self._calls)

    def search(self, owner: str, query: str) -> tuple[ListedRepository, ...]:
        return repository_search.search(self._calls, owner, query)
