"""Settings that decide whether a write will succeed: a ruleset, a team, the names of secrets."""

from __future__ import annotations

from collections.abc import Iterable

from github_sandbox.clock import stamp
from github_sandbox.errors import not_found
from github_sandbox.model import RefRule
from github_sandbox.rest import pull_shapes
from github_sandbox.rest.actions_runs import counted
from github_sandbox.rest.organizations import visible_organization
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape


@router.on("GET", "/repos/{owner}/{repo}/rulesets/{ruleset_id}", "repos/get-repo-ruleset", "metadata=read")
def ruleset(call: Call) -> Reply:
    """Return one ruleset, and whether the caller passes it."""
    repository, number = call.repository, int(call.params["ruleset_id"])
    rule = next((each for each in repository.rules if each.id == number and not each.classic), None)
    if rule is None:
        raise not_found()
    shape: Shape = {
        "id": rule.id,
        "name": rule.name,
        "target": "branch",
        "source_type": "Repository",
        "source": repository.full_name,
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/heads/{each}" for each in rule.patterns], "exclude": []}},
        "rules": [{"type": name} for name in sorted(rule.rules)],
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.created_at),
    }
    return Reply(200, shape | _bypass(call, rule))


def _bypass(call: Call, rule: RefRule) -> Shape:
    """Return the field of a caller that GitHub knows."""
    if call.token is None:
        return {}
    passes = call.token.account.login.lower() in rule.bypass
    return {"current_user_can_bypass": "always" if passes else "never"}


@router.on("GET", "/orgs/{org}/teams/{team_slug}", "teams/get-by-name", "members=read")
def team(call: Call) -> Reply:
    account, slug = visible_organization(call), call.params["team_slug"]
    if slug not in account.teams:
        raise not_found()
    found = pull_shapes.team(call.world, account, slug)
    counts = {"members_count": len(account.teams[slug]), "repos_count": 0}
    when = {"created_at": stamp(0), "updated_at": stamp(0)}
    owner = {"login": account.login, "id": account.id, "type": "Organization"}
    return Reply(200, found | counts | when | {"organization": _organization(call, owner)})


def _organization(call: Call, owner: Shape) -> Shape:
    """Return team-organization, as far as its description requires it."""
    api = f"{call.world.api_url}/orgs/{owner['login']}"
    links = ("url", "repos_url", "events_url", "hooks_url", "issues_url", "members_url", "public_members_url")
    counts = ("public_repos", "public_gists", "followers", "following")
    return (
        owner
        | {"node_id": f"O_{owner['id']}", "avatar_url": "", "description": None, "html_url": api}
        | dict.fromkeys(links, api)
        | dict.fromkeys(counts, 0)
        | {"has_organization_projects": False, "has_repository_projects": False, "archived_at": None}
        | {"created_at": stamp(0), "updated_at": stamp(0)}
    )


@router.on("GET", "/repos/{owner}/{repo}/actions/secrets", "actions/list-repo-secrets", "secrets=read")
def secrets(call: Call) -> Reply:
    return _names(call, call.repository.secrets)


@router.on(
    "GET", "/repos/{owner}/{repo}/actions/organization-secrets", "actions/list-repo-organization-secrets",
    "secrets=read",
)  # fmt: skip
def organization_secrets(call: Call) -> Reply:
    return _names(call, call.repository.organization_secrets)


def _names(call: Call, names: Iterable[str]) -> Reply:
    """List names and times. A secret's value is never shown."""
    call.writable()
    when = stamp(call.repository.created_at)
    return counted(call, "secrets", sorted(names), lambda name: {"name": name, "created_at": when, "updated_at": when})
