"""Query, rateLimit, accounts and node lookup."""

from __future__ import annotations

from typing import Any

from github_sandbox.clock import stamp
from github_sandbox.errors import ApiError
from github_sandbox.graphql_api.connections import connect
from github_sandbox.graphql_api.objects import RefNode, TeamNode, git_object
from github_sandbox.model import Account, Repository
from github_sandbox.node_ids import decode, encode
from github_sandbox.rest.shapes import account_node_id
from github_sandbox.tokens import ORGANIZATION_SCOPES, inaccessible, may_read, may_see_members


def missing(message: str) -> ApiError:
    return ApiError(200, message, graphql_type="NOT_FOUND")


def _rate_limit(_: Any, info: Any, **__: Any) -> dict[str, Any]:
    context = info.context
    budget = context.services.ledger.budget(context.token.budget_key, "graphql")
    return {
        "limit": budget.limit,
        "cost": context.cost.points,
        "remaining": budget.remaining,
        "used": budget.used,
        "resetAt": stamp(budget.reset),
        "nodeCount": context.cost.nodes,
    }


def _repository(_: Any, info: Any, owner: str, name: str, followRenames: bool = True) -> Repository:  # noqa: FBT001, FBT002
    world, token, full = (info.context.services.world, info.context.token, f"{owner}/{name}")
    found: Repository | None = world.repository(full) or (world.renamed_from(full) if followRenames else None)
    if found is None or not may_read(token, found):
        raise missing(f"Could not resolve to a Repository with the name '{full}'.")
    return found


def _account(kind: str | None) -> Any:
    def resolve(_: Any, info: Any, login: str) -> Account:
        found: Account | None = info.context.services.world.account(login)
        if found is None or (kind and found.type != kind) or found.type == "Bot":
            what = kind or "RepositoryOwner"
            raise missing(f"Could not resolve to a{'n' if what[0] == 'O' else ''} {what} with the login of '{login}'.")
        return found

    return resolve


def by_id(info: Any, node_id: str) -> Any:
    """Return the object of a node id; None: absent or not visible."""
    world, token, found = (info.context.services.world, info.context.token, decode(node_id))
    kind, parts = found or ("", [])
    first = int(parts[0]) if parts and parts[0].isdigit() else 0
    if kind in ("U", "O", "BOT"):
        return next((a for a in world.accounts.values() if a.id == first), None)
    if kind == "PR":
        pull = world.pulls_by_id.get(first)
        return pull if pull and may_read(token, pull.repository) else None
    repository = world.by_id.get(first)
    if repository is None or not may_read(token, repository):
        return None
    if kind == "R":
        return repository
    if kind == "REF" and len(parts) == 2 and (oid := repository.git.ref(parts[1])):
        return RefNode(repository=repository, name=parts[1], oid=oid)
    return git_object(repository, parts[1]) if kind in ("C", "B", "T") and len(parts) == 2 else None


def _node(_: Any, info: Any, id: str) -> Any:
    found = by_id(info, id)
    if found is None:
        raise missing(f"Could not resolve to a node with the global id of '{id}'")
    return found


def _nodes(_: Any, info: Any, ids: list[str]) -> list[Any]:
    if len(ids) > 100:
        raise ApiError(
            200, f"You may not provide more than 100 node ids; you provided {len(ids)}.", graphql_type="ARGUMENT_LIMIT"
        )

    def one(node_id: str) -> Any:
        found = by_id(info, node_id)
        return found if found is not None else missing(f"Could not resolve to a node with the global id of '{node_id}'")

    return [one(node_id) for node_id in ids]


def _repositories(account: Account, info: Any, **args: Any) -> Any:
    found = [r for r in info.context.services.world.repositories_of(account) if may_read(info.context.token, r)]
    if (archived := args.get("isArchived")) is not None:
        found = [r for r in found if r.archived is archived]
    if (fork := args.get("isFork")) is not None:
        found = [r for r in found if r.fork is fork]
    if (privacy := args.get("privacy")) is not None:
        found = [r for r in found if ("PRIVATE" if r.private else "PUBLIC") == privacy]
    if (visibility := args.get("visibility")) is not None:
        found = [r for r in found if r.visibility.upper() == visibility]
    if order := args.get("orderBy"):
        keys = {
            "NAME": lambda r: r.name.lower(),
            "PUSHED_AT": lambda r: (r.pushed_at, r.id),
            "UPDATED_AT": lambda r: (r.pushed_at, r.id),
        }
        found.sort(key=keys.get(order["field"], lambda r: r.id), reverse=order["direction"] == "DESC")
    return connect(found, "repositories", args)


