"""The ports of a real run. GitHub, git, commands and the machine are loaded when their first verb is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.runner import environment
from action_patterns.runner.clock import SystemClock
from action_patterns.runner.commands import Commands
from action_patterns.runner.files import RunnerFiles
from action_patterns.runner.log import RunnerLog

if TYPE_CHECKING:
    from action_patterns.ports.context import Context
    from action_patterns.ports.credentials import Allowance, Credentials
    from action_patterns.ports.github import GitHub
    from action_patterns.ports.machine import Machine
    from action_patterns.ports.processes import Processes
    from action_patterns.ports.ref_store import RefStore
    from action_patterns.ports.workspace import Checkout


def build(
    context: Context,
    variables: Mapping[str, str],
    commands: Commands,
    closing: ExitStack,
    inputs_of_action: Collection[str],
) -> Ports:
    """Return the ports.

    Args:
        context: the run.
        variables: the environment of this process.
        commands: the stream of the step.
        closing: revokes what was minted.
        inputs_of_action: the variables that are ours, and not of a caller's command.
    """
    clock, log = SystemClock(), RunnerLog(commands)
    runner_files = environment.runner_files(variables)

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        from action_patterns import github_api

        gateway = github_api.connect(credentials, context, clock, log, allowance)
        closing.callback(gateway.close)
        return gateway

    def checkout() -> Checkout:
        from action_patterns.worktree import GitCheckout

        return GitCheckout(
            context.workspace,
            context.temp,
            environment.for_children(variables),
            sha=context.sha,
            server_url=context.server_url,
            runner_files=runner_files,
            warn=lambda message: log.annotate(Annotation(level="warning", message=message, title="paths")),
        )

    def processes() -> Processes:
        from action_patterns.runner.step_commands import StepCommands

        own = environment.for_own_commands(variables, inputs_of_action)
        return StepCommands(context.workspace, context.temp, own, commands)

    def machine() -> Machine:
        from action_patterns.runner.machine import RunnerMachine

        return RunnerMachine(variables, inputs_of_action, workspace=context.workspace, authorities=context.authorities)

    return Ports(
        context=context,
        github=connect,
        checkout=cast("Checkout", _Late(checkout)),
        files=RunnerFiles(context.workspace, context.temp, commands.secrets.redact, runner_files=runner_files),
        processes=cast("Processes", _Late(processes)),
        machine=cast("Machine", _Late(machine)),
        clock=clock,
        log=log,
        random=_random,
        directory=_directory,
    )


class _Late:
    """A port that is made, and its code loaded, when its first verb is called: start-up time is every user's time."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._made: object = None

    def __getattr__(self, verb: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, verb)


def _directory(path: str) -> RefStore:
    from action_patterns.runner.directory_store import DirectoryStore

    return DirectoryStore(path)


def _random() -> float:
    from random import random  # for the steps that wait

    return random()  # noqa: S311 - no secret: it parts processes that wait
