"""The end of retry: outputs and exit code. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from action_patterns.action.command_outputs import without_secrets
from action_patterns.action.contract import Finish
from action_patterns.actions.retry.history import History
from action_patterns.actions.retry.interface import RetryInputs, RetryOutputs

Redact = Callable[[str], str]


def finish(inputs: RetryInputs, history: History, redact: Redact) -> Finish[RetryOutputs]:
    """Return how the step ends. A first attempt that succeeded and left nothing behind has nothing to say."""
    counts = history.publishable
    outputs, secret = without_secrets(counts.files.outputs if counts else {}, redact)
    ending = Finish(
        outputs=RetryOutputs(
            attempts=len(history.attempts),
            class_=history.failure.failure_class if history.failure else "",
            exit_code=history.exit_code,
            elapsed=round(history.seconds, 1),
            timed_out=not history.is_done and history.last is not None and history.last.timed_out,
            outcome="succeeded" if history.is_done else "failed",
            reason=history.reason,
            outputs=outputs,
        ),
        exit_code=history.exit_code,
    )
    if history.reason == "succeeded" and not secret and not (history.last and history.last.background):
        return ending
    from action_patterns.actions.retry import text  # for the steps that have something to say

    name = text.name_of(redact(inputs.run))
    annotations = text.annotations_of(name, history, secret)
    return replace(
        ending,
        summary=text.summary(name, history),
        annotations=tuple(replace(each, message=redact(each.message)) for each in annotations),
    )
