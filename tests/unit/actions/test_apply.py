"""apply: one leg of a plan, exactly what was planned, one record each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from action_patterns import registry
from action_patterns.action.contract import Finish
from action_patterns.actions import discover
from action_patterns.actions.apply import ACTION, ApplyInputs, ApplyOutputs, decide, validate
from action_patterns.actions.discover import DiscoverInputs
from action_patterns.contracts import ErrorRecord, Plan, TargetResult
from action_patterns.discovery.select import NOT_FOUND
from action_patterns.errors import InputError, PermissionDeniedError, RateLimitedError
from action_patterns.ports.pull_requests import Observed
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render.annotations import annotate, annotate_results
from support.fake_github import FakeGitHub, FakePullRequests
from support.fake_repository import Repository
from support.memory_ports import MemoryFiles, World
from support.report_builders import context, plan, record

FILE = """\
name: sync
targets: {owners: [acme]}
files: [{target: ci.yml, source: files/ci.yml}]
pull-request: {title: Sync}
"""


class UnevenPulls(FakePullRequests):
    """Pull requests of which GitHub answers some with an error."""

    errors: Mapping[str, Exception] = {}

    def observe(self, repository: str, **values: Any) -> Observed:
        if error := self.errors.get(repository):
            raise error
        return super().observe(repository, **values)


def planned(count: int = 4, **inputs: Any) -> tuple[World, str, str]:
    """A world in which discover has run; the plan's path and digest."""
    github = FakeGitHub(*(Repository(f"acme/r{i}", {"README.md": b"x\n"}) for i in range(count)))
    github.pulls = UnevenPulls(github)
    where = World(github, MemoryFiles({"distribution.yml": FILE, "files/ci.yml": "on: push\n"}))
    given: dict[str, Any] = {"distribution": "distribution.yml", "token": SecretStr("t")} | inputs
    found = discover.run(DiscoverInputs(**given), where.ports()).outputs
    where.github.reads = 0
    return where, found.path, found.digest


def run(where: World, plan: str, digest: str | None, **inputs: Any) -> Finish[ApplyOutputs]:
    given: dict[str, Any] = {"plan": plan, "plan_digest": digest, "index": 0, "token": SecretStr("t")}
    return ACTION.run(ApplyInputs(**(given | inputs)), where.ports())


def records(where: World, finish: Finish[ApplyOutputs]) -> list[TargetResult]:
    return [
        TargetResult.decode(where.files.read(name).decode(), name=name)
        for name in where.files.names(finish.outputs.path)
    ]


def refused(where: World, *given: Any, **inputs: Any) -> str:
    with pytest.raises(InputError) as error:
        run(where, *given, **inputs)
    assert where.github.reads == 0
    assert where.github.journal == []
    return error.value.message


def test_the_registry_finds_it() -> None:
    assert registry.load("apply") is ACTION


@pytest.mark.parametrize(
    ("inputs", "indices"),
    [
        ({"index": 0}, [0]),
        ({"index": 3}, [3]),
        ({"index": 1, "first": 2, "last": 3}, [2, 3]),
        ({"index": 1, "first": 2}, [2]),
        ({"index": 0, "first": 0, "last": 3}, [0, 1, 2, 3]),
    ],
)
def test_a_leg_takes_its_targets_and_writes_one_record_each(inputs: dict[str, int], indices: list[int]) -> None:
    where, path, digest = planned()
    finish = run(where, path, digest, **inputs)
    written = records(where, finish)
    assert [(r.index, r.target, r.outcome) for r in written] == [(i, f"acme/r{i}", "created") for i in indices]
    assert finish.outputs.artifact_name == f"sync-records-{inputs['index']}-a1"
    assert finish.outputs.path == f"/temp/action-patterns/sync-records-{inputs['index']}-a1"
    assert (finish.outputs.failed_count, finish.exit_code) == (0, 0)
    assert len({r.plan_id for r in written}) == 1


def test_legs_at_the_same_time_share_the_pace_and_take_turns() -> None:
    where, path, digest = planned()
    for index in (0, 2, 3):
        run(where, path, digest, index=index, max_parallel=3)
    run(where, path, digest, index=3)
    spacing = where.context.write_spacing_seconds
    found = [(each.share, each.phase_seconds) for each in where.allowances[1:]]
    assert found == [(1 / 3, 0.0), (1 / 3, 2 * spacing), (1 / 3, 0.0), (1.0, 0.0)]
    assert spacing > 0


def test_a_rerun_of_a_leg_is_unchanged_and_its_records_are_those_of_its_attempt() -> None:
    where, path, digest = planned()
    run(where, path, digest, first=0, last=3)
    where.context = replace(where.context, run_attempt=2)
    finish = run(where, path, digest, first=0, last=3)
    assert finish.outputs.artifact_name == "sync-records-0-a2"
    assert {(r.outcome, r.attempt) for r in records(where, finish)} == {("unchanged", 2)}


@pytest.mark.parametrize(
    "inputs", [{"index": 4}, {"index": 0, "first": 2, "last": 1}, {"index": 0, "first": 0, "last": 4}]
)
def test_a_range_that_is_no_part_of_the_roster_is_refused(inputs: dict[str, int]) -> None:
    where, path, digest = planned()
    assert "no part of a roster of 4 targets" in refused(where, path, digest, **inputs)


@pytest.mark.parametrize("field", ["index", "first", "last"])
def test_a_negative_number_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        ApplyInputs(**({"plan": "p", "index": 0} | {field: -1}))


def test_another_plan_is_refused() -> None:
    where, path, _ = planned()
    assert "another run's or attempt's plan" in refused(where, path, "0" * 64)


