"""Milestones and labels of a repository, its branch names, and the active rules of a branch."""

from __future__ import annotations

from github_sandbox import branch_rename, ref_rules
from github_sandbox.errors import ApiError, validation_failed
from github_sandbox.model import Label, Milestone, RefRule
from github_sandbox.rest import git_refs, pull_shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape

ISSUES_READ, ISSUES_WRITE = "issues=read; pull_requests=read", "issues=write; pull_requests=write"


@router.on("GET", "/repos/{owner}/{repo}/milestones", "issues/list-milestones", ISSUES_READ)
def milestones(call: Call) -> Reply:
    repository, state = call.repository, call.query.get("state", "open")
    found = [m for m in repository.contents.milestones.values() if state in ("all", m.state)]
    return call.page(found, lambda m: pull_shapes.milestone(repository, m))


@router.on("POST", "/repos/{owner}/{repo}/milestones", "issues/create-milestone", ISSUES_WRITE)
def create_milestone(call: Call) -> Reply:
    repository, title = call.writable(), call.text("title", required=True) or ""
    known = repository.contents.milestones
    if any(m.title == title for m in known.values()):
        raise validation_failed("Milestone", "title", "already_exists")
    number = max(known, default=0) + 1
    made = Milestone(
        id=call.world.next_id(),
        number=number,
        title=title,
        state=call.text("state") or "open",
        description=call.text("description"),
    )
    known[number] = made
    return Reply(201, pull_shapes.milestone(repository, made))


@router.on("GET", "/repos/{owner}/{repo}/labels", "issues/list-labels-for-repo", ISSUES_READ)
def labels(call: Call) -> Reply:
    repository = call.repository
    return call.page(list(repository.contents.labels.values()), lambda item: pull_shapes.label(repository, item))


@router.on("POST", "/repos/{owner}/{repo}/labels", "issues/create-label", ISSUES_WRITE)
def create_label(call: Call) -> Reply:
    repository, name = call.writable(), call.text("name", required=True) or ""
    if name.lower() in repository.contents.labels:
        raise validation_failed("Label", "name", "already_exists")
    made = Label(
        id=call.world.next_id(), name=name, color=call.text("color") or "ededed", description=call.text("description")
    )
    repository.contents.labels[name.lower()] = made
    return Reply(201, pull_shapes.label(repository, made))


@router.on("POST", "/repos/{owner}/{repo}/branches/{branch}/rename", "repos/rename-branch", "contents=write")
def rename_branch(call: Call) -> Reply:
    repository, new = call.writable(), call.text("new_name", required=True) or ""
    if call.params["branch"] == repository.default_branch and call.actor.level(repository) != "ADMIN":
        raise ApiError(403, "Must have admin rights to Repository.", graphql_type="FORBIDDEN")
    branch_rename.rename(repository, call.params["branch"], new)
    call.params["path"] = new
    reply = git_refs.branch(call)
    return Reply(201, reply.content)


@router.on("GET", "/repos/{owner}/{repo}/rules/branches/{path}", "repos/get-branch-rules", "metadata=read")
def branch_rules(call: Call) -> Reply:
    """List rulesets; classic protection is not listed here."""
    repository, ref = call.repository, f"refs/heads/{call.params['path']}"
    rulesets = [rule for rule in ref_rules.covering(repository, ref) if not rule.classic]
    found = [(rule, name) for rule in rulesets for name in sorted(rule.rules)]

    def shape(item: tuple[RefRule, str]) -> Shape:
        rule, name = item
        source = {"ruleset_source_type": "Repository", "ruleset_source": repository.full_name, "ruleset_id": rule.id}
        return {"type": name} | source | ({"parameters": _PULL_PARAMETERS} if name == "pull_request" else {})

    return call.page(found, shape)


_PULL_PARAMETERS = {
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 1,
    "required_review_thread_resolution": False,
}
