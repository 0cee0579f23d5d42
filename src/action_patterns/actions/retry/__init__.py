"""retry: a command that may fail, with further attempts where they can help."""

from __future__ import annotations

from math import inf

from action_patterns.action.command_outputs import refusals
from action_patterns.action.contract import Action, Finish
from action_patterns.actions.retry.decide import LEAST_SECONDS, Facts, decide, limits
from action_patterns.actions.retry.ending import finish
from action_patterns.actions.retry.history import Attempt, History
from action_patterns.actions.retry.interface import REASONS, RetryInputs, RetryOutputs
from action_patterns.actions.retry.validate import Conditions, validate
from action_patterns.ports.bundle import Ports
from action_patterns.ports.processes import Command, Ended
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.workflow_runs import WorkflowRuns
from action_patterns.resilience.failed_command import Failure, classes_of


def run(inputs: RetryInputs, ports: Ports) -> Finish[RetryOutputs]:
    """Run the command until an attempt succeeds, the probe finds it done, or a further attempt cannot help.

    Raises:
        InputError: everything that is wrong with the inputs. No command ran.
    """
    conditions = validate(inputs)
    if inputs.attempts == 1 and conditions.retry_on:
        ports.log.info("`retry-on` has no effect with `attempts: 1`: no failure is retried.")
    if inputs.breaker is None:
        return _end(inputs, apply(inputs, conditions, ports), ports)
    from action_patterns.actions.retry.guard import Guard  # for the steps behind a breaker

    guard = Guard(inputs, inputs.breaker, ports)
    if (refused := guard.refusal()) is not None:
        return refused
    try:
        history = apply(inputs, conditions, ports)
    except Exception:
        guard.report("skipped")
        raise
    ended = _end(inputs, history, ports)
    return guard.reported(ended, history)


def _end(inputs: RetryInputs, history: History, ports: Ports) -> Finish[RetryOutputs]:
    """Pass on what the command that counts wrote, and return how the step ends."""
    if (counts := history.publishable) is not None:
        ports.processes.publish(counts.files)
    return finish(inputs, history, ports.log.redact)


def apply(inputs: RetryInputs, conditions: Conditions, ports: Ports) -> History:
    """Run attempts, probes and waits. If the step is cancelled, the port ends the command and raises."""
    work = _Work(inputs, ports)
    history = History()
    # A re-run job may meet work that its earlier attempt has done.
    if ports.context.run_attempt > 1:
        history = work.probe(history)
    while not history.reason:
        number = len(history.attempts) + 1
        command = work.command(inputs.run)
        ended = ports.processes.run(command)
        failure = work.failure(ended)
        decision = decide(work.facts(command, ended, failure, number, conditions))
        attempt = Attempt(ended=ended, failure=failure, decision=decision)
        history = history._replace(attempts=(*history.attempts, attempt), reason=decision.reason)
        if decision.step == "wait":
            from action_patterns.actions.retry.text import waiting  # for the steps that wait

            ports.log.info(waiting(attempt, number, inputs.attempts))
            ports.clock.sleep(decision.wait_seconds)
            history = work.probe(history)
    return history._replace(seconds=work.seconds())


class _Work:
    """The commands of one step, within its budget."""

    def __init__(self, inputs: RetryInputs, ports: Ports) -> None:
        self._inputs = inputs
        self._ports = ports
        self._began = ports.clock.monotonic()

    def seconds(self) -> float:
        """Return the time since the start."""
        return self._ports.clock.monotonic() - self._began

    def left(self) -> float:
        """Return the rest of the budget; infinite without one."""
        budget = self._inputs.budget_seconds
        return inf if budget is None else budget - self.seconds()

    def command(self, script: str) -> Command:
        """Return lines of bash with the time of an attempt, within the rest of the budget."""
        inputs = self._inputs
        timeout, grace = limits(inputs.timeout_seconds, self.left(), inputs.grace_seconds)
        return Command(
            script=script,
            nounset=inputs.nounset,
            working_directory=inputs.working_directory,
            timeout_seconds=timeout,
            grace_seconds=grace,
            keep_background=inputs.keep_background,
        )

    def failure(self, ended: Ended) -> Failure | None:
        """Return how a command failed. None: it succeeded."""
        if ended.exit_code == 0 and not ended.timed_out:
            return None
        from action_patterns.resilience.classify import classify  # for the steps that fail

        return classify(
            ended.exit_code,
            self._ports.log.redact(ended.output),
            now=self._ports.clock.now().timestamp(),
            timed_out=ended.timed_out,
            script=self._inputs.run,
        )

    def probe(self, history: History) -> History:
        """Return the history with a reason, if the probe or the time after it ends the work."""
        if self._inputs.probe is not None:
            ended = self._ports.processes.run(self.command(self._inputs.probe))
            if reason := _answer(ended):
                return history._replace(reason=reason, probe=ended)
        return history if self.left() >= LEAST_SECONDS else history._replace(reason="budget-exhausted")

    def facts(
        self, command: Command, ended: Ended, failure: Failure | None, number: int, conditions: Conditions
    ) -> Facts:
        """Return what the decision after an attempt needs."""
        return Facts(
            ended=ended,
            failure=failure,
            refused=refusals(ended.files),
            cut=command.timeout_seconds != self._inputs.timeout_seconds,
            attempt=number,
            attempts=self._inputs.attempts,
            conditions=conditions,
            delay_seconds=self._inputs.delay_seconds,
            max_delay_seconds=self._inputs.max_delay_seconds,
            seconds_left=self.left(),
            now=self._ports.clock.now().timestamp(),
            random=self._ports.random(),
        )


def _answer(ended: Ended) -> str:
    """Return the reason that a probe gives to end the work. Empty: the work is not done."""
    if ended.survivors:
        return "survivors"
    if ended.timed_out or classes_of(ended.exit_code) is not None:
        return "probe-failed"
    if ended.exit_code:
        return ""
    return "files-refused" if refusals(ended.files) else "probe-done"


ACTION = Action(
    name="retry",
    title="Retry a command",
    description="Run a command again where that can help: a transient failure heals within a budget, and a permanent"
    " one is named at once. Nothing that the command started outlives the step.",
    patterns=("Error Handling", "Fail Fast"),
    since="0.1.0",
    inputs=RetryInputs,
    outputs=RetryOutputs,
    run=run,
    icon="refresh-cw",
    color="orange",
    reasons=REASONS,
    uses=(RefStore.read, RefStore.update, WorkflowRuns.read, WorkflowRuns.jobs),
)
