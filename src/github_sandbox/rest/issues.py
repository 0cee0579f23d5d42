"""Pull requests through the issues API: labels, assignees, milestone, comments."""

from __future__ import annotations

from github_sandbox import pulls
from github_sandbox.errors import ApiError, not_found, unprocessable, validation_failed
from github_sandbox.limits import ISSUE_COMMENTS
from github_sandbox.model import Comment, PullRequest
from github_sandbox.rest import plain_issues, pull_shapes
from github_sandbox.rest.routing import Call, Reply, router


@router.on("GET", "/repos/{owner}/{repo}/issues/{number}", "issues/get", "issues=read; pull_requests=read")
def get_issue(call: Call) -> Reply:
    return Reply(200, pull_shapes.issue(call.pull()))


@router.on("PATCH", "/repos/{owner}/{repo}/issues/{number}", "issues/update", "issues=write; pull_requests=write")
def update_issue(call: Call) -> Reply:
    plain = call.repository.contents.issues.get(int(call.params["number"]))
    if plain is not None:
        return plain_issues.change(call, plain)
    pull, title, body = call.pull(write=True), call.text("title"), call.text("body")
    pulls.check_text(title, body)
    milestone = call.body.get("milestone")
    if milestone is not None and milestone not in pull.repository.contents.milestones:
        raise validation_failed("Issue", "milestone", "invalid")
    if "labels" in call.body:
        pulls.add_labels(pull, _label_names(call), replace=True)
    pulls.change_state(pull, call.text("state"))
    if "milestone" in call.body:
        pull.milestone = pull.repository.contents.milestones[milestone] if milestone is not None else None
    if "assignees" in call.body:
        pull.assignees = []
        _assign(call, pull)
    pull.title = pull.title if title is None else title
    if "body" in call.body:
        pull.body = body
    pull.updated_at = call.world.clock()
    return Reply(200, pull_shapes.issue(pull))


def _label_names(call: Call) -> list[str]:
    """Return the names of ``{"labels": [...]}`` or of a bare array; its items are names or objects with a name."""
    data = call.json() if call.raw_body.strip() else {}
    listed = data.get("labels", []) if isinstance(data, dict) else data
    names = [item.get("name") if isinstance(item, dict) else item for item in listed or []]
    texts = [name for name in names if isinstance(name, str) and name.strip()]
    if len(texts) != len(names):
        raise ApiError(422, "Invalid request.\n\nlabels must be names.")
    return texts


def _labels(pull: PullRequest) -> Reply:
    return Reply(200, [pull_shapes.label(pull.repository, item) for item in pull.labels])


@router.on(
    "GET",
    "/repos/{owner}/{repo}/issues/{number}/labels",
    "issues/list-labels-on-issue",
    "issues=read; pull_requests=read",
)
def list_labels(call: Call) -> Reply:
    pull = call.pull()
    return call.page(pull.labels, lambda item: pull_shapes.label(pull.repository, item))


@router.on(
    "POST", "/repos/{owner}/{repo}/issues/{number}/labels", "issues/add-labels", "issues=write; pull_requests=write"
)
def add_labels(call: Call) -> Reply:
    pull = call.pull(write=True)
    pulls.add_labels(pull, _label_names(call))
    return _labels(pull)


@router.on(
    "PUT", "/repos/{owner}/{repo}/issues/{number}/labels", "issues/set-labels", "issues=write; pull_requests=write"
)
def set_labels(call: Call) -> Reply:
    pull = call.pull(write=True)
    pulls.add_labels(pull, _label_names(call), replace=True)
    return _labels(pull)


@router.on(
    "DELETE",
    "/repos/{owner}/{repo}/issues/{number}/labels/{name}",
    "issues/remove-label",
    "issues=write; pull_requests=write",
)
def remove_label(call: Call) -> Reply:
    pull, name = call.pull(write=True), call.params["name"].lower()
    kept = [item for item in pull.labels if item.name.lower() != name]
    if len(kept) == len(pull.labels):
        raise not_found("Label does not exist")
    pull.labels = kept
    return _labels(pull)


