"""JSON shapes of accounts and repositories, with every field GitHub's OpenAPI description requires."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from github_sandbox.clock import stamp
from github_sandbox.model import Account, Repository, World
from github_sandbox.node_ids import encode
from github_sandbox.tokens import Token

NODE_PREFIX = {"User": "U", "Bot": "BOT", "Organization": "O"}
Shape = dict[str, Any]


def account_node_id(account: Account) -> str:
    return encode(NODE_PREFIX[account.type], account.id)


def repository_node_id(repository: Repository) -> str:
    return encode("R", repository.id)


def user(world: World, account: Account) -> Shape:
    """Return simple-user. A bot's public login ends in ``[bot]``, and its page is that of its app."""
    api = f"{world.api_url}/users/{quote(account.login)}"
    page = f"apps/{account.login.removesuffix('[bot]')}" if account.type == "Bot" else account.login
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account_node_id(account),
        "avatar_url": f"{world.base_url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{world.base_url}/{page}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def full_user(world: World, account: Account, *, private: bool = False) -> Shape:
    """Return public-user, or private-user for the token's account."""
    owned = world.repositories_of(account)
    public = [r for r in owned if not r.private]
    shape = user(world, account) | {
        "name": account.login,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "public_repos": len(public),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(1_700_000_000),
        "updated_at": stamp(1_700_000_000),
    }
    if private:
        shape |= {
            "user_view_type": "private",
            "private_gists": 0,
            "total_private_repos": len(owned) - len(public),
            "owned_private_repos": len(owned) - len(public),
            "disk_usage": 0,
            "collaborators": 0,
            "two_factor_authentication": True,
        }
    return shape


def organization(world: World, account: Account) -> Shape:
    """Return organization-full."""
    api = f"{world.api_url}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account_node_id(account),
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{world.base_url}/avatars/{account.id}",
        "description": None,
        "html_url": f"{world.base_url}/{account.login}",
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": sum(not r.private for r in world.repositories_of(account)),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "type": "Organization",
        "created_at": stamp(1_700_000_000),
        "updated_at": stamp(1_700_000_000),
        "archived_at": None,
    }


_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


_ROLES = ("read", "triage", "write", "maintain", "admin")
_GRANTS = ("pull", "triage", "push", "maintain", "admin")


def repository(world: World, repo: Repository, token: Token | None) -> Shape:
    """Return repository or minimal-repository: the item of a list. Never builds the repository's contents."""
    api, html, pushed = (
        f"{world.api_url}/repos/{repo.full_name}",
        f"{world.base_url}/{repo.full_name}",
        stamp(repo.pushed_at),
    )
    built = repo.built
    open_issues = sum(p.state == "open" for p in built.pulls.values()) if built else 0
    shape = {
        "id": repo.id,
        "node_id": repository_node_id(repo),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": user(world, repo.owner),
        "html_url": html,
        "description": repo.description,
        "fork": repo.fork,
        "url": api,
        "git_url": f"git:{html.partition(':')[2]}.git",
        "ssh_url": f"git@127.0.0.1:{repo.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "language": repo.language,
        "size": 0,  # in kB, rounded down: GitHub reports 0 for a small repository too, not only for an empty one
        "default_branch": repo.default_branch,
        "is_template": repo.template,
        "topics": repo.topics,
        "forks": 0,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "license": None,
        "has_issues": repo.has_issues,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "archived": repo.archived,
        "disabled": repo.disabled,
        "allow_forking": True,
        "visibility": repo.visibility,
        "web_commit_signoff_required": False,
        "pushed_at": pushed,
        "created_at": stamp(repo.created_at),
        "updated_at": pushed,
    }
    shape |= {name: api + tail for name, tail in _LINKS.items()}
    if token is not None:
        write = token.may_write(repo)
        reach = token.permission if write else "triage" if token.permission == "triage" else "read"
        granted = _ROLES[: _ROLES.index(reach) + 1]
        shape["permissions"] = {name: role in granted for name, role in zip(_GRANTS, _ROLES, strict=True)}
    return shape


def full_repository(world: World, repo: Repository, token: Token | None) -> Shape:
    """Return full-repository: the answer of GET /repos/{owner}/{repo}."""
    shape = repository(world, repo, token) | {"network_count": 0, "subscribers_count": 0}
    if token is not None and token.may_write(repo):
        shape |= {
            "allow_squash_merge": True,
            "allow_merge_commit": True,
            "allow_rebase_merge": True,
            "allow_auto_merge": repo.auto_merge_allowed,
            "delete_branch_on_merge": False,
        }
    if repo.parent:
        parent = repository(world, repo.parent, token)
        shape |= {"parent": parent, "source": parent}
    return shape
