"""One GraphQL exchange: who is asking, what it costs, whether it fits into its time, the answer."""

from __future__ import annotations

from github_sandbox.edition import ABSENT, REFUSED
from github_sandbox.errors import DOCS, ApiError, not_found
from github_sandbox.exchange import Answer, Incoming, json_answer
from github_sandbox.fault_kinds import timed_out
from github_sandbox.graphql_api import cost, execute
from github_sandbox.rest.serving import scopes, spend
from github_sandbox.services import Services
from github_sandbox.subject import Subject
from github_sandbox.tokens import inaccessible


def answer(services: Services, incoming: Incoming, about: Subject) -> Answer:
    """Under the world's lock."""
    token, limits = about.token, services.limits
    if incoming.method != "POST" or services.edition.graphql == ABSENT:
        return json_answer(Answer(404), not_found().body())
    if token is None:
        message = "Bad credentials" if about.secret else "This endpoint requires you to be authenticated."
        return json_answer(Answer(401), {"message": message, "documentation_url": f"{DOCS}/graphql", "status": "401"})
    if services.edition.graphql == REFUSED:
        return json_answer(Answer(403, scopes(token)), inaccessible(token).body())
    price, result = cost.of(about.graphql), Answer(200)
    if not limits.graphql_cost:
        price = cost.Cost(nodes=price.nodes)
    slow = limits.graphql_nodes_in_time is not None and price.nodes > limits.graphql_nodes_in_time
    try:
        # A query that runs out of time costs extra points (assumed: as much again).
        spend(services, token, "graphql", price.points * (2 if slow else 1))
        if price.nodes > limits.graphql_nodes:
            raise ApiError(
                200,
                f"This query requests up to {price.nodes:,} possible nodes which exceeds the maximum limit of"
                f" {limits.graphql_nodes:,}.",
                graphql_type="MAX_NODE_LIMIT_EXCEEDED",
            )
        content = timed_out() if slow else execute.run(services, token, about.graphql, price)
        result.status = 502 if slow else 200
    except ApiError as error:
        content = {"errors": [{"type": error.graphql_type, "message": error.message}]}
    result.headers = services.ledger.headers(token.budget_key, "graphql") | scopes(token)
    return json_answer(result, content)