def _assign(call: Call, pull: PullRequest) -> None:
    """Assign the people who may be assigned, and ignore the others without an error, as GitHub does."""
    allowed = call.world.collaborators(pull.repository)
    for login in call.texts("assignees"):
        account = call.world.account(login)
        if account and login.lower() in allowed and account not in pull.assignees:
            pull.assignees.append(account)


@router.on(
    "POST",
    "/repos/{owner}/{repo}/issues/{number}/assignees",
    "issues/add-assignees",
    "issues=write; pull_requests=write",
)
def add_assignees(call: Call) -> Reply:
    pull = call.pull(write=True)
    _assign(call, pull)
    return Reply(201, pull_shapes.issue(pull))


@router.on(
    "DELETE",
    "/repos/{owner}/{repo}/issues/{number}/assignees",
    "issues/remove-assignees",
    "issues=write; pull_requests=write",
)
def remove_assignees(call: Call) -> Reply:
    pull, gone = (call.pull(write=True), {login.lower() for login in call.texts("assignees")})
    pull.assignees = [a for a in pull.assignees if a.login.lower() not in gone]
    return Reply(200, pull_shapes.issue(pull))


@router.on(
    "GET", "/repos/{owner}/{repo}/issues/{number}/comments", "issues/list-comments", "issues=read; pull_requests=read"
)
def list_comments(call: Call) -> Reply:
    pull = call.pull()
    return call.page(pull.comments, lambda item: pull_shapes.comment(pull.repository, pull, item))


def _comment_body(call: Call) -> str:
    body = call.text("body", required=True) or ""
    if not body.strip() or len(body) > pulls.BODY_LIMIT:
        raise unprocessable(f"body is blank or too long (maximum is {pulls.BODY_LIMIT} characters)")
    return body


@router.on(
    "POST",
    "/repos/{owner}/{repo}/issues/{number}/comments",
    "issues/create-comment",
    "issues=write; pull_requests=write",
)
def create_comment(call: Call) -> Reply:
    pull, now = call.pull(write=True), call.world.clock()
    if pull.locked and call.actor.app:
        raise ApiError(403, "Unable to create comment because issue is locked.")
    if len(pull.comments) >= call.services.limits.issue_comments:
        raise ApiError(
            422,
            "Validation Failed",
            errors=[
                {
                    "resource": "IssueComment",
                    "code": "unprocessable",
                    "field": "data",
                    "message": f"Commenting is disabled on issues with more than {ISSUE_COMMENTS} comments",
                }
            ],
        )
    comment = Comment(
        id=call.world.next_id(), author=call.actor.account, body=_comment_body(call), created_at=now, updated_at=now
    )
    pull.comments.append(comment)
    shape = pull_shapes.comment(pull.repository, pull, comment)
    return Reply(201, shape, {"Location": shape["url"]})


def _find_comment(call: Call, *, write: bool = False) -> tuple[PullRequest, Comment]:
    wanted = int(call.params["comment_id"])
    for pull in (call.writable() if write else call.repository).pulls.values():
        for comment in pull.comments:
            if comment.id == wanted:
                return pull, comment
    raise not_found()


@router.on(
    "GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}", "issues/get-comment", "issues=read; pull_requests=read"
)
def get_comment(call: Call) -> Reply:
    pull, comment = _find_comment(call)
    return Reply(200, pull_shapes.comment(pull.repository, pull, comment))


@router.on(
    "PATCH",
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    "issues/update-comment",
    "issues=write; pull_requests=write",
)
def update_comment(call: Call) -> Reply:
    pull, comment = _find_comment(call, write=True)
    comment.body, comment.updated_at = _comment_body(call), call.world.clock()
    return Reply(200, pull_shapes.comment(pull.repository, pull, comment))


@router.on(
    "DELETE",
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    "issues/delete-comment",
    "issues=write; pull_requests=write",
)
def delete_comment(call: Call) -> Reply:
    pull, comment = _find_comment(call, write=True)
    pull.comments.remove(comment)
    return Reply(204)
