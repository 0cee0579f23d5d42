"""Reviews of a pull request."""

from __future__ import annotations

from github_sandbox import pull_states
from github_sandbox.clock import stamp
from github_sandbox.errors import ApiError
from github_sandbox.model import PullRequest, Review
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, pull_shapes, shapes
from github_sandbox.rest.pull_requests import may_open_pulls
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape


def _shape(pull: PullRequest, item: Review) -> Shape:
    repository = pull.repository
    page = f"{git_shapes.html(repository)}/pull/{pull.number}#pullrequestreview-{item.id}"
    url = f"{git_shapes.api(repository)}/pulls/{pull.number}"
    return {
        "id": item.id,
        "node_id": encode("PRR", item.id),
        "user": shapes.user(repository.world, item.author),
        "body": item.body,
        "state": item.state,
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": stamp(item.submitted_at),
        "commit_id": item.commit_oid or pull.head_oid,
        "author_association": pull_shapes.association(repository, item.author),
    }


@router.on("GET", "/repos/{owner}/{repo}/pulls/{number}/reviews", "pulls/list-reviews", "pull_requests=read")
def list_reviews(call: Call) -> Reply:
    pull = call.pull()
    return call.page(pull.reviews, lambda item: _shape(pull, item))


@router.on("POST", "/repos/{owner}/{repo}/pulls/{number}/reviews", "pulls/create-review", "pull_requests=write")
def create_review(call: Call) -> Reply:
    pull, event = call.pull(write=True), call.text("event") or "COMMENT"
    if event == "APPROVE" and not may_open_pulls(call.actor, pull.repository):
        raise ApiError(
            422, "Unprocessable Entity", errors=["GitHub Actions is not permitted to approve pull requests."]
        )
    if event == "COMMENT" and not call.text("body"):
        raise ApiError(422, "Unprocessable Entity", errors=["Body is required"])
    return Reply(200, _shape(pull, pull_states.submit_review(pull, call.actor.account, event, call.text("body") or "")))
