"""Inputs and outputs of record."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.content.text import is_code
from action_patterns.contracts import Outcome
from action_patterns.contracts.artifact import FALLBACK_NAME, NAME_RULE, is_name
from action_patterns.contracts.repository import ITEM_CHARACTERS, is_item, is_target
from action_patterns.contracts.result import MOST_OUTPUTS, MOST_TARGETS, MOST_TIERS, OUTPUT_CHARACTERS

RECORDS_DIRECTORY = "action-patterns-records"
"""Below RUNNER_TEMP."""


def _code(value: str) -> str:
    if not is_code(value):
        raise ValueError("must be a code in kebab case, such as tests-failed")
    return value


def _target(value: str) -> str:
    if not is_target(value) and not is_item(value):
        raise ValueError(f"must be the name of a target: one printable line of at most {ITEM_CHARACTERS} characters")
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
        " `${{ github.repository }}:${{ matrix.directory }}`. For an item it is `${{ matrix.target }}`."
    )
    index: int = Field(ge=0, le=MOST_TARGETS, description="The target's place in the roster: `${{ matrix.index }}`.")
    result: str | None = Field(
        default=None,
        description="Path of the result that upsert-pr wrote: `${{ steps.<id>.outputs.result }}`. The record takes all"
        " of it: outcome, reason, message, remedy, pull request, files and usage. If it is empty, because that step did"
        " not get so far, `outcome` and `reason` count.",
    )
    steps: str = Field(
        default="",
        description="Outcomes of your steps, one a line in their order: `build=${{ steps.build.outcome }}`. Also taken:"
        " `${{ toJSON(steps) }}`, which has all outputs too and is too long beyond 100 KB. `outcome` is `failure` also"
        " where `continue-on-error` makes `conclusion` a success. Without `outcome`, the record's outcome, reason and"
        " message follow from them; a failed step is never recorded as a success.",
    )
    outcome: Outcome | None = Field(
        default=None, description="Outcome of your steps, in one word. Required without `result` and `steps`."
    )
    reason: Annotated[str, AfterValidator(_code)] | None = Field(
        default=None,
        description="Your code for the cause, in kebab case; report groups by it. Required with `outcome`.",
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
    outputs: str = Field(
        default="",
        description="Values for later jobs, one a line: `version=${{ steps.build.outputs.version }}`; or a JSON object."
        f" report writes those of all targets into one file. At most {MOST_OUTPUTS} values, of {OUTPUT_CHARACTERS:,}"
        " characters each; secrets are refused.",
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
