"""preflight: one read-only gate that says everything which stands in the way of the work, before it begins."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from action_patterns.action.contract import Action, Finish
from action_patterns.actions.preflight.interface import REASONS, PreflightInputs, PreflightOutputs
from action_patterns.actions.preflight.sessions import Sessions
from action_patterns.actions.preflight.text import annotations_of, summary_of
from action_patterns.checks.catalogue import GITHUB, KINDS, PREFLIGHT
from action_patterns.checks.check import ANSWERS, CATEGORIES, Answer, Category, Check, Result, is_ready
from action_patterns.checks.run import in_order
from action_patterns.checks.run import run as run_checks
from action_patterns.checks.specification import World
from action_patterns.errors import EXIT_FAILED, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.environments import Environments
from action_patterns.ports.labels import Labels
from action_patterns.ports.rate_limits import RateLimits
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.settings import Settings
from action_patterns.ports.tokens import Tokens
from action_patterns.ports.workflow_runs import WorkflowRuns

MAX_OUTPUT_CHARACTERS = 500_000
"""GitHub takes 1 MiB for all outputs of a job (docs, "Workflow syntax", `jobs.<job_id>.outputs`)."""


def run(inputs: PreflightInputs, ports: Ports) -> Finish[PreflightOutputs]:
    """Read the list, ask its checks from the cheapest to the dearest, and report every answer.

    Raises:
        InputError: everything that is wrong with the list. Nothing was asked.
    """
    checks = validate(inputs, ports)
    results = gather(inputs, checks, ports)
    return _finish(results, decide(inputs, results))


def validate(inputs: PreflightInputs, ports: Ports) -> tuple[Check, ...]:
    """Return the checks of the list, from the cheapest to the dearest.

    Raises:
        InputError: everything that is wrong with the inputs and the list.
    """
    from action_patterns.checks.read import read

    kinds = {key: KINDS[key] for key in PREFLIGHT}
    from action_patterns.action.values import read_input_file
    from action_patterns.report.model.job_results import parse

    if bool(inputs.checks.strip()) == bool(inputs.checks_path):
        both = bool(inputs.checks_path)
        what = "`checks` and `checks-path` are both given." if both else "There are no checks: `checks` is empty."
        fix = "Give one of the two." if both else "Write a list into `checks`, for example `- tool: git`."
        raise InputError(Problem(what, fix))
    needs = parse(inputs.needs)
    if needs.doubt:
        raise InputError(Problem(needs.doubt[0], "Pass `needs: ${{ toJSON(needs) }}`."))
    world = World(ports=ports, github=Sessions(inputs, ports, ACTION.uses), jobs=needs.jobs)
    event = ports.context.event_name
    if inputs.checks_path:
        text, name = read_input_file("checks-path", inputs.checks_path, ports), inputs.checks_path
        checks = in_order(read(text, name=name, world=world, kinds=kinds, event=event))
    else:
        try:
            checks = in_order(read(inputs.checks, name="checks", world=world, kinds=kinds, event=event))
        except InputError as error:
            # The lines are those of the input, and of no file that GitHub could show.
            raise InputError(*(_of_input(problem) for problem in error.problems)) from None
    targets = [each.subject.targets(world) for each in checks if each.source == GITHUB]
    if targets:
        from action_patterns.action.reach import Reach, check_reach

        repositories = dict.fromkeys(name for names in targets for name in names)
        check_reach(inputs.credentials(), Reach(tuple(repositories)), ports.context, writing=False)
    return checks


def _of_input(problem: Problem) -> Problem:
    where = f" (line {problem.line} of `checks`)" if problem.line else ""
    return Problem(f"{problem.what}{where}", problem.fix)


def gather(inputs: PreflightInputs, checks: Sequence[Check], ports: Ports) -> tuple[Result, ...]:
    """Return the answers, without secrets."""
    found = run_checks(
        checks, stop="category" if inputs.stop_at_category else "never", error_fails=inputs.on_error == "fail"
    )
    redact = ports.log.redact
    return tuple(
        each._replace(name=redact(each.name), message=redact(each.message), fix=redact(each.fix)) for each in found
    )


class Decision(NamedTuple):
    """Whether the work may begin, and how the step ends."""

    ready: bool
    reason: str
    red: bool


def decide(inputs: PreflightInputs, results: Sequence[Result]) -> Decision:
    """Return the decision on the answers of a list."""
    ready = is_ready(results, error_fails=inputs.on_error == "fail")
    required = [each for each in results if each.severity == "required"]
    if ready:
        reason = "unanswered" if any(each.is_open for each in required) else "ready"
    else:
        reason = "checks-failed" if any(each.fails for each in required) else "checks-unanswered"
    return Decision(ready, reason, red=inputs.fail and not ready)


def _finish(results: Sequence[Result], decision: Decision) -> Finish[PreflightOutputs]:
    failed = [each.name for each in results if each.answer == "no"]
    outputs = PreflightOutputs(
        ready=decision.ready,
        reason=decision.reason,
        failed=_compact(failed),
        failed_count=len(failed),
        counts=_compact(_counts(results)),
        results=_rows(results),
    )
    return Finish(
        outputs=outputs,
        summary=summary_of(results, ready=decision.ready),
        annotations=tuple(annotations_of(results, red=decision.red)),
        exit_code=EXIT_FAILED if decision.red else 0,
    )


def _counts(results: Sequence[Result]) -> dict[Category, dict[Answer, int]]:
    counts: dict[Category, dict[Answer, int]] = {}
    for category in CATEGORIES:
        of_category = [each.answer for each in results if each.category == category]
        if of_category:
            counts[category] = {answer: of_category.count(answer) for answer in ANSWERS}
    return counts


def _rows(results: Sequence[Result]) -> str:
    rows = [
        {
            "check": each.name,
            "category": each.category,
            "severity": each.severity,
            "answer": each.answer,
            "code": each.code,
            "message": each.message,
            "fix": each.fix,
            "page": each.page,
        }
        for each in results
    ]
    text = _compact(rows)
    if len(text) > MAX_OUTPUT_CHARACTERS:
        # Codes are stable and name the message; the summary has the words.
        text = _compact([row | {"message": "", "fix": "", "page": ""} for row in rows])
    return text


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


ACTION = Action(
    name="preflight",
    title="Check that the work can succeed",
    description="Ask everything that the work needs before it begins: secrets, tools, permissions, quota. One table"
    " names every problem with its fix, and nothing is changed.",
    patterns=("Prerequisite Checks", "Fail Fast"),
    since="0.1.0",
    inputs=PreflightInputs,
    outputs=PreflightOutputs,
    run=run,
    icon="check-circle",
    color="green",
    reasons=REASONS,
    # A session has the verbs of the checks that a list asks for.
    uses=(
        Tokens.describe,
        Tokens.may_read,
        Tokens.covers,
        Settings.repository,
        Settings.branch,
        Labels.read,
        Environments.read,
        Settings.has_team,
        Settings.secret_names,
        Settings.actions_may_open_pulls,
        WorkflowRuns.artifacts,
        RefStore.read,
        RateLimits.read,
    ),
)
