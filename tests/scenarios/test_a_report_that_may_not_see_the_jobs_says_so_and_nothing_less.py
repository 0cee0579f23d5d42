"""report asks GitHub for the jobs of its run; whatever comes of that, the run is told, and in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from action_patterns.actions.report import run
from action_patterns.actions.report.gather import JOBS_SECONDS
from action_patterns.actions.report.interface import ReportInputs
from action_patterns.contracts import RunReport
from action_patterns.github_api.client import Client
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles, MemoryLog
from support.memory_processes import MemoryProcesses
from support.report_builders import plan, record
from support.stage import DyingTransport, Stage, VirtualClock, stage

SOURCE = "acme/source"
TOKEN = "ghs_of_the_job"
NAMES = [f"acme/{letter}" for letter in "abcdef"]
JOBS: list[Any] = [
    "Distribute / Discover",
    "Distribute / Apply 0",
    {"name": "Distribute / Apply 1", "conclusion": "failure"},
    {"name": "Distribute / Apply 2", "conclusion": "cancelled"},
    {"name": "Distribute / Apply 3", "conclusion": "cancelled", "runner": ""},
    {"name": "Distribute / Apply 4", "conclusion": "failure"},
    {"name": "Distribute / Report", "status": "in_progress", "conclusion": None},
]
NEEDS = '{"discover": {"result": "success"}, "apply": {"result": "failure"}}'
SAID = "The jobs of this run could not be read"


def world(permissions: Mapping[str, str] | None = None, jobs: list[Any] = JOBS) -> dict[str, Any]:
    token = {"login": "github-actions[bot]", "kind": "actions", "repositories": [SOURCE]}
    if permissions is not None:
        token["permissions"] = dict(permissions)
    return {
        "organizations": {"acme": {}},
        "tokens": {TOKEN: token},
        "repositories": [
            {
                "name": SOURCE,
                "private": True,
                "files": {"distribution.yml": "name: sync-files\n"},
                "runs": [{"jobs": jobs, "status": "in_progress", "conclusion": None}],
            }
        ],
    }


def told(
    scene: Stage, *, token: str = TOKEN, run_id: int | None = None
) -> tuple[RunReport, str, int, VirtualClock, MemoryLog]:
    """Report, summary, exit code, the time it took, and the log."""
    repository = scene.sandbox.world.repository(SOURCE)
    assert repository is not None
    known = repository.contents.runs[0].id
    context = replace(scene.context, repository=SOURCE, run_id=run_id or known, runner="GitHub Actions 1")
    clock = VirtualClock()
    roster = plan(*NAMES, plan_id=f"{context.run_id}-1-0f0f0f0f0f0f")
    records = [record(0, NAMES[0], "updated"), record(1, NAMES[1], "failed")]
    files = MemoryFiles(
        {"plan.json": roster.encode()}
        | {
            f"records/{each.index}.json": each.model_copy(update={"plan_id": roster.plan_id}).encode()
            for each in records
        }
    )

    def opened(credentials: Credentials, allowance: Allowance) -> GitHub:
        return Client(DyingTransport(context, token=credentials.token, clock=clock, allowance=allowance))

    log = MemoryLog(secrets=(TOKEN,))
    ports = Ports(
        context=context,
        github=opened,
        checkout=MemoryCheckout(),
        files=files,
        processes=MemoryProcesses(),
        machine=MemoryMachine(),
        clock=clock,
        log=log,
        random=lambda: 0.5,
    )
    inputs = ReportInputs.model_validate(
        {"plan": "plan.json", "records": "records", "needs": NEEDS, "token": token, "fail-on": "any"}
    )
    finish = run(inputs, ports)
    report = RunReport.decode(files.read(finish.outputs.path).decode(), name="run-report.json")
    assert TOKEN not in finish.summary + report.encode() + "\n".join(log.lines)
    return report, finish.summary, finish.exit_code, clock, log


def reasons(report: RunReport) -> list[str]:
    return [result.reason for result in report.results]


def test_each_leg_is_told_by_its_own_job_for_one_request() -> None:
    with stage(world()) as scene:
        report, summary, code, _, _ = told(scene)
        assert reasons(report) == [
            "content-differs",
            "branch-protected",
            "cancelled",
            "not-started",
            "lost",
            "lost",
        ]
        urls = [result.job_url for result in report.results]
        assert all(url and url.startswith(f"{report.run_url}/job/") for url in urls[:5])
        assert len(set(urls)) == 6
        assert urls[5] is None
        assert "not known whether its job ran" in report.results[5].message
        assert summary.count("([log](") == 8
        assert (scene.order(), code) == (["actions/list-jobs-for-workflow-run"], 1)


def test_of_two_campaigns_in_one_run_each_report_finds_its_own_legs() -> None:
    theirs: list[Any] = [{"name": f"Other / Apply {leg}", "conclusion": "skipped", "runner": ""} for leg in range(4)]
    reporting = {"name": "Other / Report", "status": "in_progress", "conclusion": None, "runner": "GitHub Actions 2"}
    with stage(world(jobs=[*theirs, reporting, *JOBS])) as scene:
        assert reasons(told(scene)[0])[2:] == ["cancelled", "not-started", "lost", "lost"]


REFUSALS: list[Any] = [
    pytest.param({"permissions": {"contents": "read"}}, {}, [], id="actions: read is missing"),
    pytest.param({}, {"run_id": 1}, [], id="no such run"),
    pytest.param({}, {"token": "ghs_gone"}, [], id="a token that is no more"),
    pytest.param({}, {}, [{"fault": "bad_gateway", "times": 99}], id="GitHub is down"),
    pytest.param({}, {}, [{"fault": "connection_reset", "times": 99}], id="no answer comes"),
    pytest.param({}, {}, [{"fault": "truncated_body", "times": 99}], id="answers are cut"),
    pytest.param({}, {}, [{"fault": "secondary_limit", "retry_after_seconds": 60, "times": 99}], id="a limit"),
    pytest.param({}, {}, [{"fault": "too_many", "retry_after_seconds": 7, "times": 99}], id="a limit, again and again"),
    pytest.param({}, {}, [{"fault": "server_error", "status": 200, "times": 99}], id="a page of a proxy"),
]


@pytest.mark.parametrize(("seed", "asked", "faults"), REFUSALS)
def test_what_keeps_it_from_the_jobs_costs_a_sentence(
    seed: dict[str, Any], asked: dict[str, Any], faults: list[dict[str, Any]]
) -> None:
    with stage(world(**seed), checked=not faults) as scene:
        scene.sandbox.faults.script(faults)
        report, summary, code, clock, log = told(scene, **asked)
        assert reasons(report) == ["content-differs", "branch-protected", "lost", "lost", "lost", "lost"]
        assert "GitHub gives one result for all of it" in report.results[2].message, "no more is claimed than before"
        assert all(result.job_url is None for result in report.results)
        assert (summary.count(SAID), code) == (1, 1)
        assert sum(SAID in line for line in log.lines) == 1
        assert sum(clock.slept) <= JOBS_SECONDS


def test_one_answer_that_was_lost_on_the_way_costs_nothing() -> None:
    with stage(world(), checked=False) as scene:
        scene.sandbox.faults.script([{"fault": "bad_gateway"}])
        report, summary, _, _, _ = told(scene)
        assert "cancelled" in reasons(report)
        assert SAID not in summary