def _team(account: Account, info: Any, slug: str) -> TeamNode | None:
    token = info.context.token
    if not may_see_members(token, account):
        if not token.classic:
            raise inaccessible(token)
        if not token.scopes & ORGANIZATION_SCOPES:
            scopes = "['read:org', 'read:discussion']"
            raise ApiError(
                200,
                "Your token has not been granted the required scopes to execute this query. The 'team' field requires"
                f" one of the following scopes: {scopes}.",
                graphql_type="INSUFFICIENT_SCOPES",
            )
        return None
    return TeamNode(account, slug) if slug in account.teams else None


def _team_repositories(team: TeamNode, info: Any, **args: Any) -> Any:
    owned = info.context.services.world.repositories_of(team.organization)
    return connect([r for r in owned if team.slug in r.teams and may_read(info.context.token, r)], "repositories", args)


def _account_fields() -> dict[str, Any]:
    return {
        "id": lambda a, info: account_node_id(a),
        "databaseId": lambda a, info: a.id,
        "login": lambda a, info: a.login,
        "name": lambda a, info: a.login,
        "url": lambda a, info: f"{info.context.services.world.base_url}/{a.login}",
        "resourcePath": lambda a, info: f"/{a.login}",
        "repositories": _repositories,
        "repository": lambda a, info, name, **_: _repository(None, info, a.login, name),
    }


def _bot_fields() -> dict[str, Any]:
    """Return the fields of a Bot: GraphQL names it like its App, without the suffix ``[bot]`` of REST."""

    def slug(account: Account) -> str:
        return account.login.removesuffix("[bot]")

    return {
        "id": lambda a, info: account_node_id(a),
        "databaseId": lambda a, info: a.id,
        "login": lambda a, info: slug(a),
        "url": lambda a, info: f"{info.context.services.world.base_url}/apps/{slug(a)}",
        "resourcePath": lambda a, info: f"/apps/{slug(a)}",
    }


def _id_of(kind: str) -> Any:
    return lambda item, info: encode(kind, item.id)


FIELDS: dict[str, dict[str, Any]] = {
    "Query": {
        "rateLimit": _rate_limit,
        "viewer": lambda _, info: info.context.token.account,
        "repository": _repository,
        "repositoryOwner": _account(None),
        "organization": _account("Organization"),
        "user": _account("User"),
        "node": _node,
        "nodes": _nodes,
    },
    "RateLimit": {
        name: lambda source, info, name=name: source[name]
        for name in ("cost", "limit", "remaining", "used", "resetAt", "nodeCount")
    },
    "User": _account_fields(),
    "Organization": _account_fields() | {"viewerIsAMember": lambda a, info: True, "team": _team},
    "Bot": _bot_fields(),
    "Mannequin": {"login": lambda account, info: account.login},
    "Actor": {"login": None, "url": None, "resourcePath": None},
    "RepositoryOwner": {
        "id": None,
        "login": None,
        "url": None,
        "repositories": None,
        "repository": None,
        "resourcePath": None,
    },
    "Node": {"id": None},
    "PageInfo": {
        name: lambda source, info, name=name: source[name]
        for name in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")
    },
    "Team": {
        "id": lambda t, info: encode("TM", t.organization.id, t.slug),
        "name": lambda t, info: t.slug,
        "slug": lambda t, info: t.slug,
        "combinedSlug": lambda t, info: f"{t.organization.login}/{t.slug}",
        "repositories": _team_repositories,
    },
    "Label": {
        "id": _id_of("LA"),
        "name": lambda x, info: x.name,
        "color": lambda x, info: x.color,
        "description": lambda x, info: x.description,
    },
    "Milestone": {
        "id": _id_of("MI"),
        "number": lambda m, info: m.number,
        "title": lambda m, info: m.title,
        "state": lambda m, info: m.state.upper(),
    },
}
