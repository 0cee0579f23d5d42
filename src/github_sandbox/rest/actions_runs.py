"""Workflow runs, their artifacts, check runs, and whether workflows may open pull requests."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

from github_sandbox.clock import stamp
from github_sandbox.errors import ApiError, not_found
from github_sandbox.model import Artifact, CheckRun, Repository, WorkflowRun
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes, shapes
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape

ARTIFACT_SECONDS = 90 * 86_400
SEARCHING, MOST_FOUND = frozenset({"branch", "event", "head_sha", "status"}), 1_000
"""A list of runs that one of these narrows ends after so many."""


def workflow_id(item: WorkflowRun) -> int:
    """Return the number of the workflow file."""
    return zlib.crc32(item.path.encode())


def _run(repository: Repository, item: WorkflowRun) -> Shape:
    api = f"{git_shapes.api(repository)}/actions/runs/{item.id}"
    commit, world = repository.git.commit(item.head_oid), repository.world
    minimal = _minimal(repository)
    fork = world.repository(item.fork) if item.fork else None
    head: Shape | None = None
    if commit:
        people = {"author": commit.author, "committer": commit.committer}
        head = {"id": commit.oid, "tree_id": commit.tree, "message": commit.message,
                "timestamp": stamp(commit.committer.seconds)}  # fmt: skip
        head.update({role: {"name": who.name, "email": who.email} for role, who in people.items()})
    return {
        "id": item.id,
        "name": item.name,
        "node_id": encode("WFR", item.id),
        "head_branch": item.branch,
        "head_sha": item.head_oid,
        "path": item.path,
        "display_title": item.title or item.name,
        "run_number": item.number,
        "run_attempt": item.attempt,
        "event": item.event,
        "status": item.status,
        "conclusion": item.conclusion,
        "workflow_id": workflow_id(item),
        "url": api,
        "html_url": f"{git_shapes.html(repository)}/actions/runs/{item.id}",
        "pull_requests": [],
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.created_at),
        "run_started_at": stamp(item.started_at or item.created_at),
        "actor": shapes.user(world, item.actor),
        "triggering_actor": shapes.user(world, item.actor),
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "check_suite_url": f"{git_shapes.api(repository)}/check-suites/{item.id}",
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "workflow_url": f"{git_shapes.api(repository)}/actions/workflows/{workflow_id(item)}",
        "head_commit": head,
        "repository": minimal,
        "head_repository": minimal if fork is None else _minimal(fork),
    }


def _minimal(repository: Repository) -> Shape:
    """Return a repository as a run has it: without its times, so a push does not change the answer."""
    shape = shapes.repository(repository.world, repository, None)
    return {name: value for name, value in shape.items() if name not in ("pushed_at", "updated_at")}


def _artifact(repository: Repository, item: Artifact) -> Shape:
    api = f"{git_shapes.api(repository)}/actions/artifacts/{item.id}"
    run = next((run for run in repository.contents.runs if run.id == item.run_id), None)
    head = (run and run.fork and repository.world.repository(run.fork)) or repository
    return {
        "id": item.id,
        "node_id": encode("AR", item.id),
        "name": item.name,
        "size_in_bytes": item.size,
        "url": api,
        "archive_download_url": f"{api}/zip",
        "expired": item.expired,
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.created_at),
        "expires_at": stamp(item.created_at + ARTIFACT_SECONDS),
        "workflow_run": {"id": item.run_id, "repository_id": repository.id, "head_repository_id": head.id},
    }


def _check(repository: Repository, item: CheckRun) -> Shape:
    page = f"{git_shapes.html(repository)}/runs/{item.id}"
    when = stamp(repository.created_at)
    return {
        "id": item.id,
        "node_id": encode("CR", item.id),
        "head_sha": item.head_oid,
        "name": item.name,
        "external_id": "",
        "url": f"{git_shapes.api(repository)}/check-runs/{item.id}",
        "html_url": page,
        "details_url": page,
        "status": item.status,
        "conclusion": item.conclusion if item.status == "completed" else None,
        "started_at": when,
        "completed_at": when if item.status == "completed" else None,
        "output": {"title": None, "summary": None, "text": None, "annotations_count": 0, "annotations_url": page},
        "check_suite": None,
        "app": None,
        "pull_requests": [],
    }


def counted(call: Call, name: str, items: Sequence[Any], shape: Callable[[Any], Shape]) -> Reply:
    """Return one page, with the number of all items."""
    reply = call.page(items, shape)
    reply.content = {"total_count": len(items), name: reply.content}
    return reply


@router.on("GET", "/repos/{owner}/{repo}/actions/runs", "actions/list-workflow-runs-for-repo", "actions=read")
def runs(call: Call) -> Reply:
    return _listed(call, list(call.repository.contents.runs))


@router.on(
    "GET", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", "actions/list-workflow-runs", "actions=read"
)
def workflow_runs(call: Call) -> Reply:
    """List by the workflow's number or by its file's name."""
    wanted = call.params["workflow_id"]
    found = [r for r in call.repository.contents.runs if wanted in (str(workflow_id(r)), r.path.rpartition("/")[2])]
    if not found:
        raise not_found()
    return _listed(call, found)


def _listed(call: Call, items: Sequence[WorkflowRun]) -> Reply:
    """List, newest first."""
    repository, query = call.repository, call.query
    found = sorted(items, key=lambda r: (r.created_at, r.id), reverse=True)
    for name, key in (("branch", "branch"), ("event", "event"), ("head_sha", "head_oid")):
        if name in query:
            found = [r for r in found if getattr(r, key) == query[name]]
    if "status" in query:
        found = [r for r in found if query["status"] in (r.status, r.conclusion)]
    if query.keys() & SEARCHING:
        found = found[:MOST_FOUND]
    return counted(call, "workflow_runs", found, lambda r: _run(repository, r))


def found_run(call: Call) -> WorkflowRun:
    """Return the run whose id is in the path."""
    run = next((r for r in call.repository.contents.runs if r.id == int(call.params["run_id"])), None)
    if run is None:
        raise not_found()
    return run


@router.on("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}", "actions/get-workflow-run", "actions=read")
def run(call: Call) -> Reply:
    return Reply(200, _run(call.repository, found_run(call)))


@router.on("POST", "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel", "actions/cancel-workflow-run", "actions=write")
def cancel_run(call: Call) -> Reply:
    """Cancel at once; GitHub accepts the request and cancels later."""
    call.writable()
    found = found_run(call)
    if found.status == "completed":
        raise ApiError(409, "Cannot cancel a workflow run that is completed.")
    if found.stuck:
        raise ApiError(409, "Cannot cancel a workflow run that has not been queued yet.")
    found.status, found.conclusion = "completed", "cancelled"
    return Reply(202, {})


@router.on(
    "GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", "actions/list-workflow-run-artifacts",
    "actions=read",
)  # fmt: skip
def run_artifacts(call: Call) -> Reply:
    return _artifacts(call, [a for a in call.repository.contents.artifacts if a.run_id == found_run(call).id])


@router.on("GET", "/repos/{owner}/{repo}/actions/artifacts", "actions/list-artifacts-for-repo", "actions=read")
def artifacts(call: Call) -> Reply:
    return _artifacts(call, list(call.repository.contents.artifacts))


def _artifacts(call: Call, items: list[Artifact]) -> Reply:
    """List, newest first; ``name`` matches exactly."""
    if "name" in call.query:
        items = [a for a in items if a.name == call.query["name"]]
    newest = sorted(items, key=lambda a: (a.created_at, a.id), reverse=True)
    return counted(call, "artifacts", newest, lambda a: _artifact(call.repository, a))


@router.on("GET", "/repos/{owner}/{repo}/commits/{commit_ref}/check-runs", "checks/list-for-ref", "checks=read")
def check_runs(call: Call) -> Reply:
    repository = call.with_objects()
    oid = repository.git.resolve(call.params["commit_ref"])
    if oid is None:
        raise not_found()
    found = [c for c in repository.contents.checks if c.head_oid == oid]
    if "check_name" in call.query:
        found = [c for c in found if c.name == call.query["check_name"]]
    return counted(call, "check_runs", found, lambda c: _check(repository, c))


@router.on(
    "GET", "/repos/{owner}/{repo}/actions/permissions/workflow",
    "actions/get-github-actions-default-workflow-permissions-repository", "administration=read",
)  # fmt: skip
def workflow_permissions(call: Call) -> Reply:
    repository, token = call.repository, call.actor
    if not token.may_write(repository):
        raise not_found()
    allowed = repository.actions_may_open_pulls and repository.owner.actions_may_open_pulls
    content = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": allowed}
    return Reply(200, content)
