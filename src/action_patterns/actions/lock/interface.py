"""Inputs, outputs and reasons of lock."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.cleaning import (
    CLEAN_REASONS,
    dry_run_field,
    older_than_days_field,
    prefix_field,
    removed_count_field,
    removed_field,
)
from action_patterns.action.inputs import Outputs
from action_patterns.action.keeper import MIN_LEASE_SECONDS
from action_patterns.action.reason import Reason
from action_patterns.action.store import StoreInputs
from action_patterns.input_types import Flag
from action_patterns.state.lock import MAX_QUEUE
from action_patterns.state.record import MAX_MESSAGE_BYTES

Mode = Literal["acquire", "release", "run", "force-unlock", "clean"]

MAX_NAME_LENGTH = 500
STEP_LEASE_SECONDS = 6 * 3_600
"""GitHub's limit for a job on its runners (docs, "Actions limits")."""
RUN_LEASE_SECONDS = 60
MAX_LEASE_SECONDS = 35 * 86_400
"""GitHub's limit for a workflow run."""
MAX_WAIT_SECONDS = 5 * 86_400
"""GitHub's limit for a job on a runner of one's own."""


class LockInputs(StoreInputs):
    """Inputs of lock."""

    mode: Mode = Field(
        description="`run` holds the lock while the lines of `run` run. `acquire` takes it for later steps, and"
        " `release` gives it back. `force-unlock` takes it from a holder by its claim. `clean` removes locks that no"
        " job uses."
    )
    name: str = Field(
        default="",
        description="Name of the lock: any text, for example `deploy-production`. All who name the same text and"
        " `repository` share one lock, across workflows and repositories. Required, except for `clean`.",
    )
    run: str | None = Field(
        default=None,
        description="For `run`: lines of bash. They run as in a step with `shell: bash`: the first command that fails"
        " ends them (`-e -o pipefail`). Pass values by `env`, never by an expression inside the lines.",
    )
    working_directory: str = Field(
        default=".", description="Directory in which `run` runs; a relative path is below the workspace."
    )
    wait_seconds: int = Field(
        default=1_800,
        ge=0,
        le=MAX_WAIT_SECONDS,
        description="Seconds to wait for the lock. The wait costs a runner. `0`: a lock that is held fails the step at"
        " once, with the reason `held`.",
    )
    lease_seconds: int | None = Field(
        default=None,
        ge=MIN_LEASE_SECONDS,
        le=MAX_LEASE_SECONDS,
        description="Seconds after which a holder that GitHub does not call over is passed. `run` renews its lease"
        f" after each third. The lease of `acquire` is never renewed: let it cover the job. Default:"
        f" {RUN_LEASE_SECONDS} for `run`, {STEP_LEASE_SECONDS:,} (6 hours) for `acquire`.",
    )
    claim: str | None = Field(
        default=None,
        description="For `release`: the output `claim` of the step that acquired, `${{ steps.<id>.outputs.claim }}`."
        " For `force-unlock`: the claim of the holder, which every error of this action names.",
    )
    prefix: str | None = prefix_field("the names")
    older_than_days: int | None = older_than_days_field(
        "A lock that a job holds or waits for stays at any age, until their leases are over."
    )
    dry_run: Flag | None = dry_run_field()
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the lock. Default: the repository the workflow runs in."
    )
    max_minutes: int = Field(
        default=10,
        ge=1,
        description="Minutes that the requests of this step may take beside `wait-seconds`, where GitHub limits them.",
    )


