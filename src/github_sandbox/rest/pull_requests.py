"""Pull requests: list, open, edit, merge, request reviewers."""

from __future__ import annotations

from github_sandbox import pull_states, pulls
from github_sandbox.errors import ApiError, unprocessable
from github_sandbox.model import Repository
from github_sandbox.rest import git_shapes, media, pull_shapes, shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape
from github_sandbox.tokens import Token


@router.on("GET", "/repos/{owner}/{repo}/pulls", "pulls/list", "pull_requests=read")
def list_pulls(call: Call) -> Reply:
    query, state = call.query, call.query.get("state", "open")
    found = [p for p in call.repository.pulls.values() if state in ("all", p.state)]
    if "base" in query:
        found = [p for p in found if p.base == query["base"]]
    owner, colon, branch = query.get("head", "").partition(":")
    if colon:  # without `owner:` GitHub ignores the filter and gives every pull request
        found = [p for p in found if p.head == branch and (p.head_owner or "").lower() == owner.lower()]
    sort = "updated_at" if query.get("sort") == "updated" else "created_at"
    descending = query.get("direction", "desc" if query.get("sort", "created") == "created" else "asc") == "desc"
    found.sort(key=lambda p: (getattr(p, sort), p.number), reverse=descending)
    return call.page(found, lambda p: pull_shapes.simple(p, call.token))


def may_open_pulls(token: Token, repository: Repository) -> bool:
    """Return whether the token may: GITHUB_TOKEN needs the consent of both the repository and the organization."""
    return token.kind != "actions" or (repository.actions_may_open_pulls and repository.owner.actions_may_open_pulls)


@router.on("POST", "/repos/{owner}/{repo}/pulls", "pulls/create", "pull_requests=write")
def create_pull(call: Call) -> Reply:
    repository, token = call.writable(), call.actor
    if not may_open_pulls(token, repository):
        raise ApiError(
            403, "GitHub Actions is not permitted to create or approve pull requests.", graphql_type="FORBIDDEN"
        )
    pull = pulls.open_pull(
        repository,
        token.account,
        head=call.text("head", required=True) or "",
        base=call.text("base", required=True) or "",
        title=call.text("title", required=True) or "",
        body=call.text("body"),
        draft=call.body.get("draft") is True,
        head_repo=call.text("head_repo"),
        maintainer_can_modify=call.body.get("maintainer_can_modify") is True,
    )
    shape = pull_shapes.full(pull, token)
    return Reply(201, shape, {"Location": shape["url"]})


@router.on("GET", "/repos/{owner}/{repo}/pulls/{number}", "pulls/get", "pull_requests=read", (media.DIFF, media.PATCH))
def get_pull(call: Call) -> Reply:
    if call.media in (media.DIFF, media.PATCH):
        pull = call.pull()
        return Reply(200, media.difference(pull.repository, pull_shapes.origin(pull), pull.head_oid, call.media))
    return Reply(200, pull_shapes.full(call.pull(), call.token))


@router.on("PATCH", "/repos/{owner}/{repo}/pulls/{number}", "pulls/update", "pull_requests=write")
def update_pull(call: Call) -> Reply:
    pull = call.pull(write=True)
    body = (call.text("body") or "") if "body" in call.body else None
    pulls.edit(pull, title=call.text("title"), body=body, base=call.text("base"), state=call.text("state"))
    return Reply(200, pull_shapes.full(pull, call.token))


@router.on("GET", "/repos/{owner}/{repo}/pulls/{number}/files", "pulls/list-files", "pull_requests=read")
def pull_files(call: Call) -> Reply:
    def as_is(item: Shape) -> Shape:
        return item

    return call.page(pull_shapes.pull_files(call.pull()), as_is)


@router.on("GET", "/repos/{owner}/{repo}/pulls/{number}/commits", "pulls/list-commits", "pull_requests=read")
def pull_commits(call: Call) -> Reply:
    pull = call.pull()
    records = [c for oid in pulls.commits(pull) if (c := pull.repository.git.commit(oid))]
    return call.page(records, lambda c: git_shapes.commit(pull.repository, c))


@router.on("GET", "/repos/{owner}/{repo}/pulls/{number}/merge", "pulls/check-if-merged", "pull_requests=read")
def is_merged(call: Call) -> Reply:
    if not call.pull().merged:
        raise ApiError(404, "Not Found")
    return Reply(204)


@router.on("PUT", "/repos/{owner}/{repo}/pulls/{number}/merge", "pulls/merge", "contents=write")
def merge(call: Call) -> Reply:
    pull, method = call.pull(write=True), call.text("merge_method") or "merge"
    landed = pulls.merge(pull, call.actor.account, method, call.text("sha"))
    return Reply(200, {"sha": landed, "merged": True, "message": "Pull Request successfully merged"})


@router.on(
    "GET",
    "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers",
    "pulls/list-requested-reviewers",
    "pull_requests=read",
)
def requested_reviewers(call: Call) -> Reply:
    pull = call.pull()
    users = [shapes.user(call.world, a) for a in pull.reviewers]
    teams = [pull_shapes.team(call.world, pull.repository.owner, slug) for slug in pull.team_reviewers]
    return Reply(200, {"users": users, "teams": teams})


@router.on(
    "POST", "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pulls/request-reviewers", "pull_requests=write"
)
def request_reviewers(call: Call) -> Reply:
    pull = call.pull(write=True)
    people, teams = call.texts("reviewers"), call.texts("team_reviewers")
    allowed = call.world.collaborators(pull.repository)
    if any(login.lower() == pull.author.login.lower() for login in people):
        raise unprocessable("Review cannot be requested from pull request author.")
    if any(login.lower() not in allowed for login in people):
        raise unprocessable(
            f"Reviews may only be requested from collaborators. One or more of the users or teams you specified is"
            f" not a collaborator of the {pull.repository.full_name} repository."
        )
    if any(slug not in pull.repository.owner.teams for slug in teams):
        raise unprocessable("Could not resolve to a node with the global id of the team.")
    pull_states.request_reviews(pull, call.actor.account, map(call.world.add_account, people), teams)
    return Reply(201, pull_shapes.simple(pull, call.token))


@router.on(
    "DELETE",
    "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers",
    "pulls/remove-requested-reviewers",
    "pull_requests=write",
)
def remove_reviewers(call: Call) -> Reply:
    pull = call.pull(write=True)
    pull_states.withdraw_requests(pull, call.actor.account, call.texts("reviewers"), call.texts("team_reviewers"))
    return Reply(200, pull_shapes.simple(pull, call.token))
