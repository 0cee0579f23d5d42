"""record: a workflow's own steps say what happened to one target, in the words report understands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import AfterValidator, Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.content.text import read_text
from action_patterns.contracts import Outcome, TargetResult
from action_patterns.contracts.artifact import FALLBACK_NAME, forbidden_characters, records_artifact
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.result import MOST_TARGETS
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context

if TYPE_CHECKING:
    from action_patterns.contracts import Plan, PlanEntry

RECORDS_DIRECTORY = "action-patterns-records"
"""Below RUNNER_TEMP."""

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise ValueError("must be a code in kebab case, such as tests-failed")
    return value


def _repository(value: str) -> str:
    if not is_repository(value):
        raise ValueError("must be owner/name")
    return value


def _artifact_prefix(value: str) -> str:
    if forbidden_characters(value):
        raise ValueError("must not contain any of \" : < > | * ? \\ / or a control character, as an artifact's name")
    return value


def _web_address(value: str) -> str:
    if not value.startswith(("https://", "http://")) or re.search(r"[\s<>\"]", value):
        raise ValueError("must be a web address")
    return value


class RecordInputs(Inputs):
    """Inputs of record."""

    target: Annotated[str, AfterValidator(_repository)] = Field(
        description="Repository the steps worked on, `owner/name`: `${{ matrix.repository }}`."
    )
    index: int = Field(ge=0, le=MOST_TARGETS, description="The target's place in the roster: `${{ matrix.index }}`.")
    outcome: Outcome = Field(description="Outcome of your steps, in one word.")
    reason: Annotated[str, AfterValidator(_code)] = Field(
        description="Your code for the cause, in kebab case; report groups by it."
    )
    message: str = Field(default="", description="One sentence for people.")
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
        default=None, description="Address of the pull request, if any."
    )
    name: Annotated[str, AfterValidator(_artifact_prefix)] | None = Field(
        default=None,
        description=f"Prefix of the artifact's name. Default: the plan's name, or `{FALLBACK_NAME}` without a plan.",
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
    """Read the plan, if one is named.

    Raises:
        InputError: it does not exist, or is not a plan.
    """
    if inputs.plan is None:
        return Facts(None, ports.context)
    from action_patterns.contracts import Plan  # a run without a plan does not need its models

    text = read_text(ports.files.read(inputs.plan), inputs.plan)
    return Facts(Plan.decode(text, name=inputs.plan), ports.context)


def validate(inputs: RecordInputs, facts: Facts) -> None:
    """Raise InputError if the plan's roster has another target at that index."""
    entry = _entry(inputs, facts.plan)
    if facts.plan is None or (entry and entry.target.repository.lower() == inputs.target.lower()):
        return
    at = "nothing" if entry is None else f"`{entry.target.repository}`"
    raise InputError(
        Problem(
            f"The plan {inputs.plan} has {at} at index {inputs.index} of {len(facts.plan.roster)} targets,"
            f" not `{inputs.target}`.",
            "Pass `target: ${{ matrix.repository }}` and `index: ${{ matrix.index }}` of one matrix, and the plan of"
            " the same discover job.",
        )
    )


def decide(inputs: RecordInputs, facts: Facts) -> Decision:
    """Return the record. It has the target in the plan's spelling: GitHub's names do not differ by case alone."""
    entry, attempt = _entry(inputs, facts.plan), facts.context.run_attempt
    name = inputs.name or (facts.plan.name if facts.plan else FALLBACK_NAME)
    return Decision(
        result=TargetResult(
            plan_id=facts.plan.plan_id if facts.plan else f"run-{facts.context.run_id}",
            index=inputs.index,
            target=entry.target.repository if entry else inputs.target,
            attempt=attempt,
            outcome=inputs.outcome,
            reason=inputs.reason,
            message=inputs.message,
            pull_request_number=inputs.pull_request_number,
            pull_request_url=inputs.pull_request_url,
        ),
        # Index and attempt are in the name: downloads of many records are merged into one directory.
        path=f"{inputs.records}/record-{inputs.index}-a{attempt}.json",
        artifact_name=records_artifact(name, inputs.index, attempt),
    )


def apply(decision: Decision, ports: Ports) -> Finish[RecordOutputs]:
    """Write the file."""
    result = decision.result.model_copy(update={"finished_at": ports.clock.now()})
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
