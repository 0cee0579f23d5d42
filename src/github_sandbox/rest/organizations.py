"""Members, teams and custom properties of an organization, as far as a token may see them."""

from __future__ import annotations

from typing import Any

from github_sandbox.errors import not_found
from github_sandbox.model import Account, Repository
from github_sandbox.rest import pull_shapes, shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape
from github_sandbox.tokens import inaccessible, may_read, may_see_members

TEAM_LEVELS = ("pull", "triage", "push", "maintain", "admin")


def _organization(call: Call) -> Account:
    account = call.world.account(call.params["org"])
    if account is None or account.type != "Organization":
        raise not_found()
    return account


def visible_organization(call: Call) -> Account:
    account = _organization(call)
    if not may_see_members(call.token, account):
        token = call.actor
        raise not_found() if token.classic else inaccessible(token)
    return account


@router.on("GET", "/orgs/{org}/members", "orgs/list-members", "members=read")
def members(call: Call) -> Reply:
    """List the members; outsiders get the public members only, without an error."""
    account = _organization(call)
    logins = account.members if may_see_members(call.token, account) else account.public_members
    return _people(call, logins)


@router.on("GET", "/orgs/{org}/public_members", "orgs/list-public-members")
def public_members(call: Call) -> Reply:
    return _people(call, _organization(call).public_members)


def _people(call: Call, logins: set[str]) -> Reply:
    found = [a for login in sorted(logins, key=str.lower) if (a := call.world.account(login))]
    return call.page(found, lambda a: shapes.user(call.world, a))


@router.on("GET", "/orgs/{org}/members/{username}", "orgs/check-membership-for-user", "members=read")
def membership(call: Call) -> Reply:
    account, login = _organization(call), call.params["username"].lower()
    if not may_see_members(call.token, account):
        url = f"{call.world.api_url}/orgs/{account.login}/public_members/{call.params['username']}"
        return Reply(302, None, {"Location": url})
    if login not in {m.lower() for m in account.members}:
        raise not_found("User does not exist or is not a member of the organization")
    return Reply(204)


@router.on("GET", "/orgs/{org}/teams", "teams/list", "members=read")
def teams(call: Call) -> Reply:
    account = visible_organization(call)
    return call.page(sorted(account.teams), lambda slug: pull_shapes.team(call.world, account, slug))


@router.on("GET", "/orgs/{org}/teams/{team_slug}/repos", "teams/list-repos-in-org", "members=read")
def team_repositories(call: Call) -> Reply:
    account, slug = visible_organization(call), call.params["team_slug"]
    if slug not in account.teams:
        raise not_found()
    found = [r for r in call.world.repositories_of(account) if slug in r.teams and may_read(call.token, r)]

    def shape(repository: Repository) -> Shape:
        reach = TEAM_LEVELS.index(repository.teams[slug])
        granted = {level: index <= reach for index, level in enumerate(TEAM_LEVELS)}
        role = {"pull": "read", "push": "write"}.get(repository.teams[slug], repository.teams[slug])
        return shapes.repository(call.world, repository, call.token) | {"permissions": granted, "role_name": role}

    return call.page(found, shape)


def _values(repository: Repository) -> list[Shape]:
    return [{"property_name": name, "value": _value(value)} for name, value in sorted(repository.properties.items())]


def _value(value: Any) -> Any:
    """Return the value as GitHub stores it: a text, a list of texts, or null; booleans are texts."""
    return str(value).lower() if isinstance(value, bool) else value


@router.on(
    "GET", "/orgs/{org}/properties/values", "orgs/custom-properties-for-repos-get-organization-values",
    "organization_custom_properties=read",
)  # fmt: skip
def organization_properties(call: Call) -> Reply:
    account, text = _organization(call), call.query.get("repository_query", "").lower()
    token = call.actor
    if not token.grants(call.needs) or (token.classic and not may_see_members(call.token, account)):
        raise not_found() if token.classic else inaccessible(token)
    found = [r for r in call.world.repositories_of(account) if may_read(token, r) and text in r.full_name.lower()]
    return call.page(
        found,
        lambda r: {
            "repository_id": r.id,
            "repository_name": r.name,
            "repository_full_name": r.full_name,
            "properties": _values(r),
        },
    )


@router.on(
    "GET", "/repos/{owner}/{repo}/properties/values", "repos/custom-properties-for-repos-get-repository-values",
    "metadata=read",
)  # fmt: skip
def repository_properties(call: Call) -> Reply:
    return Reply(200, _values(call.repository))
