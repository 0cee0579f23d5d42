"""How GitHub is read: over GraphQL, and over REST where GraphQL is not served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from action_patterns.errors import RefusedError
from action_patterns.github_api.transport.transport import GraphQLUnservedError, Transport

T = TypeVar("T")


class GraphQLFallback:
    """Remembers for the process which accounts have no GraphQL. Serves many threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._without: set[str] = set()
        self._gate = threading.Lock()

    def read(self, scope: str, over_graphql: Callable[[], T], over_rest: Callable[[], T]) -> T:
        """Over GraphQL; over REST, and from then on, once GraphQL turned out not to be served to this account."""
        account = self._transport.account(scope)
        if account in self._without:
            return over_rest()
        try:
            return over_graphql()
        except GraphQLUnservedError as refused:
            # REST has the first word on what may be the target's trouble, or the token's, and not GraphQL's.
            found = over_rest()
            with self._gate:
                news = account not in self._without
                self._without.add(account)
            if news:
                self._transport.warn(_what_it_means(refused))
            return found

    def has_graphql(self, scope: str) -> bool:
        """Whether GraphQL is served, as far as the reads before have shown."""
        return self._transport.account(scope) not in self._without

    def require_graphql(self, scope: str, what: str) -> None:
        """For what REST cannot do.

        Raises:
            RefusedError: GraphQL is not served; nothing was sent.
        """
        if not self.has_graphql(scope):
            raise RefusedError(
                f"Only GraphQL can {what}, and it is not available here.",
                remediation="Leave it out, or use a token and a server with GraphQL.",
            )


def _what_it_means(refused: GraphQLUnservedError) -> RefusedError:
    return RefusedError(
        f"{refused.error.message} From here on this run reads GitHub over REST alone.",
        remediation="A target takes up to a dozen reads instead of one. Branches only move forward, and none"
        " is deleted: REST cannot make sure that no person committed to it meanwhile. `draft` of an open pull"
        " request and `auto-merge` cannot be set. A token and a server with GraphQL have none of these limits.",
    )
