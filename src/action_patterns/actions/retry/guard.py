"""A breaker around the command of retry: it is asked before the command, and gets a report after it."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.action.breaking import Answer, Breaker, Settings, described
from action_patterns.action.contract import Finish
from action_patterns.actions.retry.history import History
from action_patterns.actions.retry.interface import REASONS, RetryInputs, RetryOutputs
from action_patterns.actions.retry.text import name_of
from action_patterns.escape import cell_code, code_span, inline
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.state.breaker import Result

_PROBE_SECONDS = 900.0
"""Lease of a probe without a budget."""
_REST_SECONDS = 60.0
"""Time from the end of a budget until its end is reported."""


class Guard:
    """The breaker of one step."""

    def __init__(self, inputs: RetryInputs, key: str, ports: Ports) -> None:
        self._inputs = inputs
        self._key = key
        self._ports = ports
        self._settings = Settings(
            threshold=inputs.breaker_threshold,
            open_seconds=inputs.breaker_open_seconds,
            probe_lease_seconds=max(_PROBE_SECONDS, (inputs.budget_seconds or 0.0) + _REST_SECONDS),
            on_unreadable=inputs.breaker_on_unreadable,
        )
        repository = inputs.state_repository or ports.context.repository
        self._breaker = Breaker(ports, inputs.credentials(), repository, key, self._settings, store=inputs.store)
        self._asked: Answer | None = None

    def refusal(self) -> Finish[RetryOutputs] | None:
        """Return how a step ends that may not work. None: it may."""
        answer = self._asked = self._breaker.check()
        if not answer.allowed:
            return self._skipped(answer)
        if answer.probes:
            self._ports.log.info(f"The breaker `{self._key}` is half-open, and this step is the one that probes.")
        return None

    def report(self, result: Result) -> Answer:
        """Report how the work ended."""
        assert self._asked is not None, "asked before"
        return self._breaker.report(result, self._asked.claim)

    def reported(self, ended: Finish[RetryOutputs], history: History) -> Finish[RetryOutputs]:
        """Report the end of the step, and return it with what the breaker says."""
        answer = self.report(_result(history))
        warnings = [self._breaker.warning(each) for each in (self._asked, answer) if each is not None]
        annotations = [each for each in dict.fromkeys(warnings) if each is not None]
        if answer.reason in ("opened", "reopened"):
            says = f"The breaker is open. {described(answer.record, self._settings)}"
            annotations.append(Annotation(level="warning", title=f"{answer.reason}: {self._key}", message=says))
        return replace(ended, annotations=(*ended.annotations, *annotations))

    def _skipped(self, answer: Answer) -> Finish[RetryOutputs]:
        row = next(each for each in REASONS if each.code == answer.reason)
        redact = self._ports.log.redact
        name = name_of(redact(self._inputs.run))
        sentence = answer.unreadable or described(answer.record, self._settings)
        said = "\n".join((row.meaning, redact(sentence), row.remedy))
        return Finish(
            outputs=RetryOutputs(
                attempts=0,
                class_="",
                exit_code=0,
                elapsed=0.0,
                timed_out=False,
                outcome="skipped",
                reason=answer.reason,
                outputs={},
            ),
            summary=f"### {code_span(name)}: skipped ({answer.reason})\n\n{inline(row.meaning)}\n\n"
            f"{cell_code(redact(sentence))}\n",
            annotations=(Annotation(level="warning", title=f"{answer.reason}: {name}", message=said),),
        )


def _result(history: History) -> Result:
    """Return what a history says about what the breaker protects: nothing, if no attempt began."""
    if not history.attempts:
        return "skipped"
    return "success" if history.is_done else "failure"
