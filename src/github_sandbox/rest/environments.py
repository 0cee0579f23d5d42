"""Environments that jobs deploy to. GitHub compares their names without regard to case."""

from __future__ import annotations

from typing import Any

from github_sandbox.clock import stamp
from github_sandbox.errors import ApiError, not_found
from github_sandbox.model import Environment, Repository
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, shapes
from github_sandbox.rest.actions_runs import counted
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape

PATH = "/repos/{owner}/{repo}/environments"
MOST_MINUTES = 43_200


def _shape(repository: Repository, item: Environment) -> Shape:
    rules: list[Shape] = []

    def rule(kind: str, number: int, **more: Any) -> None:
        rules.append({"id": item.id * 10 + number, "node_id": encode("GA", item.id, kind), "type": kind, **more})

    if item.wait_timer:
        rule("wait_timer", 1, wait_timer=item.wait_timer)
    if item.reviewers:
        rule("required_reviewers", 2, prevent_self_review=item.prevent_self_review, reviewers=[
            {"type": each["type"], "reviewer": shapes.user(repository.world, _person(repository, each["id"]))}
            for each in item.reviewers
        ])  # fmt: skip
    if item.branch_policy:
        rule("branch_policy", 3)
    return {
        "id": item.id,
        "node_id": encode("EN", item.id),
        "name": item.name,
        "url": f"{git_shapes.api(repository)}/environments/{item.name}",
        "html_url": f"{git_shapes.html(repository)}/deployments/activity_log?environments_filter={item.name}",
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "protection_rules": rules,
        "deployment_branch_policy": item.branch_policy,
    }


def _person(repository: Repository, number: int) -> Any:
    found = next((a for a in repository.world.accounts.values() if a.id == number), None)
    if found is None:
        raise ApiError(422, "Validation Failed")
    return found


@router.on("GET", PATH, "repos/get-all-environments", "actions=read")
def environments(call: Call) -> Reply:
    repository = call.repository
    items = list(repository.contents.environments.values())
    return counted(call, "environments", items, lambda item: _shape(repository, item))


@router.on("GET", PATH + "/{environment_name}", "repos/get-environment", "actions=read")
def environment(call: Call) -> Reply:
    repository = call.repository
    found = repository.contents.environments.get(call.params["environment_name"].lower())
    if found is None:
        raise not_found()
    return Reply(200, _shape(repository, found))


@router.on("PUT", PATH + "/{environment_name}", "repos/create-or-update-environment", "administration=write")
def put_environment(call: Call) -> Reply:
    """Create or replace: a setting that the request leaves out is none afterwards."""
    repository, name, now = call.writable(), call.params["environment_name"], call.world.clock()
    known = repository.contents.environments
    wait = call.body.get("wait_timer") or 0
    if not isinstance(wait, int) or not 0 <= wait <= MOST_MINUTES or len(name) > 255:
        raise ApiError(422, "Validation Failed")
    made = known.setdefault(
        name.lower(), Environment(id=call.world.next_id(), name=name, created_at=now, updated_at=now)
    )
    made.wait_timer, made.updated_at = wait, now
    made.prevent_self_review = call.body.get("prevent_self_review") is True
    made.reviewers = list(call.body.get("reviewers") or [])
    made.branch_policy = call.body.get("deployment_branch_policy")
    return Reply(200, _shape(repository, made))
