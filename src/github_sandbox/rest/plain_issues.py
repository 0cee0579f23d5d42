"""Issues that are not pull requests: opened, listed and changed. As on GitHub, the list includes pull requests."""

from __future__ import annotations

from github_sandbox import pulls
from github_sandbox.clock import stamp
from github_sandbox.errors import ApiError, unprocessable
from github_sandbox.model import Issue, PullRequest, Repository
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, pull_shapes, shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape


def shape(item: Issue) -> Shape:
    """Return GitHub's JSON object of the issue."""
    repository, world = item.repository, item.repository.world
    base = f"{git_shapes.api(repository)}/issues/{item.number}"
    return {
        "id": item.id,
        "node_id": encode("I", item.id),
        "url": base,
        "repository_url": git_shapes.api(repository),
        "labels_url": f"{base}/labels{{/name}}",
        "comments_url": f"{base}/comments",
        "events_url": f"{base}/events",
        "html_url": f"{git_shapes.html(repository)}/issues/{item.number}",
        "number": item.number,
        "state": item.state,
        "state_reason": "completed" if item.state == "closed" else None,
        "title": item.title,
        "body": item.body,
        "user": shapes.user(world, item.author),
        "labels": [pull_shapes.label(repository, each) for each in item.labels],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": item.locked,
        "active_lock_reason": None,
        "comments": 0,
        "closed_by": None,
        "closed_at": stamp(item.closed_at) if item.closed_at else None,
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "author_association": pull_shapes.association(repository, item.author),
    }


@router.on("GET", "/repos/{owner}/{repo}/issues", "issues/list-for-repo", "issues=read; pull_requests=read")
def list_issues(call: Call) -> Reply:
    """List, newest first; open ones by default."""
    contents, state = call.repository.contents, call.query.get("state", "open")
    plain = contents.issues.values() if call.repository.has_issues else ()
    found: list[Issue | PullRequest] = [*plain, *contents.pulls.values()]
    if state != "all":
        found = [item for item in found if item.state == state]
    if "creator" in call.query:
        creator = call.query["creator"].lower()
        missed = call.services.edition.creator_misses_apps and creator.endswith("[bot]")
        found = [item for item in found if item.author.login.lower() == creator and not missed]
    found.sort(key=lambda item: item.number, reverse=True)
    return call.page(found, _listed)


def _listed(item: Issue | PullRequest) -> Shape:
    # The field may be null, but the description's enumeration has no null. So null is omitted.
    found = shape(item) if isinstance(item, Issue) else pull_shapes.issue(item)
    return {key: value for key, value in found.items() if key != "state_reason" or value is not None}


def _with_issues(call: Call) -> Repository:
    """Return the repository, if this token may write to it and it has issues."""
    repository = call.writable()
    if not repository.has_issues:
        raise ApiError(410, "Issues are disabled for this repo")
    return repository


@router.on("POST", "/repos/{owner}/{repo}/issues", "issues/create", "issues=write")
def create_issue(call: Call) -> Reply:
    repository, now = _with_issues(call), call.world.clock()
    title, body = call.text("title", required=True) or "", call.text("body")
    pulls.check_text(title, body)
    item = Issue(
        id=call.world.next_id(),
        number=repository.next_number(),
        repository=repository,
        author=call.actor.account,
        title=title,
        body=body,
        created_at=now,
        updated_at=now,
    )
    item.labels = [repository.label(name) for name in call.texts("labels")]
    repository.contents.issues[item.number] = item
    return Reply(201, shape(item), {"Location": shape(item)["url"]})


def change(call: Call, item: Issue) -> Reply:
    """Change an issue that is not a pull request."""
    _with_issues(call)
    title, body, state = call.text("title"), call.text("body"), call.text("state")
    pulls.check_text(title, body)
    if state not in (None, "open", "closed"):
        raise unprocessable("state is not open or closed")
    item.title = item.title if title is None else title
    item.body = item.body if body is None else body
    item.updated_at = call.world.clock()
    if state and state != item.state:
        item.state, item.closed_at = state, item.updated_at if state == "closed" else None
    return Reply(200, shape(item))
