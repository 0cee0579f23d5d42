"""Milestones and labels of a repository, its branch names, and the active rules of a branch."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from github_sandbox import branch_rename, ref_rules
from github_sandbox.errors import ApiError, not_found, validation_failed
from github_sandbox.model import Label, Milestone, RefRule, Repository
from github_sandbox.rest import git_refs, pull_shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape

PACIFIC = ZoneInfo("America/Los_Angeles")
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
        due_on=_due(call),
    )
    known[number] = made
    return Reply(201, pull_shapes.milestone(repository, made))


@router.on("GET", "/repos/{owner}/{repo}/milestones/{milestone_number}", "issues/get-milestone", ISSUES_READ)
def milestone(call: Call) -> Reply:
    return Reply(200, pull_shapes.milestone(call.repository, _milestone(call.repository, call)))


@router.on("PATCH", "/repos/{owner}/{repo}/milestones/{milestone_number}", "issues/update-milestone", ISSUES_WRITE)
def update_milestone(call: Call) -> Reply:
    """Change the fields that are given, and no others."""
    repository = call.writable()
    found = _milestone(repository, call)
    title = call.text("title") or found.title
    if any(m.title == title and m is not found for m in repository.contents.milestones.values()):
        raise validation_failed("Milestone", "title", "already_exists")
    found.title, found.state = title, call.text("state") or found.state
    if "description" in call.body:
        found.description = call.text("description")
    if "due_on" in call.body:
        found.due_on = _due(call)
    return Reply(200, pull_shapes.milestone(repository, found))


def _milestone(repository: Repository, call: Call) -> Milestone:
    number = call.params["milestone_number"]
    found = repository.contents.milestones.get(int(number)) if number.isdigit() else None
    if found is None:
        raise not_found()
    return found


def _due(call: Call) -> float | None:
    """Return the due date: GitHub keeps the day in Pacific time and drops the time of day."""
    text = call.text("due_on")
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise validation_failed("Milestone", "due_on", "invalid") from None
    day = given.astimezone(PACIFIC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day.timestamp()


@router.on("GET", "/repos/{owner}/{repo}/labels", "issues/list-labels-for-repo", ISSUES_READ)
def labels(call: Call) -> Reply:
    repository = call.repository
    return call.page(list(repository.contents.labels.values()), lambda item: pull_shapes.label(repository, item))


@router.on("POST", "/repos/{owner}/{repo}/labels", "issues/create-label", ISSUES_WRITE)
def create_label(call: Call) -> Reply:
    repository, name = call.writable(), call.text("name", required=True) or ""
    if name.lower() in repository.contents.labels:
        raise validation_failed("Label", "name", "already_exists")
    made = Label(id=call.world.next_id(), name=name, color=_color(call) or "ededed", description=_description(call))
    repository.contents.labels[name.lower()] = made
    return Reply(201, pull_shapes.label(repository, made))


@router.on("GET", "/repos/{owner}/{repo}/labels/{name}", "issues/get-label", ISSUES_READ)
def label(call: Call) -> Reply:
    return Reply(200, pull_shapes.label(call.repository, _label(call.repository, call)))


@router.on("PATCH", "/repos/{owner}/{repo}/labels/{name}", "issues/update-label", ISSUES_WRITE)
def update_label(call: Call) -> Reply:
    """Change the fields that are given, and no others."""
    repository = call.writable()
    found, known = _label(repository, call), repository.contents.labels
    name = call.text("new_name") or found.name
    if name.lower() != found.name.lower() and name.lower() in known:
        raise validation_failed("Label", "name", "already_exists")
    del known[found.name.lower()]
    known[name.lower()] = found
    found.name, found.color = name, _color(call) or found.color
    if "description" in call.body:
        found.description = _description(call)
    return Reply(200, pull_shapes.label(repository, found))


def _label(repository: Repository, call: Call) -> Label:
    found = repository.contents.labels.get(call.params["name"].lower())
    if found is None:
        raise not_found()
    return found


def _color(call: Call) -> str | None:
    color = call.text("color")
    if color is not None and not re.fullmatch(r"[0-9a-fA-F]{6}", color):
        raise validation_failed("Label", "color", "invalid")
    return color.lower() if color else None


def _description(call: Call) -> str | None:
    text = call.text("description")
    if text is not None and len(text) > 100:
        raise validation_failed(
            "Label", "description", "too_long", "description is too long (maximum is 100 characters)"
        )
    return text


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
