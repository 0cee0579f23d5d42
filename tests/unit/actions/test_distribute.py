"""distribute: discover, apply and report in one step."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pydantic import SecretStr

from action_patterns import registry
from action_patterns.action.contract import Finish
from action_patterns.actions.distribute import ACTION
from action_patterns.actions.distribute.interface import DistributeInputs, DistributeOutputs
from action_patterns.contracts import RunReport
from action_patterns.errors import InputError, PermissionDeniedError
from action_patterns.ports.pull_requests import Observed
from support.fake_github import FakeGitHub, FakePullRequests
from support.fake_repository import Repository
from support.memory_ports import MemoryFiles, World

FILE = """\
name: sync
targets: {owners: [acme]}
files: [{target: ci.yml, source: files/ci.yml}]
pull-request: {title: Sync}
"""


class UnevenPulls(FakePullRequests):
    failing: tuple[str, ...] = ()
    said = "No."

    def observe(self, repository: str, **values: Any) -> Observed:
        if repository in self.failing:
            raise PermissionDeniedError(self.said, remediation="Allow it.")
        return super().observe(repository, **values)


def world(count: int = 3, *, failing: tuple[str, ...] = ()) -> World:
    github = FakeGitHub(*(Repository(f"acme/r{i}", {"README.md": b"x\n"}) for i in range(count)))
    pulls = github.pulls = UnevenPulls(github)
    pulls.failing = failing
    return World(github, MemoryFiles({"distribution.yml": FILE, "files/ci.yml": "on: push\n"}))


def run(where: World, **inputs: Any) -> tuple[Finish[DistributeOutputs], RunReport]:
    finish = ACTION.run(DistributeInputs(**({"token": SecretStr("t")} | inputs)), where.ports())
    return finish, RunReport.decode(where.files.read(finish.outputs.path).decode(), name="report")


def counts(finish: Finish[DistributeOutputs]) -> dict[str, int]:
    return {outcome: number for outcome, number in json.loads(finish.outputs.counts).items() if number}


def test_the_registry_finds_it() -> None:
    assert registry.load("distribute") is ACTION


@pytest.mark.parametrize(
    ("file", "changed", "summary"),
    [
        ("/before.json", {}, "Since run"),
        ("/before.json", {"name": "other"}, "The earlier report is another campaign's"),
        ("/before.json", {"run_id": 1234567}, "is not of an earlier run"),
        ("/absent.json", {}, "No earlier report to compare with."),
    ],
)
def test_a_run_is_compared_with_the_report_it_is_given(file: str, changed: dict[str, Any], summary: str) -> None:
    where = world(failing=("acme/r1",))
    _, before = run(where)
    earlier = before.model_copy(update={"run_id": 1234000, "run_number": 411} | changed)
    where.files.write("/before.json", earlier.encode())
    finish, report = run(where, previous=file)
    assert summary in finish.summary
    assert (report.changes is not None) == (summary == "Since run")
    if report.changes:
        assert (report.changes.still_failing, report.failing_runs) == (("acme/r1",), {"acme/r1": 2})


def test_every_target_gets_its_pull_request_and_the_report_says_so() -> None:
    where = world()
    finish, report = run(where)
    assert (finish.outputs.verdict, counts(finish), finish.exit_code) == ("passed", {"created": 3}, 0)
    assert [result.target for result in report.results] == ["acme/r0", "acme/r1", "acme/r2"]
    assert finish.outputs.artifact_name == "sync-report-a1"
    assert finish.outputs.writes == 12
    assert all(len(repository.pulls) == 1 for repository in where.github.hosted.values())
    assert len(where.files.names("/temp/action-patterns/sync-records-0-a1")) == 3


def test_a_second_run_changes_nothing() -> None:
    where = world()
    run(where)
    before = list(where.github.journal)
    finish, _ = run(where)
    assert counts(finish) == {"unchanged": 3}
    assert where.github.journal == before


@pytest.mark.parametrize(
    ("fail_on", "exit_code"), [("any", 1), ("all", 0), ("never", 0), ("threshold:1", 0), ("threshold:20%", 1)]
)
def test_a_failure_does_not_stop_the_others_and_fail_on_decides(fail_on: str, exit_code: int) -> None:
    finish, report = run(world(failing=("acme/r1",)), fail_on=fail_on)
    assert counts(finish) == {"created": 2, "failed": 1}
    assert (finish.outputs.verdict, finish.exit_code) == ("partial", exit_code)
    assert json.loads(finish.outputs.failed_targets) == ["acme/r1"]
    assert [(note.level, note.title) for note in finish.annotations] == [("error", "permission: 1 of 3 targets")]
    assert report.counts.total == 3


def test_a_secret_that_an_error_tells_is_hidden_before_anything_is_escaped_or_clipped() -> None:
    token = "ghs_0123456789_abcdefghij"
    where = world(failing=("acme/r1",))
    where.log.secrets = (token,)
    for where.github.pulls.said in (token, "x" * 490 + token):  # type: ignore[attr-defined]
        finish, report = run(where, junit="true")
        told = [finish.summary, report.encode(), *where.log.lines, *(note.message for note in finish.annotations)]
        told += [where.files.read(path).decode() for path in (finish.outputs.html, finish.outputs.junit)]
        assert not [text for text in told if "ghs" in text]


def test_junit_is_written_beside_the_report_where_it_is_asked_for() -> None:
    where = world(failing=("acme/r1",))
    finish, report = run(where, junit="true")
    folder = finish.outputs.path.removesuffix("/run-report.json")
    assert (finish.outputs.html, finish.outputs.junit) == (f"{folder}/report.html", f"{folder}/junit.xml")
    suite = ET.fromstring(where.files.read(finish.outputs.junit)).find("testsuite")
    assert suite is not None
    assert [
        (case.get("name"), [child.tag for child in case if child.tag != "system-out"])
        for case in suite.iter("testcase")
    ] == [
        ("acme/r0", []),
        ("acme/r1", ["failure"]),
        ("acme/r2", []),
    ]
    assert report.counts.failed == 1


def test_junit_is_not_written_where_nobody_asked() -> None:
    where = world()
    finish, _ = run(where)
    assert finish.outputs.junit == ""
    assert not [name for name in where.files.names("/temp/action-patterns") if name.endswith("junit.xml")]


def test_no_target_is_nothing_to_do_and_green() -> None:
    finish, _ = run(world(0))
    assert (finish.outputs.verdict, finish.exit_code, finish.outputs.failed_targets) == ("nothing-to-do", 0, "[]")


def test_a_dry_run_plans_and_writes_nothing() -> None:
    where = world()
    finish, _ = run(where, dry_run="true")
    assert (counts(finish), where.github.journal, finish.exit_code) == ({"planned": 3}, [], 0)


@pytest.mark.parametrize(
    ("file", "inputs", "said"),
    [
        (FILE, {"fail_on": "sometimes"}, "`fail-on`"),
        (FILE, {"token": None}, "There is no token"),
        (FILE, {"token": None, "job_token": SecretStr("job")}, "GITHUB_TOKEN"),
        (FILE.replace("[acme]", "[acme], visibility: public"), {"token": None, "job_token": SecretStr("job")},
         "GITHUB_TOKEN"),
        (FILE.replace("title", "titel"), {}, "titel"),
        (FILE.replace("files/ci.yml", "files/no.yml"), {}, "files/no.yml"),
        (FILE, {"distribution": "absent.yml"}, "absent.yml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_asked_of_github(file: str, inputs: dict[str, Any], said: str) -> None:
    where = world()
    where.files.files["distribution.yml"] = file.encode()
    with pytest.raises(InputError) as refused:
        run(where, **inputs)
    assert said in refused.value.message
    assert where.github.reads == 0
