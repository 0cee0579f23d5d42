"""What a request is about, known before it has any effect: who asks for what, and which limits it counts against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from github_sandbox import tokens
from github_sandbox.exchange import Incoming
from github_sandbox.request_log import CONTENT, GRAPHQL, READ, SEARCH, WRITE
from github_sandbox.rest import router
from github_sandbox.services import Services
from github_sandbox.tokens import Token

API_PATH, GRAPHQL_PATH = "/api/v3", "/api/graphql"
REST_AREA, GRAPHQL_AREA, GIT_AREA = "rest", "graphql", "git"

# GitHub names no list; these make something that people are notified of, or a commit (assumed, see FACTS.md).
CONTENT_OPERATIONS = frozenset({
    "pulls/create", "pulls/create-review", "pulls/request-reviewers", "pulls/merge", "issues/create-comment",
    "repos/create-or-update-file-contents", "issues/create-milestone", "issues/create-label",
    "createPullRequest", "addComment", "addPullRequestReview", "requestReviews", "createCommitOnBranch",
})  # fmt: skip


@dataclass
class Subject:
    """``area``: rest, graphql or git. ``route``: the template the path matched, ``operation``: GitHub's operationId."""

    area: str
    path: str
    kind: str
    token: Token | None
    secret: str | None
    route: str | None = None
    operation: str | None = None
    graphql: Any = None
    lists: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Everything a fault may know this request by: its operationId, or its GraphQL operation and root fields."""
        known: frozenset[str] = self.graphql.names if self.graphql else frozenset()
        return known | ({self.operation} if self.operation else frozenset())

    @property
    def classes(self) -> tuple[str, ...]:
        """Read or write, and besides: graphql, search, content-creating."""
        extra = [GRAPHQL] if self.area == GRAPHQL_AREA else []
        if self.route and self.route.startswith("/search/"):
            extra.append(SEARCH)
        if self.kind == WRITE and self.names & CONTENT_OPERATIONS:
            extra.append(CONTENT)
        return (self.kind, *extra)


def of(services: Services, incoming: Incoming) -> Subject:
    """Read a request without acting on it. Never raises."""
    secret = tokens.parse(incoming.headers.get("authorization"))
    token = services.token(secret) if secret else None
    path, kind = (incoming.path, READ if incoming.method in ("GET", "HEAD") else WRITE)
    if path.rstrip("/") == GRAPHQL_PATH:
        from github_sandbox.graphql_api import request as graphql_request

        parsed = graphql_request.parse(incoming.body)
        kind = WRITE if parsed.mutation else READ
        return Subject(GRAPHQL_AREA, path, kind, token, secret, GRAPHQL_PATH, None, parsed)
    if path == API_PATH or path.startswith(API_PATH + "/"):
        path = path.removeprefix(API_PATH) or "/"
        found = router.find(incoming.method, path)
        if found is None:
            return Subject(REST_AREA, path, kind, token, secret)
        route = found[0]
        return Subject(REST_AREA, path, kind, token, secret, route.path, route.operation, lists=route.lists)
    if path.endswith("/git-upload-pack"):
        kind = READ
    return Subject(GIT_AREA, path, kind, token, secret, GIT_AREA, None)
