"""discover: a complete list, or red; a matrix that is always valid; and every exclusion with its reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from action_patterns import registry
from action_patterns.action.contract import Finish
from action_patterns.actions import discover
from action_patterns.actions.discover import ACTION, MAX_OUTPUT_CHARACTERS, DiscoverInputs, DiscoverOutputs
from action_patterns.contracts import Plan
from action_patterns.errors import InputError, PermissionDeniedError
from action_patterns.limits.primary import published
from action_patterns.ports.rate_limits import Limits
from action_patterns.ports.workflow_runs import ReportArtifact
from support.fake_github import FakeGitHub
from support.fake_repository import Repository
from support.memory_ports import MemoryFiles, World
from support.report_builders import context

FILE = """\
name: sync-ci
targets: {owners: [acme]}
files: [{target: ci.yml, source: files/ci.yml}]
pull-request: {title: Sync}
"""


def world(*names: str) -> World:
    github = FakeGitHub(*(Repository(name, {"README.md": b"x\n"}) for name in names))
    return World(github, MemoryFiles({"d.yml": FILE, "files/ci.yml": "on: push\n"}))


def fleet(count: int) -> World:
    return world(*(f"acme/r{i:05}" for i in range(count)))


def run(where: World, **inputs: Any) -> Finish[DiscoverOutputs]:
    given: dict[str, Any] = {"token": SecretStr("t")}
    if not {"distribution", "owners", "repositories"} & inputs.keys():
        given["owners"] = "acme"
    return ACTION.run(DiscoverInputs(**(given | inputs)), where.ports())


def matrix(finish: Finish[DiscoverOutputs]) -> list[dict[str, Any]]:
    text = finish.outputs.matrix
    assert "\n" not in text
    (only,) = json.loads(text).items()
    assert only[0] == "include"
    assert all(isinstance(value, (str, int)) for entry in only[1] for value in entry.values())
    return list(only[1])


def plan_in(where: World, finish: Finish[DiscoverOutputs]) -> Plan:
    return Plan.decode(where.files.read(finish.outputs.path).decode(), name="plan.json")


def problems(where: World, **inputs: Any) -> list[str]:
    with pytest.raises(InputError) as refused:
        run(where, **inputs)
    assert where.github.reads == 0, "nothing is asked of GitHub before the inputs are right"
    return [problem.what for problem in refused.value.problems]


def test_the_registry_finds_it() -> None:
    assert registry.load("discover") is ACTION


def test_a_few_targets_are_named_in_the_matrix() -> None:
    where = fleet(3)
    finish = run(where)
    assert matrix(finish)[1] == {
        "index": 1,
        "repository": "acme/r00001",
        "owner": "acme",
        "name": "r00001",
        "default-branch": "main",
    }
    outputs = finish.outputs
    assert (outputs.count, outputs.has_targets, outputs.visible) == (3, True, 3)
    assert json.loads(outputs.targets) == ["acme/r00000", "acme/r00001", "acme/r00002"]
    assert outputs.artifact_name == "targets-plan-a1"
    assert outputs.path == "/temp/action-patterns/targets-plan-a1/plan.json"
    assert outputs.digest == plan_in(where, finish).digest()
    assert finish.exit_code == 0


def test_no_target_is_green_with_an_empty_matrix_and_a_note() -> None:
    finish = run(world())
    assert matrix(finish) == []
    assert (finish.outputs.count, finish.outputs.has_targets, finish.outputs.targets) == (0, False, "[]")
    assert [(note.level, note.title) for note in finish.annotations] == [("notice", "Nothing to do")]
    assert finish.exit_code == 0


@pytest.mark.parametrize(
    ("count", "per_job", "legs"),
    [(256, 0, 256), (257, 0, 256), (300, 0, 256), (1025, 0, 256), (300, 50, 6), (3, 2, 2), (3, 1, 3)],
)
def test_many_targets_are_packed_into_at_most_256_legs_with_an_exact_union(count: int, per_job: int, legs: int) -> None:
    finish = run(fleet(count), targets_per_job=per_job)
    entries = matrix(finish)
    assert [entry["index"] for entry in entries] == list(range(legs))
    if per_job or count > 256:
        assert all(set(entry) == {"index", "first", "last"} for entry in entries)
        covered = [index for entry in entries for index in range(entry["first"], entry["last"] + 1)]
    else:
        covered = [entry["index"] for entry in entries]
    assert covered == list(range(count))


def test_a_packed_matrix_holds_integers_only_so_that_no_masked_value_can_empty_it() -> None:
    assert all(isinstance(value, int) for entry in matrix(run(fleet(3), targets_per_job=1)) for value in entry.values())


@pytest.mark.parametrize("name", ["it's", 'say-"hi"', "$(touch x)", "`id`", "${{ github.token }}", "a\nb", "é"])
def test_a_hostile_name_stays_inert(name: str) -> None:
    finish = run(world(f"acme/{name}"))
    assert matrix(finish)[0]["name"] == name
    assert json.loads(finish.outputs.targets) == [f"acme/{name}"]
    assert "\n" not in finish.outputs.targets


def test_a_list_that_is_too_long_for_an_output_is_left_to_the_plan_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_OUTPUT_CHARACTERS == 200_000
    monkeypatch.setattr(discover, "MAX_OUTPUT_CHARACTERS", 1_400)  # a list of 200,000 characters takes its time
    count = 102
    assert run(fleet(count - 3)).outputs.targets != ""
    where = fleet(count)
    finish = run(where)
    assert finish.outputs.targets == ""
    assert len(plan_in(where, finish).roster) == count
    assert any("the plan has them" in line for line in where.log.lines)


def test_each_exclusion_is_counted_and_listed() -> None:
    where = world("acme/api", "acme/old", "acme/fork")
    where.github.hosted["acme/old"].archived = True
    where.github.hosted["acme/fork"].fork = True
    finish = run(where)
    assert json.loads(finish.outputs.excluded) == {"archived": 1, "fork": 1}
    assert finish.summary.startswith("### 1 target of 3 repositories visible to this token")
    assert "`archived`" in finish.summary
    assert finish.annotations == ()


def test_named_repositories_that_are_not_found_are_a_warning_that_names_them() -> None:
    finish = run(world("acme/api"), repositories="acme/api, acme/absent\nacme/lost")
    (warning,) = finish.annotations
    assert (warning.level, warning.title) == ("warning", "Repositories not found")
    assert "acme/absent" in warning.message
    assert "acme/lost" in warning.message
    assert json.loads(finish.outputs.excluded) == {}
    assert (finish.outputs.count, json.loads(finish.outputs.targets)) == (1, ["acme/api"])
    assert "Named and not found, so they fail in the report (2): `acme/absent`, `acme/lost`" in finish.summary


def test_named_repositories_that_are_not_found_are_in_the_roster_and_in_no_leg() -> None:
    where = world("acme/api", "acme/web")
    finish = run(where, repositories="acme/absent, acme/api\nACME/Absent, acme/web", targets_per_job=9)
    plan = plan_in(where, finish)
    assert [(e.index, e.target.repository, e.error and e.error.category) for e in plan.roster] == [
        (0, "acme/api", None),
        (1, "acme/web", None),
        (2, "acme/absent", "not-found"),
    ]
    assert matrix(finish) == [{"index": 0, "first": 0, "last": 1}]
    assert plan.budget.requests_needed == 14


def test_a_selection_of_which_nothing_is_found_has_no_job_and_is_not_nothing_to_do() -> None:
    where = world()
    finish = run(where, repositories="acme/absent")
    assert (matrix(finish), finish.outputs.has_targets, finish.outputs.count) == ([], False, 0)
    assert [note.title for note in finish.annotations] == ["Repositories not found"]
    assert len(plan_in(where, finish).roster) == 1


NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_budget_that_does_not_fit_is_a_warning() -> None:
    where = fleet(3)
    where.github.limit = Limits((published("core", 20, NOON),), NOON)
    (warning,) = run(where).annotations
    assert warning.title == "Rate limit"
    assert "21 requests" in warning.message
    where.github.limit = None
    assert run(where).annotations == ()


def test_a_distribution_file_gives_name_targets_and_content() -> None:
    where = fleet(2)
    finish = run(where, distribution="d.yml")
    assert finish.outputs.artifact_name == "sync-ci-plan-a1"
    assert plan_in(where, finish).content_digest
    assert finish.outputs.count == 2
    assert run(fleet(2), distribution="d.yml", name="sync-ci").outputs.digest


def test_a_name_that_is_not_the_files_is_refused() -> None:
    (found,) = problems(fleet(1), distribution="d.yml", name="other")
    assert "`name` is 'other'" in found
    assert "'sync-ci'" in found


def test_contradictory_inputs_are_all_said_at_once() -> None:
    found = problems(
        fleet(1),
        distribution="d.yml",
        name="Not Plain",
        owners="acme",
        repositories="acme/api",
        topics="go",
        include="a*",
        exclude="b*",
        visibility="public",
        forks="true",
    )
    assert len(found) == 2
    for name in ("owners", "repositories", "topics", "include", "exclude", "visibility", "forks"):
        assert f"`{name}`" in found[0]
    assert "'Not Plain'" in found[1]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"owners": ""}, "name at least one owner"),
        ({"owners": "", "items": ""}, "`components` or `items`"),
        ({"repositories": "Acme"}, "'Acme' is not of the form owner/name"),
        ({"name": "../x"}, "`name` is '../x'"),
    ],
)
def test_a_selection_that_means_nothing_is_refused(inputs: dict[str, str], said: str) -> None:
    (found,) = problems(fleet(1), **inputs)
    assert said in found


def test_without_a_token_nothing_is_asked() -> None:
    (found,) = problems(fleet(1), token=None)
    assert "There is no token" in found


def test_the_jobs_own_token_is_used_when_none_is_given_and_reaches_what_is_public() -> None:
    where = fleet(1)
    run(where, token=None, job_token=SecretStr("job"), owners="acme", visibility="public")
    assert where.tokens == ["job", "job"]  # the second looks for the previous report


def test_the_jobs_own_token_does_not_reach_others() -> None:
    (found,) = problems(fleet(1), token=None, job_token=SecretStr("job"))
    assert "GITHUB_TOKEN" in found


def test_the_previous_report_is_looked_for_with_the_jobs_own_token() -> None:
    where = fleet(1)
    where.github.runs.found = ReportArtifact(411, "targets-report-a2")
    finish = run(where, job_token=SecretStr("job"))
    assert where.tokens == ["t", "job"]
    assert where.github.runs.asked == [("acme/platform", 1234567, "targets")]
    assert (finish.outputs.previous_run_id, finish.outputs.previous_artifact) == ("411", "targets-report-a2")


@pytest.mark.parametrize("error", [None, PermissionDeniedError("No.", remediation="Grant it.")])
def test_no_previous_report_is_one_line_and_never_a_failure(error: PermissionDeniedError | None) -> None:
    where = fleet(1)
    where.github.runs.error = error
    finish = run(where, job_token=SecretStr("job"))
    assert (finish.exit_code, finish.annotations) == (0, ())
    assert (finish.outputs.previous_run_id, finish.outputs.previous_artifact) == ("", "")
    assert len([line for line in where.log.lines if "No earlier report" in line]) == 1


def test_a_second_run_gives_the_same_plan_and_the_next_attempt_another_artifact() -> None:
    where = fleet(3)
    assert run(where).outputs == run(where).outputs
    where.context = context(run_attempt=2)
    assert run(where).outputs.artifact_name == "targets-plan-a2"


@pytest.mark.parametrize("targets_per_job", [-1, "x"])
def test_a_size_that_is_none_is_refused(targets_per_job: object) -> None:
    with pytest.raises(ValueError, match="targets"):
        DiscoverInputs(owners="acme", targets_per_job=targets_per_job)
