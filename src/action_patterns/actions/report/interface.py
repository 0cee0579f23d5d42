"""Inputs and outputs of report."""

from __future__ import annotations

from pydantic import Field, SecretStr

from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.input_types import Flag, NameList


class ReportInputs(Inputs):
    """Inputs of report."""

    plan: str = Field(
        default="",
        description="Path of the plan file that discover wrote. Absent, or no such file: the verdict is `inconclusive`"
        " and the run is red.",
    )
    plan_digest: str = Field(default="", description="discover's output `digest`. If given, any other plan is refused.")
    records: str = Field(
        default="", description="Directory with the records of the targets (`*.json`, searched recursively)."
    )
    previous: str = Field(
        default="",
        description="Path of an earlier run's run-report.json to compare with. If it is absent or of no"
        " use, a line says so and nothing fails.",
    )
    history: str = Field(
        default="",
        description="Path of the file of the last runs, output `path` of [`ledger`](../ledger) with `mode: runs`. The"
        " summary and report.html then show the last 10 runs beside this one. If it is absent or of no use, a line says"
        " so and nothing fails.",
    )
    needs: str = Field(
        default="",
        description="Results of the jobs before, one a line: `work=${{ needs.work.result }}`. Also taken: the result of"
        " the job that works on the targets, or `${{ toJSON(needs) }}`, which is too long beyond 128 KiB of outputs. It"
        " explains why a target has no record. A run is not green if one of these jobs did not succeed and no record"
        " says why.",
    )
    recorders: NameList = Field(
        default=(),
        description="Jobs that each target has a record of, separated by commas: `<job>`, or `<job>/<name>` with the"
        " `name` given to record. Default: every job and name that recorded any target.",
    )
    fail_on: str = Field(
        default="any",
        description="When failed targets make this step fail: `any`, `all`, `never`, `threshold:<n>` (more than n),"
        " `threshold:<n>%` (more than n percent) or `class:<names>` (outcomes, error categories or reasons, separated"
        " by commas). A run without a plan always fails.",
    )
    junit: Flag = Field(
        default=False, description="Write a JUnit XML file too, one test case per target; see the output `junit`."
    )
    degraded_alert_percent: float = Field(
        default=5,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="Percent of targets below their first tier, among those whose record names a tier, above which the"
        " step warns. The verdict stays as it is.",
    )
    token: SecretStr | None = Field(
        default=None,
        description="Reads the jobs of this run: `${{ github.token }}`, in a job with `actions: read`. Each target then"
        " links the log of its job, and the report distinguishes parts of a matrix that were cancelled, never started"
        " or lost. Without it, or if GitHub does not answer, the report uses `needs`.",
    )
    name: str = Field(
        default="",
        description="Title of the report and prefix of its artifact's name: lower-case letters, digits and hyphens."
        " Default: the plan's name.",
    )


class ReportOutputs(Outputs):
    """Outputs of report."""

    verdict: str = Field(description="`passed`, `partial`, `failed`, `nothing-to-do` or `inconclusive`.")
    counts: str = Field(description="JSON object: number of targets by outcome; the sum is the roster.")
    total: int = Field(description="Number of targets in the roster.")
    failed_count: int = Field(description="Number of targets that failed, were blocked or left no record.")
    deferred_count: int = Field(description="Number of targets a limit left for a later run.")
    failed_targets: str = Field(description="JSON list of names: the targets counted by `failed-count`.")
    deferred_targets: str = Field(description="JSON list of names: the targets counted by `deferred-count`.")
    degraded_count: int = Field(description="Number of targets that hold by a tier below their first.")
    degraded_targets: str = Field(description="JSON list of `owner/name`: the targets counted by `degraded-count`.")
    degraded_alert: bool = Field(description="`true` if their share is more than `degraded-alert-percent`.")
    path: str = Field(description="Path of run-report.json: every result, for actions/upload-artifact.")
    html: str = Field(description="Path of report.html: the same for a browser, in one file that needs no other.")
    outcomes: str = Field(
        description="Path of outcomes.json: outcome, reason, attempt and chosen outputs of every target, for the jobs"
        " after this one."
    )
    artifact_name: str = Field(description="Name to upload them under.")
    junit: str = Field(description="Path of the JUnit XML file; empty unless the input `junit` is true.")
