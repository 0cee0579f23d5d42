"""JSON shapes of pull requests, issues, labels and comments."""

from __future__ import annotations

from github_sandbox import pull_states, pulls
from github_sandbox.clock import stamp
from github_sandbox.history import merge_base
from github_sandbox.model import Account, Comment, Label, Milestone, PullRequest, Repository, World
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, shapes
from github_sandbox.rest.shapes import Shape
from github_sandbox.tokens import Token


def label(repository: Repository, item: Label) -> Shape:
    return {
        "id": item.id,
        "node_id": encode("LA", item.id),
        "url": f"{git_shapes.api(repository)}/labels/{item.name}",
        "name": item.name,
        "color": item.color,
        "default": False,
        "description": item.description,
    }


def milestone(repository: Repository, item: Milestone) -> Shape:
    url = f"{git_shapes.api(repository)}/milestones/{item.number}"
    return {
        "url": url,
        "html_url": f"{git_shapes.html(repository)}/milestone/{item.number}",
        "labels_url": f"{url}/labels",
        "id": item.id,
        "node_id": encode("MI", item.id),
        "number": item.number,
        "state": item.state,
        "title": item.title,
        "description": item.description,
        "creator": None,
        "open_issues": 0,
        "closed_issues": 0,
        "closed_at": None,
        "due_on": None if item.due_on is None else stamp(item.due_on),
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.created_at),
    }


def comment(repository: Repository, pull: PullRequest, item: Comment) -> Shape:
    return {
        "id": item.id,
        "node_id": encode("IC", item.id),
        "body": item.body,
        "url": f"{git_shapes.api(repository)}/issues/comments/{item.id}",
        "html_url": f"{git_shapes.html(repository)}/pull/{pull.number}#issuecomment-{item.id}",
        "issue_url": f"{git_shapes.api(repository)}/issues/{pull.number}",
        "user": shapes.user(repository.world, item.author),
        "author_association": association(repository, item.author),
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
    }


def association(repository: Repository, account: Account) -> str:
    if account is repository.owner:
        return "OWNER"
    return "MEMBER" if account.login.lower() in repository.world.collaborators(repository) else "NONE"


def _side(pull: PullRequest, repository: Repository | None, branch: str, oid: str, token: Token | None) -> Shape:
    world = pull.repository.world
    owner = (repository or pull.repository).owner
    return {
        "label": f"{owner.login}:{branch}",
        "ref": branch,
        "sha": oid,
        "user": shapes.user(world, owner),
        "repo": shapes.repository(world, repository, token) if repository else None,
    }


def _common(pull: PullRequest) -> Shape:
    """Return the fields that a pull request and its issue share."""
    repository, world = pull.repository, pull.repository.world
    people = [shapes.user(world, a) for a in pull.assignees]
    return {
        "number": pull.number,
        "state": pull.state,
        "locked": pull.locked,
        "title": pull.title,
        "body": pull.body,
        "user": shapes.user(world, pull.author),
        "labels": [label(repository, item) for item in pull.labels],
        "assignee": people[0] if people else None,
        "assignees": people,
        "milestone": milestone(repository, pull.milestone) if pull.milestone else None,
        "html_url": f"{git_shapes.html(repository)}/pull/{pull.number}",
        "comments_url": f"{git_shapes.api(repository)}/issues/{pull.number}/comments",
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at) if pull.closed_at else None,
        "author_association": association(repository, pull.author),
        "active_lock_reason": None,
    }


def _auto_merge(pull: PullRequest) -> Shape | None:
    order = pull.auto_merge
    if order is None:
        return None
    who = shapes.user(pull.repository.world, order.enabled_by)
    return {"enabled_by": who, "merge_method": order.method.lower(), "commit_title": "", "commit_message": ""}


