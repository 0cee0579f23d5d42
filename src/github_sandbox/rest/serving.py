"""One REST request: its token, the primary limit, the route, the headers, the contract."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from github_sandbox.errors import ApiError
from github_sandbox.http_messages import HttpRequest, HttpResponse
from github_sandbox.request_info import RequestInfo
from github_sandbox.request_log import READ, SEARCH
from github_sandbox.rest import media
from github_sandbox.rest.routing import BY_JWT, Call, Reply, Route, router
from github_sandbox.services import Services
from github_sandbox.tokens import Token

NOT_SERVED = 501
IGNORED = (media.RAW,)
"""The parameters that mean JSON on a route without them: comments and pull requests have their raw text anyway."""


def respond(services: Services, request: HttpRequest, info: RequestInfo) -> HttpResponse:
    """Return the response. The caller holds the world's lock."""
    token, found = info.token, router.find(request.method, info.path)
    resource = SEARCH if SEARCH in info.classes else "core"
    caller = token.budget_key if token else None
    headers = {"X-GitHub-Media-Type": "github.v3; format=json", "X-GitHub-Api-Version-Selected": "2022-11-28"}
    wanted, media_type = media.asked(request.headers.get("accept", ""))
    headers |= _accepted(token, found[0] if found else None) | expiration(token)
    free = info.path == "/rate_limit"
    try:
        if info.secret is not None and token is None and not (found and found[0].needs == BY_JWT):
            raise ApiError(401, "Bad credentials")
        if not free:
            spend(services, token, resource)
        if found is None:
            raise _unserved(services, f"{request.method} {info.path}")
        route, params = found
        if wanted not in ("", *IGNORED, *route.media):
            raise _unserved(services, f"the media type {media_type} of {request.method} {route.path}")
        reply = route.handler(
            Call(
                services=services, method=request.method, path=info.path, raw_query=request.query,
                raw_body=request.body, token=token, params=params,
                needs="" if route.needs == BY_JWT else route.needs, secret=info.secret, media=wanted,
            )
        )  # fmt: skip
    except ApiError as error:
        reply = Reply(error.status, error.body(), error.headers)
    body = reply.encoded()
    result = HttpResponse(status=reply.status, headers=headers, body=body)
    if not reply.is_json:
        headers |= {"Content-Type": f"{media_type}; charset=utf-8", "X-GitHub-Media-Type": f"github.v3; param={wanted}"}
    elif body:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if reply.status == 200 and info.kind == READ:
        headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("if-none-match") == headers["ETag"]:
            result = HttpResponse(status=304, headers=headers)
            if token is not None and not free:  # a 304 is free only with a token
                services.ledger.refund(caller, resource)
    headers |= services.ledger.headers(caller, resource) | reply.headers
    if services.contract and reply.status != NOT_SERVED:
        from github_sandbox.contract import contract

        # The description has no HEAD: it is a GET whose body the server keeps. The check reads plain JSON only.
        method = "GET" if request.method == "HEAD" else request.method
        described = result.body if reply.is_json and wanted in ("", *IGNORED) else b""
        services.violations += contract().check(
            method, info.path, request.query, request.body, result.status, described
        )
    return result


def _unserved(services: Services, what: str) -> ApiError:
    """Return a 501 that names the gap, and record it: GitHub has it, or has no such thing. The sandbox cannot tell."""
    services.violations.append(f"not served: {what}")
    return ApiError(NOT_SERVED, f"The sandbox does not serve {what}.")


def _accepted(token: Token | None, route: Route | None) -> dict[str, str]:
    """Return the headers that name what this kind of token has, and what the route accepts."""
    if token is None:
        return {}
    if token.classic:
        accepted = "" if route is None else "read:org" if route.path.startswith("/orgs/{org}/") else "repo"
        return scopes(token) | {"X-Accepted-OAuth-Scopes": accepted}
    return {"X-Accepted-GitHub-Permissions": route.needs} if route and route.needs not in ("", BY_JWT) else {}


def expiration(token: Token | None) -> dict[str, str]:
    """Return the header that names the end of a personal access token."""
    if token is None or token.app or token.expires_at is None:
        return {}
    ends = datetime.fromtimestamp(token.expires_at, UTC)
    return {"GitHub-Authentication-Token-Expiration": f"{ends:%Y-%m-%d %H:%M:%S} UTC"}


def scopes(token: Token) -> dict[str, str]:
    """Return the scopes header of a classic token; the other kinds have no scopes and get no header."""
    return {"X-OAuth-Scopes": ", ".join(sorted(token.scopes))} if token.classic else {}


def spend(services: Services, token: Token | None, resource: str, points: int = 1) -> None:
    """Count the request against the primary limit. Raises ApiError if the limit is used up."""
    caller = token.budget_key if token else None
    if not services.ledger.spend(caller, resource, points, kind=token.kind if token else None):
        who = f"user ID {token.account.id}" if token else "127.0.0.1"
        raise ApiError(
            services.limits.primary_status, f"API rate limit exceeded for {who}.", graphql_type="RATE_LIMITED"
        )
