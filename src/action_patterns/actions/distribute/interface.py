"""Inputs and outputs of the root action."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.breaker_inputs import breaker_field, open_seconds_field, threshold_field
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.parking_inputs import park_after_field
from action_patterns.action.store import StoreName, store_field
from action_patterns.discovery.only import Limit, OnlyList, limit_field, only_field
from action_patterns.discovery.preflight import preflight_field
from action_patterns.input_types import Flag


class DistributeInputs(TokenInputs):
    """Inputs of the root action."""

    distribution: str = Field(default="distribution.yml", description="Path of the distribution file.")
    only: OnlyList = only_field()
    limit: Limit | None = limit_field()
    preflight: Flag = preflight_field()
    dry_run: Flag = Field(default=False, description="Write nothing; report what a real run would do.")
    fail_on: str = Field(
        default="any",
        description="When the step is red: `any`, `all`, `never`, `threshold:<n>` or `threshold:<n>%` of the targets"
        " failed, or `class:<names>`: one failed with such an outcome, error category or reason.",
    )
    previous: str = Field(
        default="",
        description="Path of an earlier run's run-report.json to compare with. If it is absent or of no"
        " use, a line says so and nothing fails.",
    )
    junit: Flag = Field(
        default=False, description="Write a JUnit XML file too, one test case per target; see the output `junit`."
    )
    reveal_private: Flag = Field(
        default=False,
        description="Let a public repository name private ones in the log, the summary and the report. Without it they"
        " are counted, and shown as `private repository #<id>`.",
    )
    breaker: str | None = breaker_field(
        "After targets that fail in a row, the others are skipped (`breaker-open`). Without `state-repository` the step"
        " counts its own targets."
    )
    breaker_threshold: int = threshold_field("Targets")
    breaker_open_seconds: int = open_seconds_field("steps; then one step probes with one target.")
    park_after: int = park_after_field()
    state_repository: str | None = Field(
        default=None,
        description="`owner/name` that keeps the breaker, so that all runs and campaigns of the key share it and honour"
        " its stop flag, and the names of targets that failed. It is written with `token`, or by the App. If it cannot"
        " be, the step counts its own targets and parks none, and a warning says so.",
    )
    store: StoreName = store_field("the breaker and the failures in `state-repository`")


class DistributeOutputs(Outputs):
    """Outputs of the root action."""

    verdict: Literal["passed", "partial", "failed", "nothing-to-do", "inconclusive"] = Field(
        description="`passed`, `partial`, `failed` or `nothing-to-do`."
    )
    counts: str = Field(description="JSON object: targets by outcome.")
    failed_targets: str = Field(description="JSON list of the targets that failed or were blocked.")
    path: str = Field(description="Path of the full report, run-report.json.")
    html: str = Field(description="Path of report.html: the same for a browser, in one file that needs no other.")
    artifact_name: str = Field(description="Name to upload them under, unique per attempt.")
    junit: str = Field(description="Path of the JUnit XML file; empty unless the input `junit` is true.")
    requests: int = Field(description="Requests sent to GitHub.")
    writes: int = Field(description="How many of them were writes.")
