"""record: a workflow's own steps say what happened to one target, in the words report understands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from action_patterns.action.contract import Action, Finish
from action_patterns.actions.record.interface import RecordInputs, RecordOutputs
from action_patterns.content.text import read_text
from action_patterns.contracts import TargetResult
from action_patterns.contracts.artifact import FALLBACK_NAME, records_artifact
from action_patterns.contracts.repository import (
    is_repository,
    is_same_target,
    is_target,
    repository_of,
)
from action_patterns.contracts.result import record_file
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.report.model import chosen_outputs, step_results
from action_patterns.report.model.step_results import (
    BESIDE_A_FAILED_STEP,
    Derived,
    Step,
    derive,
    failure_message,
    has_failed,
)

if TYPE_CHECKING:
    from action_patterns.contracts import Plan, PlanEntry, Target


class Facts(NamedTuple):
    """All that was read."""

    plan: Plan | None
    context: Context
    result: TargetResult | None = None
    """The result that upsert-pr wrote. None: none was given."""
    steps: tuple[Step, ...] = ()
    """Empty: none are given."""
    outputs: Mapping[str, str] = MappingProxyType({})
    problems: tuple[Problem, ...] = ()
    """Problems of `steps` and `outputs`."""


class Decision(NamedTuple):
    """The record, and where it goes. It carries no time yet: deciding has no clock."""

    result: TargetResult
    path: str
    artifact_name: str


def run(inputs: RecordInputs, ports: Ports) -> Finish[RecordOutputs]:
    """Write one record. Never fails the step for a bad outcome: judging is report's part."""
    facts = gather(inputs, ports)
    validate(inputs, facts)
    return apply(decide(inputs, facts), ports)


def gather(inputs: RecordInputs, ports: Ports) -> Facts:
    """Read the plan and the result, if they are named, and the texts of `steps` and `outputs`.

    Raises:
        InputError: one does not exist, or is not what it should be.
    """
    plan = result = None
    if inputs.plan is not None:
        from action_patterns.contracts import Plan  # a run without a plan does not need its models

        plan = Plan.decode(read_text(ports.files.read(inputs.plan), inputs.plan), name=inputs.plan)
    if inputs.result is not None:
        result = TargetResult.decode(read_text(ports.files.read(inputs.result), inputs.result), name=inputs.result)
    problems = list[Problem]()
    steps, outputs = tuple[Step, ...](), dict[str, str]()
    try:
        steps = step_results.parse(inputs.steps)
    except InputError as error:
        problems += error.problems
    try:
        outputs = chosen_outputs.parse(inputs.outputs, ports.log.redact)
    except InputError as error:
        problems += error.problems
    return Facts(plan, ports.context, result, steps, outputs, tuple(problems))


def validate(inputs: RecordInputs, facts: Facts) -> None:
    """Raise InputError unless the record is of its own target, by the plan, the result and the pull request."""
    problems = [
        *facts.problems,
        *_of_the_plan(inputs, facts.plan),
        *_of_the_result(inputs, facts),
        *_of_the_pull_request(inputs, facts),
        *_of_the_outcome(inputs, facts),
    ]
    if (inputs.tier is None) != (inputs.tier_index is None):
        lacks, other = ("tier", "tier-index") if inputs.tier is None else ("tier-index", "tier")
        problems.append(
            Problem(
                f"`{other}` is given, and `{lacks}` is not.",
                "Pass both outputs of one step of degrade: `tier` and `tier-index`.",
            )
        )
    if problems:
        raise InputError(*problems)


def _of_the_outcome(inputs: RecordInputs, facts: Facts) -> Iterator[Problem]:
    missing = [name for name in ("outcome", "reason") if getattr(inputs, name) is None]
    if len(missing) == 1 and inputs.steps:
        given = "reason" if missing == ["outcome"] else "outcome"
        yield Problem(
            f"`{given}` is given beside `steps`, without `{missing[0]}`.",
            "Give both, and they count; or neither, and the record's outcome and reason follow from `steps`.",
        )
    elif missing and facts.result is None and not inputs.steps:
        yield Problem(
            f"Neither `result` nor {' and '.join(f'`{name}`' for name in missing)} is given.",
            "Give the path that upsert-pr's output `result` holds, the outcomes of your `steps`, or their `outcome` and"
            " `reason` in your words. The output is empty if that step stopped early: give `steps` too for that case.",
        )
    if inputs.outcome and has_failed(facts.steps) and inputs.outcome not in BESIDE_A_FAILED_STEP:
        yield Problem(
            f"`outcome` is {inputs.outcome}, and by `steps` the target failed: {failure_message(facts.steps)}",
            f"Give {', '.join(sorted(BESIDE_A_FAILED_STEP))}, or leave `outcome` and `reason` out. Leave a step out of"
            " `steps` if it may fail.",
        )


def _of_the_plan(inputs: RecordInputs, plan: Plan | None) -> Iterator[Problem]:
    entry = _entry(inputs, plan)
    if plan is None and not is_target(inputs.target):
        yield Problem(
            f"`target` is {inputs.target!r}, which is no name of a repository, and there is no `plan` that has it.",
            "Write owner/name, or owner/name:directory for a component. Pass `plan` for an item of any list.",
        )
    if plan is None or (entry and _is_it(entry.target, inputs.target)):
        return
    at = "nothing" if entry is None else f"`{entry.target.address}`"
    yield Problem(
        f"The plan {inputs.plan} has {at} at index {inputs.index} of {len(plan.roster)} targets,"
        f" not `{inputs.target}`.",
        "Pass `target` and `index: ${{ matrix.index }}` of one matrix, and the plan of the same discover job.",
    )