def simple(pull: PullRequest, token: Token | None) -> Shape:
    """Return pull-request-simple: the item of a list."""
    repository, world = pull.repository, pull.repository.world
    base, number, html = (git_shapes.api(repository), pull.number, f"{git_shapes.html(repository)}/pull/{pull.number}")
    url, issue = f"{base}/pulls/{number}", f"{base}/issues/{number}"
    links = {
        "self": url,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{base}/statuses/{pull.head_oid}",
    }
    owner = repository.owner
    teams = [team(world, owner, slug) for slug in pull.team_reviewers if slug in owner.teams]
    return _common(pull) | {
        "id": pull.id,
        "node_id": encode("PR", pull.id),
        "url": url,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "statuses_url": links["statuses"],
        "draft": pull.draft,
        "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
        "merge_commit_sha": pull.merge_oid,
        "requested_reviewers": [shapes.user(world, a) for a in pull.reviewers],
        "requested_teams": teams,
        "head": _side(pull, pull.head_repository, pull.head, pull.head_oid, token),
        "base": _side(pull, repository, pull.base, repository.tip(pull.base) or pull.base_oid, token),
        "_links": {name: {"href": href} for name, href in links.items()},
        "auto_merge": _auto_merge(pull),
    }


def full(pull: PullRequest, token: Token | None) -> Shape:
    """Return pull-request: the answer of GET, POST and PATCH."""
    world, can_merge = pull.repository.world, pulls.mergeable(pull)
    files = pull_files(pull)
    return simple(pull, token) | {
        "merged": pull.merged,
        "mergeable": can_merge,
        "rebaseable": can_merge,
        "mergeable_state": pull_states.merge_status(pull),
        "merged_by": shapes.user(world, pull.merged_by) if pull.merged_by else None,
        "comments": len(pull.comments),
        "review_comments": 0,
        "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": len(pulls.commits(pull)),
        "additions": sum(f["additions"] for f in files),
        "deletions": sum(f["deletions"] for f in files),
        "changed_files": len(files),
    }


def pull_files(pull: PullRequest) -> list[Shape]:
    """Return the changes of the head since the merge base (three-dot diff)."""
    return git_shapes.changed_files(pull.repository, origin(pull), pull.head_oid)


def origin(pull: PullRequest) -> str | None:
    """Return the merge base of the pull request; None: the histories are unrelated."""
    base = pull.base_oid if pull.merged else pull.repository.tip(pull.base) or pull.base_oid
    return merge_base(pull.repository.git, base, pull.head_oid)


def issue(pull: PullRequest) -> Shape:
    """Return issue: the pull request in the issues API."""
    base = f"{git_shapes.api(pull.repository)}/issues/{pull.number}"
    pulls_url = f"{git_shapes.api(pull.repository)}/pulls/{pull.number}"
    html = f"{git_shapes.html(pull.repository)}/pull/{pull.number}"
    return _common(pull) | {
        "id": pull.id,
        "node_id": encode("PR", pull.id),
        "url": base,
        "repository_url": git_shapes.api(pull.repository),
        "labels_url": f"{base}/labels{{/name}}",
        "events_url": f"{base}/events",
        "comments": len(pull.comments),
        "state_reason": None,
        "draft": pull.draft,
        "closed_by": None,
        "pull_request": {
            "url": pulls_url,
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
        },
    }


def team(world: World, owner: Account, slug: str) -> Shape:
    """Return team-simple."""
    number = owner.id * 100 + sorted(owner.teams).index(slug)
    url = f"{world.api_url}/organizations/{owner.id}/team/{number}"
    return {
        "id": number,
        "node_id": encode("TM", owner.id, slug),
        "url": url,
        "members_url": f"{url}/members{{/member}}",
        "name": slug,
        "slug": slug,
        "description": None,
        "permission": "pull",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "parent": None,
        "type": "organization",
        "organization_id": owner.id,
        "html_url": f"{world.base_url}/orgs/{owner.login}/teams/{slug}",
        "repositories_url": f"{url}/repos",
    }
