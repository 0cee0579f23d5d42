"""Inputs, outputs and reasons of assert."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reason import Reason
from action_patterns.input_types import Flag


class AssertInputs(TokenInputs):
    """Inputs of assert."""

    assertions: str | None = Field(
        default=None,
        description="The list of assertions, YAML or JSON: one mapping for each, whose first key names what it looks"
        " at. Pass values by `variable` and `env:`, or as `${{ toJSON(…) }}`. Every mistake of the list is named at"
        " once, before anything is looked at.",
    )
    assertions_path: str | None = Field(
        default=None, description="Instead of `assertions`: path of a file that holds the list."
    )
    mode: Literal["all", "first"] = Field(
        default="all",
        description="`all`: look at every assertion, and name all that do not hold. `first`: stop at the first one that"
        " does not hold.",
    )
    fail: Flag = Field(
        default=True,
        description="`false`: the step is green although assertions fail, and your steps decide by `passed`.",
    )
    steps: str = Field(
        default="",
        description="Outcomes of the steps before this one, as for `record`: `build=${{ steps.build.outcome }}` a line,"
        " or `${{ toJSON(steps) }}`. If an assertion fails, the message lists those that are already done.",
    )
    records: str | None = Field(
        default=None,
        description="Directory with records of this run. If an assertion fails, the message lists the targets that are"
        " already changed.",
    )


class AssertOutputs(Outputs):
    """Outputs of assert."""

    passed: bool = Field(description="All assertions of severity `error` hold.")
    failed: int = Field(
        description="Number of assertions of severity `error` that do not hold or could not be looked at."
    )
    warnings: int = Field(description="Number of assertions of severity `warning` that do not hold.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    message: str = Field(description="One sentence for people, for the input `message` of record.")
    results: str = Field(
        description="JSON list, in the order of the assertions: `name`, `severity`, `answer` (`yes`, `no`, `unknown`,"
        " `error`, `not-run`), `code`, `message`, `fix`."
    )


HELD, WARNED, FAILED, OPEN = "held", "held-with-warnings", "assertion-failed", "not-established"

REASONS = (
    Reason(HELD, "passed", "All assertions hold.", "None."),
    Reason(
        WARNED,
        "passed",
        "All assertions of severity `error` hold. Some of severity `warning` do not.",
        "Read the warnings. They become failures with `severity: error`.",
    ),
    Reason(
        FAILED,
        "failed",
        "An assertion does not hold.",
        "Follow the fix in its annotation and run again. Do not remove the assertion to get past it.",
    ),
    Reason(
        OPEN,
        "failed",
        "No assertion is known to fail, and one could not be looked at: an outage, or a token that may not read.",
        "Run again if the annotation names an outage; otherwise give the token the right that it names. An assertion"
        " that was not looked at does not hold.",
    ),
)
