"""The run that act executes and its jobs, listed in the sandbox as GitHub would list them.

GitHub also lists jobs that wait, are skipped or are cancelled, and act does not report those. So the caller may give
the conclusion of such a job.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from github_sandbox.act_events import Leg
from github_sandbox.act_sources import PRODUCT
from github_sandbox.model import WorkflowJob, WorkflowRun

if TYPE_CHECKING:
    from github_sandbox.model import Repository
    from github_sandbox.server import Server

RUNNER = "act"
"""The name of the runner of every job; also the value of RUNNER_NAME."""
LONGEST_NAME = 100
_OF_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*}}")


class RunJobs:
    """One attempt of one run, updated while act runs."""

    def __init__(self, repository: Repository, run: WorkflowRun, names: Names, conclusions: Mapping[str, str]) -> None:
        self._repository = repository
        self._run = run
        self._names = names
        self._conclusions = conclusions
        self._jobs: dict[int, WorkflowJob] = {}

    def update(self, leg: Leg) -> None:
        """Update the job of this leg."""
        name = self._names.of(leg)
        if name is None:
            return
        world = self._repository.world
        with world.lock:
            jobs = self._repository.contents.jobs
            if id(leg) not in self._jobs:
                # The job runs again, so it replaces the copy from the previous attempt.
                jobs[:] = [job for job in jobs if (job.run_id, job.attempt, job.name) != self._key(name)]
                now = world.clock()
                self._jobs[id(leg)] = WorkflowJob(
                    id=world.next_id(),
                    run_id=self._run.id,
                    name=name,
                    created_at=now,
                    attempt=self._run.attempt,
                    status="in_progress",
                    conclusion=None,
                    runner=RUNNER,
                )
                jobs.append(self._jobs[id(leg)])
            job = self._jobs[id(leg)]
            if leg.result and job.status != "completed":
                job.status, job.completed_at = "completed", world.clock()
                job.conclusion = self._conclusions.get(name, leg.result)

    def end(self, conclusion: str) -> None:
        """Complete the run."""
        self._run.status, self._run.conclusion = "completed", conclusion

    def _key(self, name: str) -> tuple[int, int, str]:
        return self._run.id, self._run.attempt, name


def begin_attempt(
    server: Server,
    checkout: Path,
    workflow: str,
    product: Path,
    *,
    event: str,
    run_id: int,
    number: int,
    attempt: int,
    conclusions: Mapping[str, str],
) -> RunJobs | None:
    """Start an attempt of a run in the sandbox; None: the sandbox does not hold the repository.

    A later attempt begins with a copy of each successful job under a new id, as on GitHub.
    """
    found = server.services.world.repository(_name_of(checkout))
    if found is None:
        return None
    names = Names(checkout, workflow, product)
    with found.world.lock:
        run = next((run for run in found.contents.runs if run.id == run_id), None)
        if run is None:
            run = WorkflowRun(
                id=run_id, number=number, name=names.workflow, event=event, branch=found.default_branch,
                head_oid=found.tip(found.default_branch) or "", actor=found.owner,
                created_at=found.world.clock(), path=workflow,
            )  # fmt: skip
            found.contents.runs.append(run)
        before, jobs = run.attempt, found.contents.jobs
        run.status, run.conclusion, run.attempt = "in_progress", None, attempt
        if attempt > before:
            went_well = [
                job for job in jobs if (job.run_id, job.attempt, job.conclusion) == (run_id, before, "success")
            ]
            jobs += [replace(job, id=found.world.next_id(), attempt=attempt) for job in went_well]
    return RunJobs(found, run, names, conclusions)


class Names:
    """GitHub's names of the jobs of a workflow and of the workflows it calls. act spells those names differently."""

    def __init__(self, checkout: Path, workflow: str, product: Path) -> None:
        top = _load(checkout / workflow)
        self.workflow = str(top.get("name") or Path(workflow).name)
        self._known: list[tuple[str, str, Mapping[str, Any]]] = [("", f"{self.workflow}/", top["jobs"])]
        """(prefix of GitHub's name, prefix of act's name, jobs) of each workflow."""
        for name, job in top["jobs"].items():
            if "uses" in job:
                shown, called = str(job.get("name") or name), _load(_place(job["uses"], checkout, product))
                self._known.insert(0, (f"{shown} / ", f"{shown}/{called.get('name')}/", called["jobs"]))

    def of(self, leg: Leg) -> str | None:
        """Return the job's name; None: the job calls a workflow, and GitHub lists that workflow's jobs instead."""
        for before, as_act_has_it, jobs in self._known:
            if leg.name.startswith(as_act_has_it) and leg.job in jobs and "uses" not in jobs[leg.job]:
                name = before + _name(jobs[leg.job], leg)
                return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."
        return None


def _name(job: Mapping[str, Any], leg: Leg) -> str:
    given = str(job.get("name") or leg.job)
    if "${{" in given:
        return _OF_MATRIX.sub(lambda found: str(leg.matrix.get(found[1], "")), given)
    # act sorts the values. In discover's matrices the index comes first, and the order of the others does not matter.
    values = [str(leg.matrix[key]) for key in sorted(leg.matrix, key=lambda key: (key != "index", key))]
    return f"{given} ({', '.join(values)})" if values else given


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return data


def _place(uses: str, checkout: Path, product: Path) -> Path:
    """Return the file of the called workflow: in this repository, or in the product at any ref."""
    return (
        checkout / uses[2:] if uses.startswith("./") else product / uses.removeprefix(f"{PRODUCT}/").partition("@")[0]
    )


def _name_of(checkout: Path) -> str:
    """Return `owner/name` from the remote's URL, as act does."""
    asked = ["git", "config", "--get", "remote.origin.url"]
    url = subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=False).stdout.strip()
    return url.removesuffix(".git").partition("github.com/")[2]
