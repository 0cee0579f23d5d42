"""assert: what must be true before, after or during work, and a stop where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from action_patterns.action.contract import Action, Finish
from action_patterns.actions.assert_.interface import FAILED, HELD, OPEN, REASONS, WARNED, AssertInputs, AssertOutputs
from action_patterns.checks.catalogue import ASSERTIONS, GITHUB, KINDS
from action_patterns.checks.check import Check, Result
from action_patterns.checks.read import read
from action_patterns.checks.run import run as run_checks
from action_patterns.checks.specification import World
from action_patterns.errors import EXIT_FAILED, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.environments import Environments
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.labels import Labels
from action_patterns.ports.permissions import Verb
from action_patterns.ports.pull_requests import PullRequests
from action_patterns.ports.repositories import Repositories

if TYPE_CHECKING:
    from action_patterns.action.session import Session
    from action_patterns.actions.assert_.already_done import Effect
    from action_patterns.report.model.step_results import Step

USES: tuple[Verb, ...] = (
    Repositories.read,
    GitDatabase.read_branch,
    GitDatabase.read_files,
    GitDatabase.read_blob,
    PullRequests.observe,
    Labels.read,
    Environments.read,
)
"""The verbs that assertions about GitHub call. A session has those of the kinds that a list has."""
_ONE_LIST = "Give the list in `assertions`, or the path of its file in `assertions-path`."


class Facts(NamedTuple):
    """All that was looked at."""

    results: tuple[Result, ...]
    done: tuple[Effect, ...] = ()
    """Things that are already done; known only if an assertion of severity `error` does not hold."""


class Decision(NamedTuple):
    """The end of the step."""

    reason: str
    exit_code: int

    @property
    def passed(self) -> bool:
        """Whether all assertions of severity `error` hold."""
        return self.reason in (HELD, WARNED)


def run(inputs: AssertInputs, ports: Ports) -> Finish[AssertOutputs]:
    """Look at the assertions in their order.

    Raises:
        InputError: everything that is wrong with the list. Nothing was looked at.
    """
    facts = gather(inputs, ports)
    return apply(facts, decide(facts.results, fails=inputs.fail), ports)


def gather(inputs: AssertInputs, ports: Ports) -> Facts:
    """Read the whole list, and then look at its assertions.

    Raises:
        InputError: every mistake of the list. Nothing was looked at.
    """
    opened: list[Session] = []
    world = World(ports=ports, github=lambda _verbs, _repositories: opened[0])
    checks, steps = _read(inputs, world)
    if any(check.source == GITHUB for check in checks):
        from action_patterns.checks.github_state import reads_of  # for the lists that ask GitHub

        # Before anything is looked at: a token that cannot reach a repository is a mistake of the list.
        opened.append(_session(inputs, ports, *reads_of(checks, ports.context.repository)))
    results = run_checks(checks, stop="first" if inputs.mode == "first" else "never")
    if decide(results, fails=True).passed:
        return Facts(results)
    from action_patterns.actions.assert_.already_done import effects  # for the lists that fail

    return Facts(results, effects(steps, inputs.records, ports))


def decide(results: Sequence[Result], *, fails: bool) -> Decision:
    """Return the end of the step. `fails`: whether a failed assertion makes it red."""
    required = [each for each in results if each.severity == "required"]
    if any(each.answer == "no" for each in required):
        return Decision(FAILED, EXIT_FAILED if fails else 0)
    if any(each.answer != "yes" for each in required):
        return Decision(OPEN, EXIT_FAILED if fails else 0)
    return Decision(HELD if all(each.answer == "yes" for each in results) else WARNED, 0)


def apply(facts: Facts, decision: Decision, ports: Ports) -> Finish[AssertOutputs]:
    """Return outputs, table and annotations."""
    from action_patterns.actions.assert_ import text

    results, done = facts
    message = ports.log.redact(text.message(results))
    ports.log.info(message)
    return Finish(
        outputs=AssertOutputs(
            passed=decision.passed,
            failed=len(text.failures(results)),
            warnings=len(text.warnings(results)),
            reason=decision.reason,
            message=message,
            results=text.results_json(results, ports.log.redact),
        ),
        summary=text.summary(results, done, ports.context.server_url),
        annotations=tuple(text.annotations_of(results, done)),
        exit_code=decision.exit_code,
    )


def _read(inputs: AssertInputs, world: World) -> tuple[tuple[Check, ...], tuple[Step, ...]]:
    """Return the assertions of the list, and the outcomes of the steps before.

    Raises:
        InputError: every mistake of both.
    """
    problems: list[Problem] = []
    checks: tuple[Check, ...] = ()
    steps: tuple[Step, ...] = ()
    try:
        text, name = _list(inputs, world.ports)
        kinds = {key: KINDS[key] for key in ASSERTIONS}
        checks = read(text, name=name, world=world, kinds=kinds, event=world.ports.context.event_name, noun="assertion")
        problems += _order(checks)
    except InputError as error:
        # A list in an input is no file that an annotation could point into.
        own = inputs.assertions is not None
        problems += (_in_words(each) if own else each for each in error.problems)
    if inputs.steps.strip():
        from action_patterns.report.model.step_results import parse  # for the lists that name steps

        try:
            steps = parse(inputs.steps)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return checks, steps


def _in_words(problem: Problem) -> Problem:
    """Return a problem of the input with its line in the text."""
    what = problem.what if problem.line is None else f"{problem.what.removesuffix('.')} (line {problem.line})."
    return Problem(what, problem.fix)


def _list(inputs: AssertInputs, ports: Ports) -> tuple[str, str]:
    """Return the text of the list, and where it is from."""
    if (inputs.assertions is None) == (inputs.assertions_path is None):
        given = "Neither `assertions` nor `assertions-path` is" if inputs.assertions is None else "Both are"
        raise InputError(Problem(f"{given} given, and one list is needed.", _ONE_LIST))
    if inputs.assertions is not None:
        return inputs.assertions, "assertions"
    from action_patterns.action.values import read_input_file  # for the lists in files

    assert inputs.assertions_path is not None
    return read_input_file("assertions-path", inputs.assertions_path, ports), inputs.assertions_path


def _order(checks: Sequence[Check]) -> Iterator[Problem]:
    """Yield a problem for each assertion that needs a later one: they are looked at in the order of the list."""
    if not checks:
        yield Problem("The list has no assertion, so the step would always hold.", "Write at least one.")
    before: set[str] = set()
    for check in checks:
        for need in check.needs:
            if need not in before:
                what = f"The assertion {check.name!r} needs {need!r}, which stands below it."
                yield Problem(what, "Write it below the one that it needs.")
        before.add(check.name)


def _session(inputs: AssertInputs, ports: Ports, uses: Sequence[Verb], repositories: Sequence[str]) -> Session:
    """Open GitHub for the verbs and repositories of the list. Nothing is sent."""
    from action_patterns.action.reach import Reach  # for the lists that ask GitHub
    from action_patterns.action.session import open_session

    seconds, reach = inputs.max_minutes * 60.0, Reach(tuple(repositories))
    return open_session(ports, inputs.credentials(), uses, seconds=seconds, reach=reach, narrowed=reach.repositories)


ACTION = Action(
    name="assert",
    title="Assert what must be true",
    description="Stop before the damage: assertions about values, files, documents, commands and GitHub, each with its"
    " message and fix, and a list of what is already done.",
    patterns=("Fail Fast",),
    since="0.1.0",
    inputs=AssertInputs,
    outputs=AssertOutputs,
    run=run,
    icon="check-circle",
    color="red",
    reasons=REASONS,
    uses=USES,
)
