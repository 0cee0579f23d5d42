"""Inputs and outputs of breaker."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.breaker_inputs import MAX_OPEN_SECONDS
from action_patterns.action.breaking import OnUnreadable
from action_patterns.action.cleaning import (
    dry_run_field,
    older_than_days_field,
    prefix_field,
    removed_count_field,
    removed_field,
)
from action_patterns.action.inputs import Outputs
from action_patterns.action.store import StoreInputs
from action_patterns.input_types import Flag
from action_patterns.state.breaker import MAX_FAILURES, MAX_MESSAGE_LENGTH, Result

Mode = Literal["check", "report", "stop", "resume", "status", "clean"]


class BreakerInputs(StoreInputs):
    """Inputs of breaker."""

    mode: Mode = Field(
        description="`check` before the work, `report` after it. `stop` sets the stop flag, and `resume` takes it away."
        " `status` only reads. `clean` removes breakers that are closed and long unused."
    )
    key: str = Field(
        default="",
        description="Name of what the breaker protects: any text, for example `registry`. All who name the same text"
        " and `repository` share one breaker, across legs, jobs, workflows and repositories. Required, except for"
        " `clean`.",
    )
    result: Result | None = Field(
        default=None,
        description="For `report`: how the work ended, `${{ steps.<id>.outcome }}` or `${{ job.status }}`. `cancelled`"
        " and `skipped` count neither way.",
    )
    claim: str | None = Field(
        default=None,
        description="For `report`: the output `claim` of the step that checked, `${{ steps.<id>.outputs.claim }}`. It"
        " proves the probe, and a report that is repeated counts once.",
    )
    message: str = Field(
        default="",
        description=f"For `stop`: why, at most {MAX_MESSAGE_LENGTH} characters. Everybody who can read the repository"
        " can read it. Text that looks like a token is replaced by `***`.",
    )
    threshold: int = Field(
        default=5, ge=1, le=MAX_FAILURES, description="Failures in a row that open the breaker. A success ends the row."
    )
    open_seconds: int = Field(
        default=300,
        ge=1,
        le=MAX_OPEN_SECONDS,
        description="Seconds for which an open breaker refuses all. After them the first job that checks probes, and"
        " the others are refused until it has reported.",
    )
    probe_lease_seconds: int = Field(
        default=900,
        ge=30,
        le=MAX_OPEN_SECONDS,
        description="Seconds after which a prober that has not reported counts as dead, and another one probes. Let it"
        " be longer than the work takes. A prober whose run is over is passed before that.",
    )
    on_unreadable: OnUnreadable = Field(
        default="work",
        description="For `check`: whether to `work` or to `stop` where the breaker cannot be read or written. Either"
        " way the step is green, with a warning.",
    )
    prefix: str | None = prefix_field("the keys")
    older_than_days: int | None = older_than_days_field(
        "A breaker that is open, half-open or stopped stays at any age."
    )
    dry_run: Flag | None = dry_run_field()
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the breaker. Default: the repository the workflow runs in."
    )
    max_minutes: int = Field(
        default=2, ge=1, description="Minutes that the requests of this step may take, where GitHub limits them."
    )


class BreakerOutputs(Outputs):
    """Outputs of breaker."""

    allowed: bool = Field(description="For `check`: the work is to be done. Gate every later step on `== 'true'`.")
    probe: bool = Field(description="For `check`: this job is the one that probes.")
    claim: str | None = Field(description="For `check`, if `allowed`: what `report` asks for. It is no secret.")
    state: str = Field(
        description="State of the breaker now: `closed`, `open`, `half-open`, `stopped`, or `unknown` where it cannot"
        " be read. Empty for `clean`."
    )
    failures: int = Field(description="Failures in a row.")
    message: str = Field(
        description="While it is stopped: why, as the step said that stopped it. Pass it on by `env`, never inside a"
        " script."
    )
    removed: str | None = removed_field("the breakers")
    removed_count: int = removed_count_field()
    outcome: str = Field(description="Outcome of this step: `updated`, `unchanged`, `planned` or `skipped`.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
