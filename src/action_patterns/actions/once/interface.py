"""Inputs, outputs and reasons of once."""

from __future__ import annotations

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
from action_patterns.input_types import Flag, LineList, ValueList
from action_patterns.state import once
from action_patterns.state.once import MAX_METADATA_LENGTH, Mode

MAX_OPERATION_LENGTH = 100
RUN_LEASE_SECONDS = 60
MAX_LEASE_SECONDS = 35 * 86_400
"""GitHub's limit for a workflow run."""


class OnceInputs(StoreInputs):
    """Inputs of once."""

    mode: Mode = Field(
        description="`run` does the work of the lines of `run` once. Around several steps: `begin` before the work,"
        " `complete` as its last step, `fail` when it is given up. `clean` removes markers that no longer stop a run."
    )
    operation: str | None = Field(
        default=None,
        description="Name of the work, the same on every run, for example `announce-release`. Required, except for"
        " `clean`: without it, `clean` looks at every operation.",
    )
    run: str | None = Field(
        default=None,
        description="For `run`: lines of bash that do the work. They run as in a step with `shell: bash`: the first"
        " command that fails ends them (`-e -o pipefail`). Pass values by `env`, never by an expression inside the"
        " lines.",
    )
    working_directory: str = Field(
        default=".", description="Directory in which `run` runs; a relative path is below the workspace."
    )
    lease_seconds: int = Field(
        default=RUN_LEASE_SECONDS,
        ge=MIN_LEASE_SECONDS,
        le=MAX_LEASE_SECONDS,
        description="For `run`: seconds without a renewal after which its run counts as dead. It renews after each"
        " third, and the command is ended before a lease that it cannot renew.",
    )
    values: ValueList = Field(
        default=(),
        description="Subject of the work, one value a line: a version, a target, the id of a content. Other values are"
        " other work. An empty line is refused. The marker keeps only their hash.",
    )
    values_path: str | None = Field(
        default=None,
        description="Instead of `values`: path of a file with one value a line, for what a program writes. An input"
        " takes at most 128 KiB.",
    )
    files: LineList = Field(
        default=(),
        description="Files of the workspace whose paths, modes and content belong to it, one path or pattern a line."
        " A leading `!` takes out files that lines above it name.",
    )
    operation_only: Flag = Field(
        default=False,
        description="For `begin` and `run` without `values` and `files`: the operation alone is the work, so it is done"
        " once and never again. Without this input such a step is refused: mostly an expression came to nothing.",
    )
    claim: str | None = Field(
        default=None,
        description="For `complete` and `fail`: the output `claim` of the step that began,"
        " `${{ steps.<id>.outputs.claim }}`. Another job gets it as a job output.",
    )
    metadata: str = Field(
        default="",
        description=f"Short text to keep with the marker, at most {MAX_METADATA_LENGTH} characters. Everybody who can"
        " read the repository can read it: no secrets, no raw output. Text that looks like a token is replaced by"
        " `***`.",
    )
    ttl_days: int | None = Field(
        default=None, ge=1, description="Days after which `completed` no longer counts. Default: it never expires."
    )
    pending_timeout_hours: int = Field(
        default=6,
        ge=1,
        description="Hours after which a run that began with `begin` and wrote nothing more counts as dead. A run that"
        " GitHub calls over is dead before that. The default is GitHub's limit for a job on its runners; work in"
        " several jobs, or on your runners, may take longer.",
    )
    prefix: str | None = prefix_field("the operations")
    older_than_days: int | None = older_than_days_field(
        "A mark that holds without end, and one whose run may live, stays at any age."
    )
    dry_run: Flag | None = dry_run_field()
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the markers. Default: the repository the workflow runs in."
    )


class OnceOutputs(Outputs):
    """Outputs of once."""

    begun: bool = Field(
        description="The work is yours to do: gate every later step on `== 'true'`. For `run`: the command ran."
    )
    claim: str | None = Field(
        description="Claim of this step to the work, if `begun`; `complete` and `fail` ask for it. It is no secret."
    )
    completed: bool = Field(description="It is done for this content.")
    state: str = Field(description="State of the marker now: `absent`, `pending`, `completed` or `failed`.")
    outcome: str = Field(
        description="Outcome of this step: `created`, `updated`, `unchanged`, `planned`, `skipped`, `blocked` or"
        " `failed`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    metadata: str = Field(description="The text kept with the marker. Pass it on by `env`, never inside a script.")
    holder: str | None = Field(description="Address of the run that wrote the marker.")
    since: str | None = Field(description="When it wrote it, UTC, ISO 8601.")
    marker: str | None = Field(description="Full name of the marker's ref; none for `clean`.")
    removed: str | None = removed_field("the operations of the markers")
    removed_count: int = removed_count_field()
    exit_code: int | None = Field(description="For `run`: exit code of the command. Empty: it did not run.")
    outputs: dict[str, str] = Field(
        description="For `run`: outputs that the command wrote to `GITHUB_OUTPUT`, as a JSON object:"
        " `fromJSON(steps.<id>.outputs.outputs).<name>`. A step that skips has none: the marker keeps no outputs."
    )


REASONS = (
    *once.REASONS,
    *CLEAN_REASONS,
    Reason(
        "command-failed",
        "failed",
        "The command failed, and the work is marked as failed: the next run gets it at once.",
        "Read the log of the command.",
    ),
    Reason(
        "lease-lost",
        "failed",
        "The lease could not be renewed or another run took the work over, so the command was ended.",
        "Run again: the work may be done in part. If GitHub was down, wait for it. Do not lower `lease-seconds`.",
    ),
    Reason(
        "survivors",
        "failed",
        "Processes of the command could not be ended, so the work is not marked. It is free after its lease.",
        "Do not start processes of another user (`sudo`) that outlive the command.",
    ),
    Reason(
        "files-refused",
        "failed",
        "The work is done and marked as done, and the runner would refuse a file that the command wrote.",
        "Correct the lines that the message names. None of the command's files was passed on.",
    ),
    Reason(
        "completion-failed",
        "failed",
        "The command succeeded, and GitHub did not take the mark, so a later run does the work again.",
        "Look whether a repeat does harm before you run again.",
    ),
)
