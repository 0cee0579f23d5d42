"""Carry out a decision step by step, and say of each refusal what it costs: a field, the round, or the target."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.errors import LostRaceError, NotFoundError, PermissionDeniedError, RefusedError
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import IssueFields, Observed
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.execute.reconcile_state import ReconcileState
from action_patterns.pull_request.execute.send import RefusedForGoodError, perform
from action_patterns.pull_request.steps.steps import (
    FIELD_OF,
    AddAssignees,
    AddLabels,
    DeleteBranch,
    Reopen,
    RestoreBranch,
    SetAutoMerge,
    SetIssueFields,
    SetMilestone,
    Step,
    UpdatePullRequest,
    WriteBranch,
    fields_of,
)


def execute(decision: Decision, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    """Every step of a decision, in order.

    Raises:
        LostRaceError, AnswerLostError: read and decide again.
        RefusedForGoodError: this target does not allow it.
        ActionPatternsError: anything else that stopped it.
    """
    state.shown = decision.pull_request
    for step in decision.steps:
        before = state.writes
        _send(step, observed, github, state)
        if state.writes > before:
            state.first = state.first or decision
            # A body that is written only to remember something is no change that anybody asked for.
            state.changed.update(set(fields_of(step)) & set(decision.changed_fields))


def _send(step: Step, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    """Send one step. A field that GitHub refuses costs that field, never the pull request."""
    try:
        _send_strictly(step, observed, github, state)
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        if isinstance(step, SetIssueFields):
            _one_by_one(step, observed, github, state)
        elif isinstance(step, WriteBranch | RestoreBranch) and isinstance(error, RefusedError):
            if not state.swap_refused:
                # The branch may have gone to another commit and back while this one was on its way: look once more.
                state.swap_refused = True
                raise LostRaceError(
                    error.message, remediation=error.remediation, request_id=error.request_id
                ) from error
            raise RefusedForGoodError("branch-refused", error) from error
        elif isinstance(step, Reopen):
            raise RefusedForGoodError("reopen-refused", error) from error
        elif isinstance(step, UpdatePullRequest) and isinstance(error, RefusedError):
            _field_by_field(step, error, observed, github, state)
        elif isinstance(step, SetAutoMerge):
            # To disable what is disabled is refused too: a request that was sent twice, say.
            if step.method is not None:
                state.refuse(f"auto-merge:{step.method}")
        elif isinstance(step, SetMilestone):
            state.refuse(f"milestone:{step.asked_for}")
        elif isinstance(step, DeleteBranch) and not isinstance(error, RefusedError):
            raise  # Whether it is there could not be seen: that is no rule against deleting it.
        elif type(step) in FIELD_OF:
            state.refuse(FIELD_OF[type(step)])
        else:
            raise


def _field_by_field(
    step: UpdatePullRequest, error: RefusedError, observed: Observed, github: GitHub, state: ReconcileState
) -> None:
    """GitHub takes all of a PATCH or nothing, and one of its fields was refused."""
    names = [name for name, _ in step.fields]
    if names == ["base"]:
        raise RefusedForGoodError("base-refused", error) from error
    if "state" in names:
        raise error
    if len(names) == 1:
        state.refuse(*names)
        return
    for pair in step.fields:
        _send(UpdatePullRequest((pair,)), observed, github, state)


def _one_by_one(step: SetIssueFields, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    """One of them was refused, and GitHub does not say which."""
    if step.labels:
        _send(AddLabels(step.labels), observed, github, state)
    if step.assignees:
        _send(AddAssignees(step.assignees), observed, github, state)
    if step.milestone is not None:
        _send(SetMilestone(step.milestone, step.milestone_asked_for), observed, github, state)


def _send_strictly(step: Step, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    shown = perform(step, observed, github, state)
    state.memory = state.memory.and_body(state.key, shown.body if shown else None)
    if isinstance(shown, IssueFields):
        # It leaves out the branch tip, which is not needed: a run that moved the branch since, with another desired
        # state, goes on to write its own body. Either this answer has that body, or that run will see this write.
        shown = state.shown and replace(
            state.shown,
            title=shown.title,
            body=shown.body,
            labels=shown.labels,
            assignees=shown.assignees,
            milestone=shown.milestone,
        )
    elif shown is not None and state.pull is not None:
        state.pull = replace(state.pull, state=shown.state, draft=shown.draft)
    state.shown = shown
    state.writes += 1
