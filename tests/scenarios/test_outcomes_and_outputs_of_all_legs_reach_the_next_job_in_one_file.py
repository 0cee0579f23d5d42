"""Outputs of a matrix job overwrite each other. report writes one file with the outcome and the chosen outputs of every
target: exactly one entry for each, by the newest record, with the lost legs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from action_patterns.contracts.result import ALL_OUTPUTS_CHARACTERS, MOST_OUTPUTS, OUTPUT_CHARACTERS, record_file
from action_patterns.errors import InputError
from support.editions import without_github
from support.report_builders import items_plan, plan, record
from support.report_stage import ReportStage

pytestmark = without_github(why="Records and their report are files.")

NAMES = ("b / 2", "a / 1", "acme/api")
"""In the order of the list, which is not that of the names."""


def stage() -> ReportStage:
    return ReportStage(plan=items_plan(*NAMES))


def entries(run: ReportStage, **inputs: Any) -> list[tuple[str, str, int, dict[str, str]]]:
    found = run.handed_on(**inputs).targets
    assert [each.index for each in found] == [*range(len(found))], "targets[index] is the target's entry"
    return [(each.target, each.outcome, each.attempt, dict(each.outputs)) for each in found]


@pytest.mark.parametrize("merged", [True, False])
def test_every_target_has_one_entry_in_the_order_of_the_list_and_a_lost_leg_is_missing(merged: bool) -> None:
    run = stage()
    run.record(0, None, steps="test=success", outputs="version=2.0\nurl=https://x.example/?a=b")
    run.record(2, None, steps="test=failure", outputs='{"version": "1", "count": 3, "list": ["é"]}')
    assert entries(run, merged=merged) == [
        ("b / 2", "unchanged", 1, {"version": "2.0", "url": "https://x.example/?a=b"}),
        ("a / 1", "missing", 1, {}),
        ("acme/api", "failed", 1, {"version": "1", "count": "3", "list": '["é"]'}),
    ]
    handed_on = run.handed_on()
    assert (handed_on.kind, handed_on.verdict, handed_on.plan_id) == ("item", "partial", run.plan.plan_id)


def test_a_rerun_of_one_leg_replaces_only_its_record() -> None:
    run = stage()
    for index in range(3):
        run.record(index, None, steps=f"test={'failure' if index == 1 else 'success'}", outputs=f"tried={index}")
    first = entries(run)
    run.record(1, None, steps="test=success", outputs="tried=again", attempt=2)
    again = entries(run, attempt=2)
    assert again == [first[0], ("a / 1", "unchanged", 2, {"tried": "again"}), first[2]]
    assert entries(run, attempt=2) == again, "reporting twice is safe"
    assert run.report(attempt=2)[0].verdict == "passed"


def test_outputs_of_two_jobs_are_both_there_and_the_worst_one_s_value_counts() -> None:
    run = ReportStage()
    run.record(0, "updated", job="build", name="build", outputs="version=1\nshared=build")
    run.record(0, "failed", job="test", name="test", outputs="coverage=80\nshared=test")
    run.record(1, "updated", job="build", name="build")
    run.record(1, "updated", job="test", name="test")
    (first, second) = entries(run)
    assert first == ("acme/api", "failed", 1, {"version": "1", "coverage": "80", "shared": "test"})
    assert second == ("acme/web", "updated", 1, {})


def test_the_tier_that_a_target_holds_by_is_there() -> None:
    run = stage()
    run.record(0, None, steps="build=success", tier="cached", tier_index=2)
    assert [each.tier for each in run.handed_on().targets] == ["cached", "", ""]


def test_without_a_plan_the_file_names_no_target() -> None:
    found = stage().handed_on(has_plan=False)
    assert (found.targets, found.verdict, found.plan_id) == ((), "inconclusive", None)


def test_more_outputs_than_a_job_may_have_reach_the_next_job() -> None:
    names = [f"acme/r{number:04}" for number in range(300)]
    run, outputs = ReportStage(plan=plan(*names)), {"text": "x" * OUTPUT_CHARACTERS}
    for index, name in enumerate(names):
        # As record writes it, which would read a plan of 300 targets each time.
        result = record(index, name, plan_id=run.plan.plan_id, attempt=1, outputs=outputs)
        run.artifacts[f"sync-records-{index}-a1"] = {record_file(result): result.encode().encode()}
    found = run.handed_on()
    assert [each.target for each in found.targets] == names
    assert all(each.outputs == outputs for each in found.targets)
    assert len(found.encode()) > 2**20


def test_everything_wrong_with_the_outputs_is_refused_at_once() -> None:
    outputs = {
        "2nd": "x",
        "token": f"a {ReportStage.SECRET} b",
        "long": "x" * (OUTPUT_CHARACTERS + 1),
        "bell": "\a",
        **{f"n{number}": "x" * 1_000 for number in range(MOST_OUTPUTS)},
    }
    with pytest.raises(InputError) as caught:
        stage().record(0, None, steps="test=success", outputs=json.dumps(outputs))
    said = "\n".join(problem.what for problem in caught.value.problems)
    for expected in (
        "`outputs` has the name '2nd'.",
        "The output `token` holds a secret of this run.",
        f"The output `long` has {OUTPUT_CHARACTERS + 1:,} characters",
        "The output `bell` has a control character.",
        f"`outputs` has {len(outputs)} values; a record takes {MOST_OUTPUTS}.",
        f"a record takes {ALL_OUTPUTS_CHARACTERS:,}.",
    ):
        assert expected in said
    assert ReportStage.SECRET not in said


@pytest.mark.parametrize("outputs", ["a=1\na=2", "no equals sign", "[1]", "{"])
def test_outputs_that_are_none_are_refused(outputs: str) -> None:
    with pytest.raises(InputError, match="`outputs`"):
        stage().record(0, None, steps="test=success", outputs=outputs)


def test_a_record_from_elsewhere_with_outputs_that_no_job_may_choose_costs_its_target_only() -> None:
    run = stage()
    for index in range(3):
        run.record(index, None, steps="test=success", outputs="a=1")
    name = next(iter(run.artifacts))
    ((file, content),) = run.artifacts[name].items()
    spoiled = json.loads(content) | {"outputs": {"a": "x" * (OUTPUT_CHARACTERS + 1)}}
    run.artifacts[name] = {file: json.dumps(spoiled).encode()}
    assert [outcome for _, outcome, _, _ in entries(run)] == ["missing", "unchanged", "unchanged"]
