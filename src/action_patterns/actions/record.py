"""record: a workflow's own steps say what happened to one target, in the words report understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.content.text import is_code, read_text
from action_patterns.contracts import Outcome, TargetResult
from action_patterns.contracts.artifact import FALLBACK_NAME, NAME_RULE, is_name, records_artifact
from action_patterns.contracts.repository import is_same_target, is_target, repository_of
from action_patterns.contracts.result import MOST_TARGETS, MOST_TIERS, record_file
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context

if TYPE_CHECKING:
    from action_patterns.contracts import Plan, PlanEntry

RECORDS_DIRECTORY = "action-patterns-records"
"""Below RUNNER_TEMP."""


def _code(value: str) -> str:
    if not is_code(value):
        raise ValueError("must be a code in kebab case, such as tests-failed")
    return value


def _target(value: str) -> str:
    if not is_target(value):
        raise ValueError("must be owner/name, or owner/name:directory for a component")
    return value


def _artifact_prefix(value: str) -> str:
    if not is_name(value):
        raise ValueError(f"is no name of artifacts: {NAME_RULE}")
    return value


def _web_address(value: str) -> str:
    if not value.startswith(("https://", "http://")) or re.search(r"[\s<>\"]", value):
        raise ValueError("must be a web address")
    return value


class RecordInputs(Inputs):
    """Inputs of record."""

    target: Annotated[str, AfterValidator(_target)] = Field(
        description="Repository the steps worked on, `owner/name`: `${{ matrix.repository }}`. For a component it is"
        " `${{ github.repository }}:${{ matrix.directory }}`."
    )
    index: int = Field(ge=0, le=MOST_TARGETS, description="The target's place in the roster: `${{ matrix.index }}`.")
    result: str | None = Field(
        default=None,
        description="Path of the result that upsert-pr wrote: `${{ steps.<id>.outputs.result }}`. The record takes all"
        " of it: outcome, reason, message, remedy, pull request, files and usage. If it is empty, because that step did"
        " not get so far, `outcome` and `reason` count.",
    )
    outcome: Outcome | None = Field(
        default=None, description="Outcome of your steps, in one word. Required without `result`."
    )
    reason: Annotated[str, AfterValidator(_code)] | None = Field(
        default=None,
        description="Your code for the cause, in kebab case; report groups by it. Required without `result`.",
    )
    message: str = Field(default="", description="One sentence for people.")
    tier: Annotated[str, AfterValidator(_code)] | None = Field(
        default=None,
        description="Tier that the steps hold by, from degrade: `${{ steps.<id>.outputs.tier }}`. Report shows it and"
        " counts degraded targets. Empty: no tier holds, or there is none.",
    )
    tier_index: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TIERS,
        description="Its place, from 1: `${{ steps.<id>.outputs.tier-index }}`. Required with `tier`.",
    )
    plan: str | None = Field(
        default=None,
        description="Path of discover's plan file. The step checks the target against its roster, and the record"
        " carries"
        " its id. Report ignores records of another plan, so leave it out only if there is no plan.",
    )
    pull_request_number: int | None = Field(
        default=None, ge=1, le=10**15, description="Number of the pull request, if any."
    )
    pull_request_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None, description="Address of the pull request, if any; it is in the target."
    )
    name: Annotated[str, AfterValidator(_artifact_prefix)] | None = Field(
        default=None,
        description="Name that this job records under, and prefix of the artifact's name: lower-case letters, digits"
        " and hyphens. Two jobs that record the same targets need two names. Default: the plan's name, or"
        f" `{FALLBACK_NAME}` without a plan.",
    )
    records: str = Field(
        default=RECORDS_DIRECTORY, description="Directory to write to; a relative one is below RUNNER_TEMP."
    )


class RecordOutputs(Outputs):
    """Outputs of record."""

    path: str = Field(description="Absolute path of the record, for actions/upload-artifact.")
    artifact_name: str = Field(description="Name to upload it under: `<name>-records-<index>-a<attempt>`.")


class Facts(NamedTuple):
    """All that was read."""

    plan: Plan | None
    context: Context
    result: TargetResult | None = None
    """The result that upsert-pr wrote. None: none was given."""


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
    """Read the plan and the result, if they are named.

    Raises:
        InputError: one does not exist, or is not what it should be.
    """
    plan = result = None
    if inputs.plan is not None:
        from action_patterns.contracts import Plan  # a run without a plan does not need its models

        plan = Plan.decode(read_text(ports.files.read(inputs.plan), inputs.plan), name=inputs.plan)
    if inputs.result is not None:
        result = TargetResult.decode(read_text(ports.files.read(inputs.result), inputs.result), name=inputs.result)
    return Facts(plan, ports.context, result)


def validate(inputs: RecordInputs, facts: Facts) -> None:
    """Raise InputError unless the record is of its own target, by the plan, the result and the pull request."""
    problems = [*_of_the_plan(inputs, facts.plan), *_of_the_result(inputs, facts), *_of_the_pull_request(inputs, facts)]
    if (inputs.tier is None) != (inputs.tier_index is None):
        lacks, other = ("tier", "tier-index") if inputs.tier is None else ("tier-index", "tier")
        problems.append(
            Problem(
                f"`{other}` is given, and `{lacks}` is not.",
                "Pass both outputs of one step of degrade: `tier` and `tier-index`.",
            )
        )
    missing = [name for name in ("outcome", "reason") if getattr(inputs, name) is None]
    if facts.result is None and missing:
        problems.append(
            Problem(
                f"Neither `result` nor {' and '.join(f'`{name}`' for name in missing)} is given.",
                "Give the path that upsert-pr's output `result` holds, or the `outcome` and the `reason` of your steps."
                " The output is empty if that step stopped early: give all three for that case.",
            )
        )
    if problems:
        raise InputError(*problems)


def _of_the_plan(inputs: RecordInputs, plan: Plan | None) -> Iterator[Problem]:
    entry = _entry(inputs, plan)
    if plan is None or (entry and is_same_target(entry.target.address, inputs.target)):
        return
    at = "nothing" if entry is None else f"`{entry.target.address}`"
    yield Problem(
        f"The plan {inputs.plan} has {at} at index {inputs.index} of {len(plan.roster)} targets,"
        f" not `{inputs.target}`.",
        "Pass `target` and `index: ${{ matrix.index }}` of one matrix, and the plan of the same discover job.",
    )


def _of_the_result(inputs: RecordInputs, facts: Facts) -> Iterator[Problem]:
    result, context = facts.result, facts.context
    if result is None:
        return
    if result.target.lower() != repository_of(inputs.target).lower():
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
    home = f"{facts.context.server_url}/{repository_of(inputs.target)}/pull/"
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
    name = inputs.name or (facts.plan.name if facts.plan else FALLBACK_NAME)
    place: dict[str, Any] = {
        "plan_id": facts.plan.plan_id if facts.plan else f"run-{facts.context.run_id}",
        "index": inputs.index,
        "target": entry.target.address if entry else inputs.target,
        "attempt": attempt,
        "job": facts.context.job,
        "name": name,
    }
    if inputs.tier is not None:
        place |= {"tier": inputs.tier, "tier_index": inputs.tier_index}
    if facts.result is not None:
        result = facts.result.model_copy(update=place)
    else:
        assert inputs.outcome is not None and inputs.reason is not None
        result = TargetResult(
            outcome=inputs.outcome,
            reason=inputs.reason,
            message=inputs.message,
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
    description="Write the result of your own steps for one repository, so that report counts it.",
    patterns=("Three-Stage Design", "Error Handling"),
    since="0.1.0",
    inputs=RecordInputs,
    outputs=RecordOutputs,
    run=run,
    icon="edit-3",
    color="blue",
)
