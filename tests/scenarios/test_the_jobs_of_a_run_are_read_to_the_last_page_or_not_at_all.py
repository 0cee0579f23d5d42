"""What report knows of the jobs of its own run: all of them, of every attempt, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError, UnavailableError
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.transport import Response
from action_patterns.ports.workflow_runs import Job
from support.stage import FLEET, TARGET, DyingTransport, Stage, stage

LEGS = 230
READER = {"login": "app[bot]", "kind": "installation", "permissions": {"contents": "write", "issues": "read"}}


def world(jobs: list[Any], *, private: bool = False) -> dict[str, Any]:
    repository = FLEET["repositories"][0] | {"private": private, "runs": [{"attempt": 2, "jobs": jobs}]}
    app = {"login": "app[bot]", "bot": True}
    tokens = FLEET["tokens"] | {"no-actions": READER}
    return FLEET | {"repositories": [repository], "users": [*FLEET["users"], app], "tokens": tokens}


def run_id(scene: Stage) -> int:
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    return repository.contents.runs[0].id


def read(scene: Stage, transport: DyingTransport | None = None) -> tuple[Job, ...]:
    return Client(transport or DyingTransport(scene.context)).runs.jobs(TARGET, run_id(scene))


def test_every_attempt_and_every_page() -> None:
    first = [f"call / Apply {leg}" for leg in range(LEGS)]
    again = [{"name": name, "attempt": 2} for name in first]
    with stage(world([*first, *again])) as scene:
        jobs = read(scene)
        assert [(job.name, job.attempt) for job in jobs] == [(name, n) for n in (1, 2) for name in first]
        assert (scene.reads(), scene.writes()) == (5, 0)
        assert jobs[-1].url == f"{scene.context.server_url}/{TARGET}/actions/runs/{run_id(scene)}/job/{jobs[-1].id}"


def test_a_job_that_no_runner_took_did_not_begin() -> None:
    jobs: list[Any] = [
        {"name": "done"},
        {"name": "stopped", "conclusion": "cancelled"},
        {"name": "waited", "conclusion": "cancelled", "runner": ""},
        {"name": "refused", "conclusion": "failure", "runner": ""},
        {"name": "left out", "conclusion": "skipped", "runner": ""},
        {"name": "running", "status": "in_progress", "conclusion": None, "runner": "one of ours"},
        {"name": "waiting", "status": "queued", "conclusion": None, "runner": ""},
    ]
    with stage(world(jobs)) as scene:
        found = {job.name: job for job in read(scene)}
        assert [name for name, job in found.items() if job.began] == ["done", "stopped", "running"]
        assert [(job.status, job.conclusion) for job in found.values()][-2:] == [
            ("in_progress", None),
            ("queued", None),
        ]
        assert (found["done"].runner, found["running"].runner) == ("GitHub Actions 1", "one of ours")


@pytest.mark.parametrize(
    ("fields", "began"),
    [
        ({"runner_id": 0, "runner_name": "", "steps": []}, False),
        ({"runner_id": None, "runner_name": None, "steps": None}, False),
        ({"runner_id": 7, "runner_name": None, "steps": []}, True),
        ({"runner_id": None, "runner_name": "host", "steps": []}, True),
        ({"runner_id": 0, "runner_name": "", "steps": [{"name": "Set up job"}]}, True),
    ],
)
def test_any_one_sign_of_a_runner_is_enough(fields: dict[str, Any], began: bool) -> None:
    with stage(world(["a"])) as scene:
        transport = Rewriting(scene, lambda data: data["jobs"][0].update(fields))
        assert read(scene, transport)[0].began is began


class Rewriting(DyingTransport):
    """Changes every list on its way."""

    def __init__(self, scene: Stage, change: Any) -> None:
        super().__init__(scene.context)
        self._change = change

    def exchange(self, *arguments: Any) -> Response:
        response = super().exchange(*arguments)
        self._change(response.data)
        return response


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(total_count=3),
        lambda data: data.pop("total_count"),
        lambda data: data.pop("jobs"),
        lambda data: data.update(jobs=7),
        lambda data: data.update(jobs=["a", "b"]),
        lambda data: data["jobs"][0].pop("id"),
        lambda data: data["jobs"][0].update(id=float("inf")),
        lambda data: data["jobs"][0].update(run_attempt="second"),
        lambda data: data["jobs"][0].pop("conclusion"),
    ],
)
def test_a_list_that_is_short_or_not_of_the_form_is_an_error(change: Any) -> None:
    with stage(world(["a", "b"])) as scene, pytest.raises(UnavailableError):
        read(scene, Rewriting(scene, change))


def test_a_job_listed_on_two_pages_is_one_job() -> None:
    with stage(world(["a", "b"])) as scene:
        jobs = read(scene, Rewriting(scene, lambda data: data["jobs"].append(data["jobs"][0])))
        assert [job.name for job in jobs] == ["a", "b"]


@pytest.mark.parametrize(
    ("token", "run", "error"), [("no-actions", None, PermissionDeniedError), ("tok-bot", 1, NotFoundError)]
)
def test_what_github_refuses_is_an_error_the_caller_tells(
    token: str, run: int | None, error: type[ActionPatternsError]
) -> None:
    with stage(world(["a"], private=True)) as scene:
        gateway, asked = Client(DyingTransport(scene.context, token=token)), run or run_id(scene)
        with pytest.raises(error):
            gateway.runs.jobs(TARGET, asked)
