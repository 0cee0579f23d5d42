"""A pull request outside the target, or one that two repositories claim, is refused: `repository:` was forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import InputError
from support.editions import without_github
from support.report_builders import SERVER, plan
from support.report_builders import record as record_of
from support.report_stage import ReportStage

pytestmark = without_github(why="Records and their report are files.")

OTHERS = f"{SERVER}/acme/platform/pull/7"


@pytest.mark.parametrize(
    "url",
    [
        OTHERS,
        f"{SERVER}/acme/api2/pull/7",
        f"{SERVER}/acme/api/issues/7",
        f"{SERVER}/acme/api/pull/7/files",
        f"{SERVER}/acme/api/pull/0",
        "https://elsewhere.example/acme/api/pull/7",
    ],
)
def test_a_pull_request_outside_the_target_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="is not one of the target `acme/api`") as refused:
        ReportStage().record(0, pull_request_url=url)
    assert "repository: ${{ matrix.repository }}" in refused.value.remediation


def test_a_number_that_is_not_that_of_the_address_is_refused() -> None:
    stage = ReportStage()
    with pytest.raises(InputError, match="`pull-request-number` is 8"):
        stage.record(0, pull_request_url=f"{SERVER}/acme/api/pull/7", pull_request_number=8)
    assert stage.record(0, pull_request_url=f"{SERVER}/Acme/API/pull/7").pull_request_url is not None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "acme/platform", "pull_request_url": OTHERS}, "is of `acme/platform`, not of the target"),
        ({"pull_request_url": OTHERS}, "is not one of the target"),
        ({"attempt": 2}, "of another run or attempt"),
        ({"plan_id": "99-1-upsert-pr"}, "of another run or attempt"),
    ],
)
def test_a_result_of_something_else_is_refused(changes: dict[str, Any], said: str) -> None:
    values: dict[str, Any] = {"target": "acme/api", "outcome": "created", "plan_id": "1234567-1-upsert-pr"} | changes
    with pytest.raises(InputError, match=said):
        ReportStage().record(0, None, result="r.json", files={"r.json": record_of(0, **values).encode()})


def written(stage: ReportStage, index: int, target: str, url: str) -> None:
    """A record of another version, which asked no question."""
    made = record_of(index, target, "updated", pull_request_url=url)
    stage.artifacts[f"sync-records-{index}-a1"] = {f"{index}.json": made.encode().encode()}


def test_one_pull_request_of_two_repositories_is_a_success_of_neither() -> None:
    stage = ReportStage()
    for index, target in enumerate(("acme/api", "acme/web")):
        written(stage, index, target, OTHERS)
    report, finish = stage.report()
    assert [(result.outcome, result.reason) for result in report.results] == [("missing", "contradictory")] * 2
    assert finish.exit_code == 1
    assert "repository: ${{ matrix.repository }}" in report.causes[0].remediation


def test_two_parts_of_one_repository_may_share_a_pull_request() -> None:
    stage = ReportStage(plan=plan("acme/mono", "acme/mono", name="sync"))
    for index in (0, 1):
        written(stage, index, "acme/mono", f"{SERVER}/acme/mono/pull/7")
    assert stage.report()[0].verdict == "passed"
