"""The timeline of a pull request: review requests made and removed, and comments."""

from __future__ import annotations

from github_sandbox.clock import stamp
from github_sandbox.model import PullRequest, RequestEvent
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, pull_shapes, shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape


@router.on(
    "GET", "/repos/{owner}/{repo}/issues/{number}/timeline", "issues/list-events-for-timeline",
    "issues=read; pull_requests=read",
)  # fmt: skip
def timeline(call: Call) -> Reply:
    """List, oldest first."""
    pull = call.pull()
    happened = [(e.created_at, e.id, _request(pull, e)) for e in pull.events]
    for item in pull.comments:
        shape = pull_shapes.comment(pull.repository, pull, item)
        happened.append((item.created_at, item.id, shape | {"event": "commented", "actor": shape["user"]}))
    return call.page(sorted(happened, key=lambda known: known[:2]), lambda known: known[2])


def _request(pull: PullRequest, item: RequestEvent) -> Shape:
    repository, world = pull.repository, pull.repository.world
    actor = shapes.user(world, item.actor)
    shape = {
        "id": item.id,
        "node_id": encode("RRE", item.id),
        "url": f"{git_shapes.api(repository)}/issues/events/{item.id}",
        "actor": actor,
        "event": item.event,
        "commit_id": None,
        "commit_url": None,
        "created_at": stamp(item.created_at),
        "review_requester": actor,
        "performed_via_github_app": None,
    }
    if item.reviewer:
        return shape | {"requested_reviewer": shapes.user(world, item.reviewer)}
    return shape | {"requested_team": pull_shapes.team(world, repository.owner, item.team or "")}
