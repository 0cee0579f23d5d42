"""The jobs of a workflow run."""

from __future__ import annotations

from github_sandbox.clock import stamp
from github_sandbox.model import Repository, WorkflowJob, WorkflowRun
from github_sandbox.node_ids import encode
from github_sandbox.rest import git_shapes
from github_sandbox.rest.actions_runs import counted, found_run
from github_sandbox.rest.routing import Call, Reply, router
from github_sandbox.rest.shapes import Shape

RUNNER_GROUP = "GitHub Actions"


@router.on(
    "GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs", "actions/list-jobs-for-workflow-run", "actions=read"
)
def jobs(call: Call) -> Reply:
    """List, oldest attempt first; without ``filter=all`` only the run's newest attempt."""
    repository, run = call.repository, found_run(call)
    found = [job for job in repository.contents.jobs if job.run_id == run.id]
    if call.query.get("filter", "latest") != "all":
        found = [job for job in found if job.attempt == run.attempt]
    return counted(
        call, "jobs", sorted(found, key=lambda job: (job.attempt, job.id)), lambda job: _job(repository, run, job)
    )


def _job(repository: Repository, run: WorkflowRun, job: WorkflowJob) -> Shape:
    api, page = git_shapes.api(repository), git_shapes.html(repository)
    ended = job.completed_at or job.created_at
    return {
        "id": job.id,
        "run_id": run.id,
        "workflow_name": run.name,
        "head_branch": run.branch,
        "run_url": f"{api}/actions/runs/{run.id}",
        "run_attempt": job.attempt,
        "node_id": encode("CR", job.id),
        "head_sha": run.head_oid,
        "url": f"{api}/actions/jobs/{job.id}",
        "html_url": f"{page}/actions/runs/{run.id}/job/{job.id}",
        "status": job.status,
        "conclusion": job.conclusion if job.status == "completed" else None,
        "created_at": stamp(job.created_at),
        "started_at": stamp(job.started_at or job.created_at),
        "completed_at": stamp(ended) if job.status == "completed" else None,
        "name": job.name,
        "steps": _steps(job),
        "check_run_url": f"{api}/check-runs/{job.id}",
        "labels": list(job.labels),
        **_runner(job),
    }


def _runner(job: WorkflowJob) -> Shape:
    """Return the runner's fields. A job that ended before a runner took it has the number 0; a skipped job has null."""
    if job.runner:
        return {"runner_id": 1, "runner_name": job.runner, "runner_group_id": 0, "runner_group_name": RUNNER_GROUP}
    if job.status == "completed" and job.conclusion != "skipped":
        return {"runner_id": 0, "runner_name": "", "runner_group_id": 0, "runner_group_name": ""}
    return {"runner_id": None, "runner_name": None, "runner_group_id": None, "runner_group_name": None}


def _steps(job: WorkflowJob) -> list[Shape]:
    """Return the first and the last step, which every job has that a runner took."""
    if not job.runner:
        return []
    began = stamp(job.started_at or job.created_at)
    steps: list[Shape] = [
        {"name": "Set up job", "status": "completed", "conclusion": "success", "number": 1, "started_at": began,
         "completed_at": began}
    ]  # fmt: skip
    if job.status == "completed":
        ended = stamp(job.completed_at or job.created_at)
        steps.append(
            {"name": "Complete job", "status": "completed", "conclusion": "success", "number": 2, "started_at": ended,
             "completed_at": ended}
        )  # fmt: skip
    return steps
