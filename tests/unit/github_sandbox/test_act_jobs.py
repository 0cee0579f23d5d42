"""The jobs of a run under act are listed as GitHub lists them: names, attempts, conclusions that act cannot report."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from github_sandbox import Sandbox
from github_sandbox.act_events import Leg, LogParser
from github_sandbox.act_jobs import RUNNER, Names, RunJobs, begin_attempt
from github_sandbox.server import Server

TOP = """\
name: Nightly / all
on: workflow_dispatch
jobs:
  plain: {runs-on: x, steps: []}
  static: {name: Static, runs-on: x, steps: []}
  dynamic: {name: "Leg ${{ matrix.index }}: ${{matrix.repository}}", runs-on: x, steps: []}
  call: {name: Distribute it, uses: action-patterns/action-patterns/.github/workflows/called.yml@v1.2.3}
  own: {uses: ./.github/workflows/own.yml}
"""
CALLED = "name: Called\non: workflow_call\njobs:\n  apply: {name: 'Apply ${{ matrix.index }}', runs-on: x, steps: []}\n"
OWN = "on: workflow_call\nname: Own\njobs:\n  plain: {runs-on: x, steps: []}\n"
WORKFLOW = ".github/workflows/nightly.yml"


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return the checkout of a consumer, and the product's."""
    checkout, product = tmp_path / "checkout", tmp_path / "product"
    for place, files in (
        (checkout, {"nightly.yml": TOP, "own.yml": OWN, "nameless.yml": TOP.partition("\n")[2]}),
        (product, {"called.yml": CALLED}),
    ):
        (place / ".github/workflows").mkdir(parents=True)
        for name, text in files.items():
            (place / ".github/workflows" / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", checkout], check=True)
    url = "https://github.com/acme/platform"
    subprocess.run(["git", "-C", checkout, "config", "remote.origin.url", url], check=True)
    return checkout, product


@pytest.fixture
def server() -> Iterator[Server]:
    world = {"organizations": {"acme": {}}, "repositories": [{"name": "acme/platform", "files": {"a": "b"}}]}
    with Sandbox.from_seed(world).serve() as serving:
        yield serving


@pytest.mark.parametrize(
    ("leg", "name"),
    [
        (("plain", "Nightly / all/plain"), "plain"),
        (("plain", "Nightly / all/plain-2", {"os": "linux", "n": 3}), "plain (3, linux)"),
        (("static", "Nightly / all/Static-1", {"first": 5, "last": 9, "index": 0}), "Static (0, 5, 9)"),
        (("dynamic", "Nightly / all/x-1", {"index": 4, "repository": "acme/a-1"}), "Leg 4: acme/a-1"),
        (("call", "Nightly / all/Distribute it"), None),
        (("apply", "Distribute it/Called/Apply 7-1", {"index": 7}), "Distribute it / Apply 7"),
        (("plain", "own/Own/plain"), "own / plain"),
        (("dynamic", "Nightly / all/x", {"index": 0, "repository": "r" * 120}), f"Leg 0: {'r' * 90}..."),
        (("unknown", "Nightly / all/unknown"), None),
    ],
)
def test_a_job_is_called_as_github_calls_it(places: tuple[Path, Path], leg: tuple[Any, ...], name: str | None) -> None:
    checkout, product = places
    job, as_act_has_it, matrix = (*leg, {})[:3]
    assert Names(checkout, WORKFLOW, product).of(Leg(job=job, name=as_act_has_it, matrix=matrix)) == name


def test_a_workflow_without_a_name_is_called_by_its_file(places: tuple[Path, Path]) -> None:
    names = Names(places[0], ".github/workflows/nameless.yml", places[1])
    assert (names.workflow, names.of(Leg(job="plain", name="nameless.yml/plain", matrix={}))) == (
        "nameless.yml",
        "plain",
    )


def begun(server: Server, places: tuple[Path, Path], attempt: int = 1, **conclusions: str) -> RunJobs:
    by_name = {name.replace("_", " "): conclusion for name, conclusion in conclusions.items()}
    jobs = begin_attempt(
        server, places[0], WORKFLOW, places[1], event="push", run_id=7, number=3, attempt=attempt, conclusions=by_name
    )
    assert jobs is not None
    return jobs


def listed(server: Server) -> list[tuple[str, int, str, str | None]]:
    repository = server.services.world.repository("acme/platform")
    assert repository is not None
    return [(job.name, job.attempt, job.status, job.conclusion) for job in repository.contents.jobs]


def test_a_job_is_there_from_its_first_step_and_ends_as_act_says_or_as_is_given(
    server: Server, places: tuple[Path, Path]
) -> None:
    jobs = begun(server, places, plain="cancelled")
    first, second = (
        Leg(job="plain", name="Nightly / all/plain", matrix={}),
        Leg(job="static", name="Nightly / all/Static", matrix={}),
    )
    for leg in (first, first, second):
        jobs.update(leg)
    assert listed(server) == [("plain", 1, "in_progress", None), ("Static", 1, "in_progress", None)]
    first.result = second.result = "success"
    jobs.update(second)
    jobs.update(first)
    assert listed(server) == [("plain", 1, "completed", "cancelled"), ("Static", 1, "completed", "success")]
    repository = server.services.world.repository("acme/platform")
    assert repository is not None
    (run,) = repository.contents.runs
    assert (run.id, run.number, run.event, run.status, run.path) == (7, 3, "push", "in_progress", WORKFLOW)
    assert {job.runner for job in repository.contents.jobs} == {RUNNER}
    jobs.end("failure")
    assert (run.status, run.conclusion) == ("completed", "failure")


def test_a_further_attempt_holds_what_went_well_and_what_is_run_again_once(
    server: Server, places: tuple[Path, Path]
) -> None:
    jobs = begun(server, places)
    legs = [
        Leg(job="plain", name="Nightly / all/plain", matrix={}),
        Leg(job="static", name="Nightly / all/Static", matrix={}),
    ]
    again = Leg(job="static", name="Nightly / all/Static", matrix={})
    for leg, result in zip(legs, ("success", "failure"), strict=True):
        leg.result = result  # type: ignore[assignment]
        jobs.update(leg)
    second = begun(server, places, attempt=2)
    assert listed(server)[2:] == [("plain", 2, "completed", "success")]
    repository = server.services.world.repository("acme/platform")
    assert repository is not None
    assert len({job.id for job in repository.contents.jobs}) == 3
    second.update(again)
    second.update(Leg(job="plain", name="Nightly / all/plain", matrix={}))
    assert listed(server)[2:] == [("Static", 2, "in_progress", None), ("plain", 2, "in_progress", None)]
    assert listed(server)[:2] == [("plain", 1, "completed", "success"), ("Static", 1, "completed", "failure")]
    assert [run.attempt for run in repository.contents.runs] == [2]


def test_a_repository_the_sandbox_does_not_hold_has_no_attempt(server: Server, places: tuple[Path, Path]) -> None:
    subprocess.run(["git", "-C", places[0], "config", "remote.origin.url", "https://github.com/acme/no"], check=True)
    checkout, product = places
    jobs = begin_attempt(server, checkout, WORKFLOW, product, event="x", run_id=1, number=1, attempt=1, conclusions={})
    assert jobs is None


def test_a_line_tells_of_a_leg_or_of_none() -> None:
    parser = LogParser()
    assert parser.parse("no json") is None
    assert parser.parse('{"msg": "act speaking"}') is None
    assert parser.parse('{"msg": "set up", "jobID": "a", "job": "w/a ", "stepid": ["--setup-job"]}') is None
    leg = parser.parse('{"msg": "run", "jobID": "a", "job": "w/a ", "stepID": ["0"]}')
    assert leg is not None
    assert (leg.job, leg.name, leg.result) == ("a", "w/a", None)
    assert parser.parse('{"msg": "", "jobID": "a", "job": "w/a", "jobResult": "success"}') is leg
    assert leg.result == "success"
    assert parser.end().messages == ["no json", "act speaking"]