@pytest.mark.parametrize(
    ("file", "text"),
    [("files/ci.yml", "on: pull_request\n"), ("distribution.yml", FILE.replace("title: Sync", "title: Other"))],
)
def test_content_that_is_not_what_was_planned_is_refused(file: str, text: str) -> None:
    where, path, digest = planned()
    where.files.files[file] = text.encode()
    assert "not what the plan was made of" in refused(where, path, digest)


def test_githubs_own_token_is_refused_even_where_it_could_discover() -> None:
    where, path, digest = planned()
    public = FILE.replace("[acme]", "[acme], visibility: public")
    where.files.files["distribution.yml"] = public.encode()
    assert "GITHUB_TOKEN" in refused(where, path, digest, token=None, job_token=SecretStr("job"))


def test_a_policy_that_is_none_is_refused() -> None:
    where, path, digest = planned()
    assert "`fail-on` is 'sometimes'" in refused(where, path, digest, fail_on="sometimes")


@pytest.mark.parametrize(("fail_on", "exit_code"), [("any", 1), ("never", 0), ("all", 0), ("threshold:50%", 0)])
def test_a_leg_with_a_failure_finishes_the_others_and_is_red_under_any_only(fail_on: str, exit_code: int) -> None:
    where, path, digest = planned()
    assert isinstance(where.github.pulls, UnevenPulls)
    where.github.pulls.errors = {"acme/r1": PermissionDeniedError("No.", remediation="Allow it.")}
    finish = run(where, path, digest, first=0, last=3, fail_on=fail_on)
    assert [r.outcome for r in records(where, finish)] == ["created", "failed", "created", "created"]
    assert (finish.outputs.failed_count, finish.exit_code) == (1, exit_code)
    (note,) = finish.annotations
    assert (note.level, note.title) == ("error", "permission: 1 of 4 targets")
    assert "acme/r1: No." in note.message


def test_a_limit_is_deferred_and_green() -> None:
    where, path, digest = planned()
    assert isinstance(where.github.pulls, UnevenPulls)
    where.github.pulls.errors = {"acme/r1": RateLimitedError("Later.", remediation="Wait.")}
    finish = run(where, path, digest, first=0, last=3)
    assert [r.outcome for r in records(where, finish)] == ["created", "deferred", "created", "created"]
    (note,) = finish.annotations
    assert (finish.exit_code, note.level, note.title) == (0, "warning", "rate-limit: 1 of 4 targets")


def test_a_leg_never_reaches_a_target_that_was_not_found() -> None:
    where, path, _ = planned(2)
    made = Plan.decode(where.files.read(path).decode(), name=path)
    absent = made.roster[1].model_copy(update={"error": NOT_FOUND})
    where.files.write(path, made.model_copy(update={"roster": (made.roster[0], absent)}).encode())
    assert "roster of 1 target to work on" in refused(where, path, None, index=1)
    assert len(records(where, run(where, path, None, index=0))) == 1


def test_progress_is_one_line_a_target() -> None:
    where, path, digest = planned(2)
    run(where, path, digest, first=0, last=1)
    assert len(where.log.lines) == 2
    assert where.log.lines[-1].startswith("[2/2] acme/r")
    assert where.log.lines[-1].endswith(": created (opened) #1")


def test_a_dry_run_records_what_would_be_sent() -> None:
    where, path, digest = planned()
    finish = run(where, path, digest, dry_run="true")
    (result,) = records(where, finish)
    assert (result.outcome, where.github.journal, finish.outputs.writes) == ("planned", [], 0)
    assert result.planned_requests


@pytest.mark.parametrize("count", [1, 8, 40])
def test_a_leg_is_annotated_as_its_report_is(count: int) -> None:
    results = [
        *(record(i, f"acme/r{i}", "failed", reason=f"cause-{i % 20}") for i in range(count)),
        record(count, f"acme/r{count}", "deferred", reason="rate-limit"),
    ]
    report = aggregate(plan(*(result.target for result in results)), results, context())
    assert annotate_results(results) == annotate(report, "")
    assert len(annotate_results(results)) <= 10


def test_an_annotation_is_clipped() -> None:
    error = ErrorRecord(category="defect", message="m" * 9_000, remediation="r" * 9_000, retryable=False)
    (annotation,) = annotate_results([record(0, "acme/r0", "failed", reason="c" * 9_000, error=error)])
    assert len(annotation.title + annotation.message) < 1_500


def test_no_failure_is_no_annotation() -> None:
    assert annotate_results([]) == ()
    assert context().run_attempt == 2


@pytest.mark.parametrize(
    ("given", "indices"),
    [
        ({"index": 2}, [2]),
        ({"index": 0, "first": 1}, [1]),
        ({"index": 0, "last": 2}, [0, 1, 2]),
        ({"index": 9, "first": 1, "last": 3}, [1, 2, 3]),
        ({"index": 9, "first": 3, "last": 3}, [3]),
    ],
)
def test_a_leg_has_the_targets_from_first_to_last(given: dict[str, int], indices: list[int]) -> None:
    inputs, found = ApplyInputs(plan="p", **given), plan(*(f"acme/r{i}" for i in range(4)))
    validate(inputs, found)
    assert [entry.index for entry in decide(inputs, found)] == indices


@pytest.mark.parametrize("given", [{"index": 4}, {"index": 0, "first": 2, "last": 1}, {"index": 0, "last": 4}])
def test_a_leg_beyond_the_roster_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(InputError, match="no part of a roster of 4 targets"):
        validate(ApplyInputs(plan="p", **given), plan(*(f"acme/r{i}" for i in range(4))))
