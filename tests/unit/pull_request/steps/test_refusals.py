"""The price of a refused step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from action_patterns.errors import LostRaceError, NotFoundError, PermissionDeniedError, RefusedError
from action_patterns.pull_request.steps.branch import SWAPS_REFUSED, DeleteBranch, RestoreBranch, WriteBranch
from action_patterns.pull_request.steps.comments import DeleteComment
from action_patterns.pull_request.steps.issue_fields import AddAssignees, AddLabels, SetIssueFields, SetMilestone
from action_patterns.pull_request.steps.pull import MakeDraft, Reopen, SetAutoMerge, UpdatePullRequest
from action_patterns.pull_request.steps.step import RefusedForGoodError, Step
from action_patterns.pull_request.steps.target_state import TargetState

REFUSED = RefusedError("No.", remediation="Do not.")
DENIED = PermissionDeniedError("No.", remediation="Do not.")
ABSENT = NotFoundError("No.", remediation="Do not.")
WRITE = WriteBranch(
    branch="b", before="1", parents=("p",), parent_tree="t", changes=(), message="m", key="k", digest="d"
)
RESTORE = RestoreBranch(branch="b", before="1", after="2")


def state() -> TargetState:
    return TargetState(key="k")


@pytest.mark.parametrize("step", [WRITE, RESTORE], ids=["write", "restore"])
def test_a_swap_is_refused_for_good_when_the_branch_stood_still_through_several(step: Step) -> None:
    run = state()
    for _ in range(SWAPS_REFUSED - 1):
        with pytest.raises(LostRaceError):
            step.refused(REFUSED, run)
    with pytest.raises(RefusedForGoodError) as stop:
        step.refused(REFUSED, run)
    assert stop.value.reason == "branch-refused"


def test_a_branch_that_moved_between_two_refusals_is_observed_again() -> None:
    """Runs with equal content make equal commits, so the branch goes to another commit and back."""
    run = state()
    for before in ("1", "2", "1", "3", "1"):
        with pytest.raises(LostRaceError):
            replace(WRITE, before=before).refused(REFUSED, run)


@pytest.mark.parametrize("step", [WRITE, DeleteBranch("b", "1"), UpdatePullRequest((("title", "x"),))])
@pytest.mark.parametrize("error", [DENIED, ABSENT])
def test_an_answer_that_is_no_rule_against_it_stops_the_target(step: Step, error: PermissionDeniedError) -> None:
    run = state()
    with pytest.raises(type(error)):
        step.refused(error, run)
    assert run.memory.refused == ()


@pytest.mark.parametrize(
    ("step", "costs"),
    [
        (DeleteBranch("b", "1"), ("branch",)),
        (AddLabels(("x",)), ("labels",)),
        (AddAssignees(("x",)), ("assignees",)),
        (SetMilestone(3, "v1"), ("milestone:v1",)),
        (MakeDraft(), ("draft",)),
        (SetAutoMerge("squash"), ("auto-merge:squash",)),
        (SetAutoMerge(None), ()),
        (DeleteComment(3), ("comments",)),
        (UpdatePullRequest((("title", "x"),)), ("title",)),
    ],
    ids=str,
)
def test_a_refused_field_costs_that_field(step: Step, costs: tuple[str, ...]) -> None:
    run = state()
    assert list(step.refused(REFUSED, run)) == []
    assert run.memory.refused == costs


@pytest.mark.parametrize(
    ("step", "instead"),
    [
        (
            UpdatePullRequest((("title", "x"), ("body", "y"))),
            [UpdatePullRequest((("title", "x"),)), UpdatePullRequest((("body", "y"),))],
        ),
        (
            SetIssueFields(labels=("l",), assignees=("a",), milestone=3, milestone_asked_for="v1"),
            [AddLabels(("l",)), AddAssignees(("a",)), SetMilestone(3, "v1")],
        ),
        (SetIssueFields(labels=("l",), assignees=()), [AddLabels(("l",))]),
    ],
    ids=["text", "all fields", "labels"],
)
def test_what_goes_together_is_sent_one_by_one(step: Step, instead: list[Step]) -> None:
    run = state()
    assert list(step.refused(REFUSED, run)) == instead
    assert run.memory.refused == ()


@pytest.mark.parametrize(
    ("step", "reason"), [(Reopen(), "reopen-refused"), (UpdatePullRequest((("base", "x"),)), "base-refused")]
)
def test_a_step_that_all_else_depends_on_blocks_the_target(step: Step, reason: str) -> None:
    with pytest.raises(RefusedForGoodError) as stop:
        step.refused(REFUSED, state())
    assert stop.value.reason == reason


def test_a_refused_close_is_the_targets_error() -> None:
    with pytest.raises(RefusedError):
        UpdatePullRequest((("state", "closed"), ("body", "x"))).refused(REFUSED, state())
