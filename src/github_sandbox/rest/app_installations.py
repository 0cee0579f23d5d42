"""GitHub Apps over REST: the app itself, its installations, and installation tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_sandbox import apps
from github_sandbox.apps import App, Installation
from github_sandbox.clock import stamp
from github_sandbox.errors import ApiError, not_found, unprocessable
from github_sandbox.model import Repository
from github_sandbox.node_ids import encode
from github_sandbox.permissions import METADATA, at_least
from github_sandbox.rest import shapes
from github_sandbox.rest.routing import BY_JWT, Call, Reply, router
from github_sandbox.rest.shapes import Shape

SINCE = 1_700_000_000


def _app(call: Call) -> App:
    return apps.authenticate(call.services.apps.values(), call.secret, call.services.clock())


def app_shape(call: Call, app: App) -> Shape:
    """Return the JSON object that GitHub calls an integration."""
    return {
        "id": app.id,
        "client_id": app.client_id,
        "slug": app.slug,
        "node_id": encode("A", app.id),
        "owner": shapes.user(call.world, app.owner),
        "name": app.slug,
        "description": None,
        "external_url": call.world.base_url,
        "html_url": f"{call.world.base_url}/apps/{app.slug}",
        "created_at": stamp(SINCE),
        "updated_at": stamp(SINCE),
        "permissions": METADATA | dict(app.permissions),
        "events": [],
        "installations_count": len(app.installations),
    }


def _installation(call: Call, item: Installation) -> Shape:
    api = call.world.api_url
    return {
        "id": item.id,
        "client_id": item.app.client_id,
        "account": shapes.user(call.world, item.account),
        "repository_selection": "all" if item.repositories is None else "selected",
        "access_tokens_url": f"{api}/app/installations/{item.id}/access_tokens",
        "repositories_url": f"{api}/installation/repositories",
        "html_url": f"{call.world.base_url}/settings/installations/{item.id}",
        "app_id": item.app.id,
        "app_slug": item.app.slug,
        "target_id": item.account.id,
        "target_type": item.account.type,
        "permissions": METADATA | dict(item.permissions),
        "events": [],
        "single_file_name": None,
        "created_at": stamp(SINCE),
        "updated_at": stamp(SINCE),
        "suspended_by": None,
        "suspended_at": stamp(SINCE) if item.suspended else None,
    }


@router.on("GET", "/app", "apps/get-authenticated", BY_JWT)
def authenticated_app(call: Call) -> Reply:
    return Reply(200, app_shape(call, _app(call)))


@router.on("GET", "/app/installations", "apps/list-installations", BY_JWT)
def installations(call: Call) -> Reply:
    return call.page(list(_app(call).installations.values()), lambda item: _installation(call, item))


@router.on("GET", "/app/installations/{installation_id}", "apps/get-installation", BY_JWT)
def installation(call: Call) -> Reply:
    return Reply(200, _installation(call, _own(call)))


def _own(call: Call) -> Installation:
    found = _app(call).installations.get(int(call.params["installation_id"]))
    if found is None:
        raise not_found()
    return found


def _of_account(call: Call, login: str, kind: str) -> Reply:
    app, account = _app(call), call.world.account(login)
    found = next((i for i in app.installations.values() if i.account is account and account.type == kind), None)
    if found is None:
        raise not_found()
    return Reply(200, _installation(call, found))


@router.on("GET", "/orgs/{org}/installation", "apps/get-org-installation", BY_JWT)
def organization_installation(call: Call) -> Reply:
    return _of_account(call, call.params["org"], "Organization")


@router.on("GET", "/users/{username}/installation", "apps/get-user-installation", BY_JWT)
def user_installation(call: Call) -> Reply:
    return _of_account(call, call.params["username"], "User")


@router.on("GET", "/repos/{owner}/{repo}/installation", "apps/get-repo-installation", BY_JWT)
def repository_installation(call: Call) -> Reply:
    app, name = _app(call), f"{call.params.get('owner')}/{call.params.get('repo')}"
    repository = call.world.repository(name)
    found = next((i for i in app.installations.values() if repository and i.covers(repository)), None)
    if found is None:
        raise not_found()
    return Reply(200, _installation(call, found))


@router.on(
    "POST", "/app/installations/{installation_id}/access_tokens", "apps/create-installation-access-token", BY_JWT
)
def create_token(call: Call) -> Reply:
    item = _own(call)
    if item.suspended:
        raise ApiError(403, "This installation has been suspended")
    repositories = _narrowed(call, item)
    permissions = _asked(call, item)
    ids = None if repositories is None else frozenset(r.id for r in repositories)
    token = item.app.mint(item, repositories=ids, permissions=permissions, now=call.services.clock())
    call.services.tokens[token.value] = token
    shape: Shape = {
        "token": token.value,
        "expires_at": stamp(token.expires_at or 0),
        "permissions": METADATA | dict(permissions),
        "repository_selection": "all" if token.repository_ids is None else "selected",
    }
    if repositories is not None:
        shape["repositories"] = [shapes.repository(call.world, r, token) for r in repositories]
    return Reply(201, shape)


def _narrowed(call: Call, item: Installation) -> list[Repository] | None:
    """Return the repositories requested by name or id; None: all of the installation. Raises ApiError 422."""
    names, ids = call.texts("repositories"), call.body.get("repository_ids") or []
    if not names and not ids:
        return None
    if not isinstance(ids, list) or not all(isinstance(i, int) for i in ids):
        raise ApiError(422, "Invalid request.\n\nFor 'properties/repository_ids', is not an array of integers.")
    if len(names) + len(ids) > apps.TOKEN_REPOSITORIES:
        raise unprocessable(f"Too many repositories: no more than {apps.TOKEN_REPOSITORIES} may be listed.")
    found = [call.world.repository(f"{item.account.login}/{name}") for name in names]
    found += [call.world.by_id.get(number) for number in ids]
    known = [r for r in found if r is not None and item.covers(r)]
    if len(known) != len(found):
        raise unprocessable(
            "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
    return list(dict.fromkeys(known))


def _asked(call: Call, item: Installation) -> Mapping[str, str]:
    asked: Any = call.body.get("permissions")
    if not asked:
        return item.permissions
    if not isinstance(asked, Mapping) or not all(
        at_least(item.permissions, str(n), _level(v)) for n, v in asked.items()
    ):
        raise unprocessable("The permissions requested are not granted to this installation.")
    return {str(name): str(level) for name, level in asked.items()}


def _level(value: Any) -> str:
    return value if value in ("read", "write", "admin") else "admin"


@router.on("DELETE", "/installation/token", "apps/revoke-installation-access-token")
def revoke(call: Call) -> Reply:
    token = call.actor
    if token.kind != "installation":
        raise ApiError(403, "You must authenticate with an installation access token in order to revoke it.")
    call.services.tokens.pop(token.value, None)
    return Reply(204)


@router.on("GET", "/installation/repositories", "apps/list-repos-accessible-to-installation", "metadata=read")
def installation_repositories(call: Call) -> Reply:
    token = call.actor
    if not token.app:
        raise ApiError(
            403, "You must authenticate with an installation access token to list repositories for an installation."
        )
    found = apps.covered_repositories(call.world, token)
    reply = call.page(found, lambda r: shapes.repository(call.world, r, token))
    selection = "all" if token.repository_ids is None and token.repositories is None else "selected"
    reply.content = {"total_count": len(found), "repository_selection": selection, "repositories": reply.content}
    return reply
