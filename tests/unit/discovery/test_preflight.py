"""The preflight of a fleet: which target gets a job, by facts of the listing alone."""

from __future__ import annotations

import pytest

from action_patterns.contracts import PlanEntry, Target
from action_patterns.contracts.target import PERMISSIONS
from action_patterns.discovery.preflight import divided, stopped
from action_patterns.pull_request.reasons import BY_CODE
from support.report_builders import plan
from support.report_stage import ReportStage

FREE = Target(repository="acme/api", default_branch="main")


@pytest.mark.parametrize(
    ("facts", "outcome", "reason"),
    [
        ({"disabled": True}, "skipped", "disabled"),
        ({"permission": "read"}, "blocked", "read-only"),
        ({"permission": "triage"}, "blocked", "read-only"),
        ({"may_push": False}, "blocked", "branch-protected"),
        ({"disabled": True, "permission": "read", "may_push": False}, "skipped", "disabled"),
        ({"permission": "read", "may_push": False}, "blocked", "read-only"),
    ],
)
def test_a_target_that_cannot_succeed_is_stopped(facts: dict[str, object], outcome: str, reason: str) -> None:
    found = stopped(FREE.model_copy(update=facts))
    assert found is not None
    assert (found.outcome, found.reason) == (outcome, reason)
    assert found.message.startswith(BY_CODE[reason].meaning)
    assert found.remediation == BY_CODE[reason].remedy


def test_every_obstacle_is_named() -> None:
    found = stopped(FREE.model_copy(update={"permission": "read", "may_push": False}))
    assert found is not None and found.message.endswith("Also: `branch-protected`.")


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"permission": None, "may_push": None},
        {"may_push": True},
        *({"permission": each} for each in PERMISSIONS[2:]),
    ],
)
def test_what_is_not_known_stops_nothing(facts: dict[str, object]) -> None:
    assert stopped(FREE.model_copy(update=facts)) is None


def test_without_a_preflight_no_target_is_stopped() -> None:
    dead = FREE.model_copy(update={"disabled": True})
    assert divided([dead, FREE], preflight=False) == ((dead, FREE), ())
    works, stops = divided([dead, FREE], preflight=True)
    assert works == (FREE,) and [target for target, _ in stops] == [dead]


def test_facts_for_the_plan_alone_are_not_in_the_document() -> None:
    text = FREE.model_copy(update={"disabled": True, "may_push": False}).model_dump_json()
    assert "disabled" not in text and "may_push" not in text


def test_the_report_of_a_run_without_a_job_has_every_stopped_target() -> None:
    dead, locked = FREE.model_copy(update={"disabled": True}), FREE.model_copy(update={"permission": "read"})
    roster = tuple(
        PlanEntry(index=index, target=target, expected_head_oid=None, stopped=stopped(target))
        for index, target in enumerate((dead, locked.model_copy(update={"repository": "acme/web"})))
    )
    found, finish = ReportStage(plan=plan(roster=roster, name="sync")).report()
    assert [(each.target, each.outcome, each.reason) for each in found.results] == [
        ("acme/api", "skipped", "disabled"),
        ("acme/web", "blocked", "read-only"),
    ]
    assert found.verdict == "partial"
    (locked_result,) = (each for each in found.results if each.outcome == "blocked")
    assert locked_result.error is not None and locked_result.error.remediation == BY_CODE["read-only"].remedy
    assert "read-only" in finish.summary
