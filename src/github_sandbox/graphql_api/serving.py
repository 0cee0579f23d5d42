"""One GraphQL request: its token, its cost, its time limit, the response."""

from __future__ import annotations

from github_sandbox.edition import ABSENT, REFUSED
from github_sandbox.errors import DOCS, ApiError, not_found
from github_sandbox.fault_kinds import timed_out
from github_sandbox.graphql_api import cost, execute
from github_sandbox.http_messages import HttpRequest, HttpResponse
from github_sandbox.request_info import RequestInfo
from github_sandbox.rest.serving import scopes, spend
from github_sandbox.services import Services
from github_sandbox.tokens import inaccessible


def respond(services: Services, request: HttpRequest, info: RequestInfo) -> HttpResponse:
    """Return the response. The caller holds the world's lock."""
    token, limits = info.token, services.limits
    if request.method != "POST" or services.edition.graphql == ABSENT:
        return HttpResponse(status=404).with_json(not_found().body())
    if token is None:
        message = "Bad credentials" if info.secret else "This endpoint requires you to be authenticated."
        return HttpResponse(status=401).with_json(
            {"message": message, "documentation_url": f"{DOCS}/graphql", "status": "401"}
        )
    if services.edition.graphql == REFUSED:
        return HttpResponse(status=403, headers=scopes(token)).with_json(inaccessible(token).body())
    price, result = cost.of(info.graphql), HttpResponse(status=200)
    if not limits.graphql_cost:
        price = cost.Cost(nodes=price.nodes)
    slow = limits.graphql_nodes_in_time is not None and price.nodes > limits.graphql_nodes_in_time
    try:
        # A query that runs out of time costs extra points (assumed: twice its cost).
        spend(services, token, "graphql", price.points * (2 if slow else 1))
        if price.nodes > limits.graphql_nodes:
            raise ApiError(
                200,
                f"This query requests up to {price.nodes:,} possible nodes which exceeds the maximum limit of"
                f" {limits.graphql_nodes:,}.",
                graphql_type="MAX_NODE_LIMIT_EXCEEDED",
            )
        content = timed_out() if slow else execute.run(services, token, info.graphql, price)
        result.status = 502 if slow else 200
    except ApiError as error:
        content = {"errors": [{"type": error.graphql_type, "message": error.message}]}
    result.headers = services.ledger.headers(token.budget_key, "graphql") | scopes(token)
    return result.with_json(content)