def _is_it(target: Target, name: str) -> bool:
    return is_same_target(target.address, name) if target.item is None else target.item == name


def _is_item(inputs: RecordInputs, facts: Facts) -> bool:
    """Return whether the target is an item. The plan says it; without one, a name that no repository can have is."""
    return facts.plan.kind == "item" if facts.plan else not is_target(inputs.target)


def _of_the_result(inputs: RecordInputs, facts: Facts) -> Iterator[Problem]:
    result, context = facts.result, facts.context
    if result is None:
        return
    if not _is_item(inputs, facts) and result.target.lower() != repository_of(inputs.target).lower():
        yield Problem(
            f"The result {inputs.result} is of `{result.target}`, not of the target `{repository_of(inputs.target)}`.",
            "Give upsert-pr `repository: ${{ matrix.repository }}`: without it, the pull request is opened in the"
            " repository of the workflow. Close it there.",
        )
    if result.attempt != context.run_attempt or not result.plan_id.startswith(f"{context.run_id}-"):
        yield Problem(
            f"The result {inputs.result} is of another run or attempt than run {context.run_id}, attempt"
            f" {context.run_attempt}.",
            "Pass the output `result` of a step of this job: `${{ steps.<id>.outputs.result }}`. Do not keep results"
            " from one job for another.",
        )


def _of_the_pull_request(inputs: RecordInputs, facts: Facts) -> Iterator[Problem]:
    url = facts.result.pull_request_url if facts.result else inputs.pull_request_url
    if url is None:
        return
    server = facts.context.server_url
    home = f"{server}/{repository_of(inputs.target)}/pull/"
    if _is_item(inputs, facts):  # in no repository, so its pull request may be in any
        own = re.match(rf"{re.escape(server)}/([^/]+/[^/]+)/pull/", url)
        home = own[0] if own and is_repository(own[1]) else f"{server}/<owner>/<name>/pull/"
    number = url[len(home) :] if url.lower().startswith(home.lower()) else ""
    if not re.fullmatch(r"[1-9][0-9]{0,14}", number):
        yield Problem(
            f"The pull request {url} is not one of the target `{inputs.target}`.",
            f"A record refers to its own target: its pull requests are at {home}<number>. Give the step that opens the"
            " pull request `repository: ${{ matrix.repository }}`, and pass its output `url`.",
        )
    elif facts.result is None and inputs.pull_request_number not in (None, int(number)):
        yield Problem(
            f"`pull-request-number` is {inputs.pull_request_number}, and `pull-request-url` is {url}.",
            "Pass both outputs of one step, or the address alone.",
        )


def decide(inputs: RecordInputs, facts: Facts) -> Decision:
    """Return the record. It has the target in the plan's spelling: GitHub's names do not differ by case alone."""
    entry, attempt = _entry(inputs, facts.plan), facts.context.run_attempt
    derived = derive(facts.steps) if facts.steps else None
    name = inputs.name or (facts.plan.name if facts.plan else FALLBACK_NAME)
    place: dict[str, Any] = {
        "plan_id": facts.plan.plan_id if facts.plan else f"run-{facts.context.run_id}",
        "index": inputs.index,
        "target": entry.target.address if entry else inputs.target,
        "attempt": attempt,
        "job": facts.context.job,
        "name": name,
        "outputs": dict(facts.outputs),
    }
    if inputs.tier is not None:
        place |= {"tier": inputs.tier, "tier_index": inputs.tier_index}
    if facts.result is not None:
        result = facts.result.model_copy(update=place)
        if derived and derived.outcome == "failed" and result.outcome not in BESIDE_A_FAILED_STEP:
            # The pull request is as upsert-pr left it, and a step beside it failed.
            result = result.model_copy(update=derived._asdict())
    else:
        if inputs.outcome is not None and inputs.reason is not None:
            given = Derived(inputs.outcome, inputs.reason, inputs.message)
        else:
            assert derived is not None
            given = derived._replace(message=f"{derived.message} {inputs.message}".strip())
        result = TargetResult(
            **given._asdict(),
            pull_request_number=inputs.pull_request_number,
            pull_request_url=inputs.pull_request_url,
            **place,
        )
    return Decision(
        result=result,
        # Downloads of many records are merged into one directory, so the file's name says whose record it is.
        path=f"{inputs.records}/{record_file(result)}",
        artifact_name=records_artifact(name, inputs.index, attempt),
    )


def apply(decision: Decision, ports: Ports) -> Finish[RecordOutputs]:
    """Write the file."""
    result = decision.result
    if result.finished_at is None:
        result = result.model_copy(update={"finished_at": ports.clock.now()})
    path = ports.files.write(decision.path, result.encode())
    ports.log.info(f"{result.target}: {result.outcome} ({result.reason})")
    return Finish(outputs=RecordOutputs(path=path, artifact_name=decision.artifact_name))


def _entry(inputs: RecordInputs, plan: Plan | None) -> PlanEntry | None:
    return next((entry for entry in plan.roster if entry.index == inputs.index), None) if plan else None


ACTION = Action(
    name="record",
    title="Record what happened to one target",
    description="Write the result of your own steps for one target, so that report counts it.",
    patterns=("Three-Stage Design", "Error Handling"),
    since="0.1.0",
    inputs=RecordInputs,
    outputs=RecordOutputs,
    run=run,
    icon="edit-3",
    color="blue",
)
