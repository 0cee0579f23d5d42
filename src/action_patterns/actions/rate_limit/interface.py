"""Inputs and outputs of rate-limit."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.input_types import LineList

Mode = Literal["check", "wait", "plan"]
MAX_WAIT_MINUTES = 60
"""A longer wait costs a runner for nothing: every budget is full again within the hour."""


class RateLimitInputs(TokenInputs):
    """Inputs of rate-limit."""

    mode: Mode = Field(
        default="check",
        description="`check` stops the job if too few calls are left, `wait` waits for the reset first, `plan` says how"
        " many jobs may run at the same time and when they are done.",
    )
    needed: LineList = Field(
        description="Calls that one job sends, `<resource>=<number>` a line: `core` (REST), `graphql` (points),"
        " `search`, `code-search`. A number alone is `core`. For `plan` also `writes`, the part of the calls that"
        " change something, and `content`, the part of those that makes pull requests, issues or comments.",
    )
    reserve: LineList = Field(
        default=(),
        description="Calls to leave for other users of the token, in the form of `needed`.",
    )
    jobs: int = Field(
        default=1,
        ge=1,
        le=1_000_000,
        description="Number of jobs that send `needed`, each. They share the token, and none sees what the others use.",
    )
    max_wait_minutes: int = Field(
        default=10,
        ge=0,
        le=MAX_WAIT_MINUTES,
        description=f"For `wait`: the longest wait, at most {MAX_WAIT_MINUTES}. A reset that is further away ends the"
        " step as `deferred` at once.",
    )
    on_unreadable: Literal["fail", "proceed"] = Field(
        default="fail",
        description="If GitHub does not report the budgets: `fail`, or `proceed` as if they were full. A server whose"
        " administrator switched rate limits off is no such case.",
    )
    fail_on: Literal["any", "never"] = Field(
        default="any",
        description="`any`: the step is red unless `ok`. `never`: it is green, and your steps decide by `ok`.",
    )
    owner: str | None = Field(
        default=None,
        description="For a GitHub App: account whose installation is asked, as each has budgets apart. Default: the"
        " owner of this repository.",
    )


class RateLimitOutputs(Outputs):
    """Outputs of rate-limit."""

    ok: bool = Field(description="The calls may be sent now; for `plan`, at least one job may begin now.")
    outcome: str = Field(description="`passed`, `deferred` (a limit is reached) or `failed`.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    resource: str = Field(description="The resource that decides: the one with the least left beside what is needed.")
    remaining: int | None = Field(description="Calls left of that resource. Empty: not known.")
    reset_at: str = Field(description="When that resource is full again, UTC, ISO 8601. Empty: not known.")
    max_parallel: int = Field(description="For `strategy.max-parallel`, and for the input of `apply` and `upsert-pr`.")
    write_share: float = Field(
        description="Share of the token's pace for each of these jobs: it writes once in `1 / write-share` seconds."
    )
    jobs_now: int = Field(description="Number of jobs whose calls are left before the reset, at most `jobs`.")
    eta: str = Field(
        description="Earliest time at which the last job can be done under GitHub's limits, UTC. Empty: never."
    )
    waited: int = Field(description="Seconds that this step waited for a reset.")
    token_kind: str = Field(description="Kind of the token, from its prefix. Empty: not known.")
    budgets: str = Field(description="JSON object: `limit`, `used`, `remaining` and `reset-at` of every resource.")