class LockOutputs(Outputs):
    """Outputs of lock. A step that fails has them too: read them with `if: always()`."""

    acquired: bool = Field(description="Whether this step acquired the lock.")
    claim: str | None = Field(
        description="Claim of this step to the lock, if `acquire` acquired it; `release` asks for it. It is no secret."
    )
    generation: int = Field(
        description="Fencing number. It grows with each holder, also over a removal of the lock: a new lock begins at"
        " the milliseconds since 1970, so let a service keep 64 bits. A service that refuses a smaller number than one"
        " it has seen is safe from a holder that lost the lock."
    )
    holder: str | None = Field(description="Address of the run that holds the lock, as this step saw it last.")
    waited: float = Field(description="Seconds from the start of the step until it had the lock, or gave up.")
    removed: str | None = removed_field("the locks")
    removed_count: int = removed_count_field()
    outcome: str = Field(
        description="Outcome of this step: `succeeded`, `unchanged`, `blocked` or `failed`; for `clean` `updated`,"
        " `planned` or `unchanged`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    exit_code: int | None = Field(description="For `run`: exit code of the command. Empty: it did not run.")
    outputs: dict[str, str] = Field(
        description="For `run`: outputs that the command wrote to `GITHUB_OUTPUT`, as a JSON object:"
        " `fromJSON(steps.<id>.outputs.outputs).<name>`."
    )


REASONS = (
    Reason("acquired", "succeeded", "The lock was free.", "Do the work, then release it."),
    Reason(
        "taken-over",
        "succeeded",
        "The holder's lease or run was over, so this step passed it.",
        "Do the work. The work of the holder may be done in part.",
    ),
    Reason(
        "resumed",
        "succeeded",
        "An earlier attempt of this run held it and has ended.",
        "Do the work. Part of it may be done already.",
    ),
    Reason("ran", "succeeded", "The command succeeded under the lock, and the lock was given back.", "Nothing."),
    Reason("released", "succeeded", "The lock is free again.", "Nothing."),
    Reason("released", "unchanged", "This claim has given the lock back before.", "Nothing."),
    Reason(
        "force-unlocked",
        "succeeded",
        "The lock was taken from its holder and is free.",
        "Nothing. The holder's `release` or `run` fails with `lock-lost` or `lease-lost`.",
    ),
    Reason("not-held", "unchanged", "No step holds the lock.", "Nothing."),
    Reason(
        "held",
        "blocked",
        "Another job holds the lock or is before this one, and this step does not wait.",
        "Wait with `wait-seconds`, or run again later. Do not do the work without the lock.",
    ),
    Reason(
        "wait-exhausted",
        "blocked",
        "The lock did not become free within `wait-seconds`.",
        "Run again later, or"
        " raise `wait-seconds`. If the holder is dead, take the lock with `mode: force-unlock` and its claim.",
    ),
    Reason(
        "queue-full",
        "blocked",
        f"{MAX_QUEUE} jobs wait for the lock, or as many as its record takes in {MAX_MESSAGE_BYTES:,} bytes.",
        "Run again later, or divide the work among several locks.",
    ),
    Reason(
        "not-holder",
        "blocked",
        "The claim is not the holder's, so nothing was changed.",
        "Pass the claim of the"
        " holder that the message names, if that one is dead. Do not take the lock from a living job.",
    ),
    Reason(
        "lock-lost",
        "failed",
        "The lock is not held by this claim: its lease was over, or another job took it.",
        "Look whether two jobs worked at the same time. Let `lease-seconds` cover the job, or use `mode: run`, which"
        " renews its lease.",
    ),
    Reason(
        "lease-lost",
        "failed",
        "The lease could not be renewed or the lock was taken, so the command was ended or ran beside another holder.",
        "Run again: the work may be done in part. If GitHub was down, wait for it. Do not lower `lease-seconds`.",
    ),
    Reason(
        "command-failed",
        "failed",
        "The command failed under the lock, and the lock was given back.",
        "Read the log of the command.",
    ),
    Reason(
        "survivors",
        "failed",
        "Processes of the command could not be ended, so the lock was not given back.",
        "Do not start processes of another user (`sudo`) that outlive the command. The lock is free after its lease.",
    ),
    Reason(
        "files-refused",
        "failed",
        "The command succeeded, and the runner would refuse a file that it wrote.",
        "Correct the lines that the message names. None of the command's files was passed on.",
    ),
    Reason(
        "release-failed",
        "failed",
        "The command ended under the lock, and GitHub did not take the release.",
        "The lock is free after its lease. Look whether the work is done before you run again.",
    ),
    *CLEAN_REASONS,
)
