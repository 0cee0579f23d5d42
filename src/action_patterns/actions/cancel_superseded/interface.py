"""Inputs and outputs of cancel-superseded, and its reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reason import Reason
from action_patterns.input_types import Flag, NameList

Same = Literal["workflow", "branch", "event", "title"]
FACTS: tuple[Same, ...] = ("workflow", "branch", "event", "title")
MOST_RUNS = 1_000


class CancelSupersededInputs(TokenInputs):
    """Inputs of cancel-superseded."""

    max_minutes: int = Field(
        default=5,
        ge=1,
        description="Minutes this step may take at the pace GitHub allows: a second a run. Runs that do not fit are"
        " left, and `left` counts them.",
    )
    same: NameList = Field(
        default=("branch", "event"),
        description="Facts that an older run shares with this one: `branch` (its name and its repository), `event`,"
        " `title` (what `run-name` makes, for a key of your choice), or `workflow` alone for every run of the workflow."
        " The workflow is always the same one.",
    )
    in_progress: Flag = Field(
        default=False,
        description="Cancel older runs that have begun, too. Without it, only runs that wait: `queued`, `waiting`,"
        " `pending` or `requested`.",
    )
    limit: int = Field(
        default=100,
        ge=1,
        le=MOST_RUNS,
        description="Runs to cancel at most, the oldest first. `left` counts the others.",
    )
    dry_run: Flag = Field(default=False, description="Cancel nothing; say which runs a real run would cancel.")


class CancelSupersededOutputs(Outputs):
    """Outputs of cancel-superseded."""

    cancelled: str = Field(
        description="JSON list of the runs that were cancelled, oldest first; for a dry run those that would be. Each"
        " has `id`, `number`, `attempt`, `status` (before) and `url`."
    )
    count: int = Field(description="How many runs are in `cancelled`.")
    left: int = Field(description="Superseded runs that neither the limit nor the time allowed to cancel.")
    refused: str = Field(
        description="JSON list of the runs that GitHub refused to cancel though they have not ended, in the same form."
    )
    outcome: str = Field(
        description="Outcome of this step: `updated`, `unchanged`, `deferred`, `skipped` or `planned`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")


REASONS = (
    Reason("cancelled", "updated", "Older runs waited, and GitHub cancels them.", "Nothing."),
    Reason("nothing-superseded", "unchanged", "There is no older run to cancel.", "Nothing."),
    Reason("cancelled", "planned", "A real run cancels the runs in `cancelled`.", "Nothing."),
    Reason(
        "refused",
        "unchanged",
        "GitHub refused to cancel the runs in `refused`, which have not ended. It does so for a run that it created and"
        " never queued.",
        "Nothing: such a run starts no job. Only GitHub support can remove it.",
    ),
    Reason(
        "limit",
        "deferred",
        "There are more superseded runs than `limit`. The oldest were cancelled; `left` counts the others.",
        "Run again, or raise `limit`.",
    ),
    Reason(
        "rate-limit",
        "deferred",
        "`max-minutes` or a rate limit ended the work. `left` counts what is left, as far as it is known.",
        "Run again. A cancelled run stays cancelled.",
    ),
    Reason(
        "unavailable",
        "deferred",
        "GitHub did not answer. The job goes on: superseded work costs time, and nothing else.",
        "Nothing, or run again.",
    ),
    Reason(
        "fork",
        "skipped",
        "This run is of a pull request from a fork, whose token only reads.",
        "Use `concurrency` in the workflow, which needs no token. Do not use `pull_request_target` for this.",
    ),
)
