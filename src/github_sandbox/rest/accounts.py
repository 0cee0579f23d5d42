"""Accounts, organizations, repositories and the rate limit, as far as a token can find them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github_sandbox import tokens
from github_sandbox.errors import ApiError, not_found
from github_sandbox.limits import CODE_SEARCH
from github_sandbox.model import Account, Repository
from github_sandbox.rest import shapes
from github_sandbox.rest.routing import Call, Reply, router


@router.on("GET", "/rate_limit", "rate-limit/get")
def rate_limit(call: Call) -> Reply:
    if not call.services.limits.reported:
        raise ApiError(404, "Rate limiting is not enabled.")
    caller, kind = (call.token.budget_key, call.token.kind) if call.token else (None, None)
    names = ("core", "graphql", "search", CODE_SEARCH)
    budgets = {name: call.services.ledger.budget(caller, name, kind) for name in names}
    resources = {name: budget.as_json() for name, budget in budgets.items()}
    return Reply(200, {"resources": resources, "rate": resources["core"]})


@router.on("GET", "/user", "users/get-authenticated")
def viewer(call: Call) -> Reply:
    token = call.actor
    if token.app:  # an app's token belongs to no user, so GitHub refuses this route
        raise ApiError(403, "Resource not accessible by integration")
    return Reply(200, shapes.full_user(call.world, token.account, private=True))


def _account(call: Call, name: str) -> Account:
    account = call.world.account(call.params[name])
    if account is None:
        raise not_found()
    return account


@router.on("GET", "/users/{username}", "users/get-by-username")
def user(call: Call) -> Reply:
    return Reply(200, shapes.full_user(call.world, _account(call, "username")))


@router.on("GET", "/orgs/{org}", "orgs/get")
def organization(call: Call) -> Reply:
    account = _account(call, "org")
    if account.type != "Organization":
        raise not_found()
    return Reply(200, shapes.organization(call.world, account))


_TYPES: dict[str, Callable[[Repository], bool]] = {
    "all": lambda _: True,
    "public": lambda r: not r.private,
    "private": lambda r: r.private,
    "forks": lambda r: r.fork,
    "sources": lambda r: not r.fork,
}


def _by_creation(repository: Repository) -> tuple[float, int]:
    return repository.created_at, repository.id


def _listing(call: Call, account: Account, default_sort: str) -> Reply:
    wanted = _TYPES.get(call.query.get("type", "all"), _TYPES["all"])
    found = [r for r in call.world.repositories_of(account) if tokens.may_read(call.token, r) and wanted(r)]
    sort = call.query.get("sort", default_sort)
    keys: dict[str, Callable[[Repository], Any]] = {
        "updated": lambda r: (r.pushed_at, r.id),
        "pushed": lambda r: (r.pushed_at, r.id),
        "full_name": lambda r: r.full_name.lower(),
    }
    descending = call.query.get("direction", "asc" if sort == "full_name" else "desc") == "desc"
    found.sort(key=keys.get(sort, _by_creation), reverse=descending)
    return call.page(found, lambda r: shapes.repository(call.world, r, call.token))


@router.on("GET", "/orgs/{org}/repos", "repos/list-for-org")
def organization_repositories(call: Call) -> Reply:
    account = _account(call, "org")
    if account.type != "Organization":
        raise not_found()
    return _listing(call, account, "created")


@router.on("GET", "/users/{username}/repos", "repos/list-for-user")
def user_repositories(call: Call) -> Reply:
    return _listing(call, _account(call, "username"), "full_name")


@router.on("GET", "/repos/{owner}/{repo}", "repos/get", "metadata=read")
def repository(call: Call) -> Reply:
    return Reply(200, shapes.full_repository(call.world, call.repository, call.token))


@router.on("GET", "/repos/{owner}/{repo}/topics", "repos/get-all-topics", "metadata=read")
def topics(call: Call) -> Reply:
    return Reply(200, {"names": call.repository.topics})
