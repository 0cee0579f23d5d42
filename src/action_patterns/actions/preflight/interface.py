"""Inputs, outputs and reasons of preflight."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reason import Reason
from action_patterns.input_types import Flag

REASONS = (
    Reason("ready", "passed", "Every required check holds, or nothing that reads can say so.", "None."),
    Reason("unanswered", "passed", "Checks met an error, and `on-error` is `pass`.", "Look at the warnings."),
    Reason(
        "checks-failed",
        "failed",
        "A required check does not hold.",
        "Remove each obstacle that the table names; the next run asks all checks again.",
    ),
    Reason(
        "checks-unanswered",
        "failed",
        "A required check met an error, an outage for example, so it neither holds nor fails. `on-error` is `fail`.",
        "Run again. If the work may go on without an answer, set `on-error: pass`.",
    ),
)


class PreflightInputs(TokenInputs):
    """Inputs of preflight."""

    checks: str = Field(
        default="",
        description="YAML list of checks, for example `- tool: git >=2.40`. The kinds and their keys are in"
        " docs/checks-reference.md. Pass values of events and secrets by `env:` of the step, never in this text.",
    )
    checks_path: str | None = Field(
        default=None, description="Instead of `checks`: path of a YAML file in the workspace with the list."
    )
    needs: str = Field(
        default="", description="For checks of jobs: `${{ toJSON(needs) }}`, or lines of `<job>=<result>`."
    )
    stop_at_category: Flag = Field(
        default=False,
        description="Ask nothing further after the first category with a failure. The categories are config, local,"
        " tools, network, access, state, capacity and command. Default: all problems in one run.",
    )
    on_error: Literal["fail", "pass"] = Field(
        default="fail",
        description="When a required check cannot be asked, in an outage of GitHub for example: `fail` is not ready,"
        " `pass` goes on with a warning. It is neither failed nor passed in either case.",
    )
    fail: Flag = Field(
        default=True,
        description="`true`: the step is red unless ready. `false`: it is green, and your workflow decides by `ready`.",
    )
    max_minutes: int = Field(
        default=10,
        ge=1,
        description="Minutes that the requests to GitHub may take together. Keep it below the job's `timeout-minutes`.",
    )


class PreflightOutputs(Outputs):
    """Outputs of preflight."""

    ready: bool = Field(description="Whether every required check holds, as far as it can be known.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    failed: str = Field(description="JSON list: the names of the checks that failed, optional ones too.")
    failed_count: int = Field(description="Number of checks that failed, optional ones too.")
    counts: str = Field(
        description="JSON object: for each category the number of checks by answer, `yes`, `no`, `unknown`, `error` and"
        " `not-run`."
    )
    results: str = Field(
        description="JSON list, one object for each check in the order in which they were asked: `check`, `category`,"
        " `severity`, `answer`, `code`, `message`, `fix`, `page`."
    )
