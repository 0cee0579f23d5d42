"""Inputs and outputs of degrade."""

from __future__ import annotations

from pydantic import Field

from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.input_types import Flag

BUDGET_SECONDS = 3000


class DegradeInputs(Inputs):
    """Inputs of degrade."""

    tiers: str = Field(
        description="YAML list of at least two tiers, best first. Each has `run`, lines of bash. It may have"
        " `validate`, lines of bash that end with 0 if the result is good, a `name`, and `timeout-seconds` for both."
        " Default names: `optimal`, `acceptable`, `guaranteed`."
    )
    precondition: str = Field(
        default="",
        description="Lines of bash that must end with 0 before the first tier. If they do not, the step is red and"
        " tries no tier: a fallback does not mend a missing precondition.",
    )
    force_tier: str = Field(
        default="",
        description="Name of the tier to begin with, to drill a fallback. If it fails, the step is red and tries no"
        " other tier.",
    )
    budget_seconds: float = Field(
        default=BUDGET_SECONDS,
        description="Seconds for all tiers and the precondition together. A tier uses only what leaves every later tier"
        " its `timeout-seconds`, or else an equal share.",
    )
    working_directory: str = Field(default=".", description="Directory of all commands, below the workspace.")
    nounset: Flag = Field(default=False, description="Bash ends at a variable that is not set (`-u`).")


class DegradeOutputs(Outputs):
    """Outputs of degrade."""

    tier: str = Field(description="Name of the tier that holds. Empty: none does.")
    tier_index: int | None = Field(description="Its place, from 1. Empty: none holds.")
    degraded: bool = Field(description="`true` if the tier that holds is not the first.")
    exit_code: int = Field(
        description="0 if a tier holds; otherwise the exit code of the last command that failed: 124 for time, 128 and"
        " the number of a signal, 1 if the command itself ended with 0."
    )
    reason: str = Field(description="Code for how the step ended: [reasons](#reasons).")
    message: str = Field(
        description="How it ended and why, in one line, for `message` of record. Empty: the first tier holds."
    )
    errors: str = Field(
        description="JSON list of the tiers that failed, in order: `tier`, `cause`, `command` (`run` or `validate`),"
        " `exit-code` and `message`, the end of what the command printed."
    )
    outputs: str = Field(
        description="JSON object of what `precondition` and the tier that holds wrote to GITHUB_OUTPUT:"
        " `fromJSON(steps.<id>.outputs.outputs).<name>`."
    )
    elapsed: float = Field(description="Seconds that all commands took.")
