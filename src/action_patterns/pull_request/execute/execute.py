"""Send the steps of a decision in order. A step says what its refusal costs."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.errors import NotFoundError, PermissionDeniedError, RefusedError
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import IssueFields, Observed
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.execute.reconcile_state import ReconcileState
from action_patterns.pull_request.steps.step import Step


def execute(decision: Decision, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    """Send every step of a decision.

    Raises:
        LostRaceError, AnswerLostError: observe and decide again.
        RefusedForGoodError: this target does not allow it.
        ActionPatternsError: any other error that stopped it.
    """
    state.shown = decision.pull_request
    for step in decision.steps:
        before = state.writes
        _send(step, observed, github, state)
        if state.writes > before:
            state.first = state.first or decision
            # A body that is written only to remember something is not a change that the caller asked for.
            state.changed.update(set(step.fields_changed) & set(decision.changed_fields))


def _send(step: Step, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    try:
        _send_strictly(step, observed, github, state)
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        for instead in step.refused(error, state):
            _send(instead, observed, github, state)


def _send_strictly(step: Step, observed: Observed, github: GitHub, state: ReconcileState) -> None:
    shown = step.send(github, observed, state)
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
