"""Facts about a request before it has any effect: its token, its route, and the limits it counts against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from github_sandbox import tokens
from github_sandbox.http_messages import HttpRequest
from github_sandbox.request_log import CONTENT, GRAPHQL, READ, SEARCH, WRITE
from github_sandbox.rest import router
from github_sandbox.services import Services
from github_sandbox.tokens import Token

API_PATH, GRAPHQL_PATH = "/api/v3", "/api/graphql"
REST_AREA, GRAPHQL_AREA, GIT_AREA = "rest", "graphql", "git"

# GitHub publishes no list. These operations notify people or make a commit (assumed, see FACTS.md).
CONTENT_OPERATIONS = frozenset({
    "pulls/create", "pulls/create-review", "pulls/request-reviewers", "pulls/merge", "issues/create-comment",
    "repos/create-or-update-file-contents", "issues/create-milestone", "issues/create-label",
    "createPullRequest", "addComment", "addPullRequestReview", "requestReviews", "createCommitOnBranch",
})  # fmt: skip


@dataclass(kw_only=True)
class RequestInfo:
    """Facts about one request.

    ``area``: rest, graphql or git. ``route``: the template that the path matched. ``operation``: GitHub's operationId.
    ``token`` None: anonymous, or ``secret`` is unknown. ``lists``: the route returns a list.
    """

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
        """Return the names that a fault may select: the operationId, or the GraphQL operation and its root fields."""
        known: frozenset[str] = self.graphql.names if self.graphql else frozenset()
        return known | ({self.operation} if self.operation else frozenset())

    @property
    def classes(self) -> tuple[str, ...]:
        """Return read or write, followed by those of graphql, search and content-creating that apply."""
        extra = [GRAPHQL] if self.area == GRAPHQL_AREA else []
        if self.route and self.route.startswith("/search/"):
            extra.append(SEARCH)
        if self.kind == WRITE and self.names & CONTENT_OPERATIONS:
            extra.append(CONTENT)
        return (self.kind, *extra)


def describe(services: Services, request: HttpRequest) -> RequestInfo:
    """Return the facts about a request, without executing it. Never raises."""
    secret = tokens.parse(request.headers.get("authorization"))
    token = services.token(secret) if secret else None
    path, kind = (request.path, READ if request.method in ("GET", "HEAD") else WRITE)
    if path.rstrip("/") == GRAPHQL_PATH:
        from github_sandbox.graphql_api import request as graphql_request

        parsed = graphql_request.parse(request.body)
        kind = WRITE if parsed.mutation else READ
        return RequestInfo(
            area=GRAPHQL_AREA,
            path=path,
            kind=kind,
            token=token,
            secret=secret,
            route=GRAPHQL_PATH,
            operation=None,
            graphql=parsed,
        )
    if path == API_PATH or path.startswith(API_PATH + "/"):
        path = path.removeprefix(API_PATH) or "/"
        found = router.find(request.method, path)
        if found is None:
            return RequestInfo(area=REST_AREA, path=path, kind=kind, token=token, secret=secret)
        route = found[0]
        return RequestInfo(
            area=REST_AREA,
            path=path,
            kind=kind,
            token=token,
            secret=secret,
            route=route.path,
            operation=route.operation,
            lists=route.lists,
        )
    if path.endswith("/git-upload-pack"):
        kind = READ
    return RequestInfo(area=GIT_AREA, path=path, kind=kind, token=token, secret=secret, route=GIT_AREA, operation=None)
