"""Checks of what is left: calls of the token's budgets, and the runner's clock beside GitHub's."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import RepositoryCheck
from action_patterns.checks.specification import World
from action_patterns.errors import NotFoundError, PermissionDeniedError
from action_patterns.limits.primary import available_at
from action_patterns.ports.rate_limits import RateLimits
from action_patterns.ports.tokens import Tokens

RESOURCES = {"core": "core", "graphql": "graphql", "search": "search", "code-search": "code_search"}
"""Resource as an input has it, and as GitHub names it."""
_CALLS = re.compile(r"(?P<name>[a-z-]+) ?= ?(?P<number>\d{1,9})")


class Quota(RepositoryCheck):
    """Enough calls are left for the work. Others may use the same token meanwhile."""

    subject: ClassVar[str] = "quota"
    uses = (RateLimits.read,)

    quota: str = Field(
        description="Calls that the work sends: `core=200` (REST), `graphql=500` (points), `search=10` or"
        " `code-search=5`."
    )
    reserve: int = Field(default=0, ge=0, description="Calls to leave for other users of the token.")

    @field_validator("quota")
    @classmethod
    def _is_calls(cls, value: str) -> str:
        found = _CALLS.fullmatch(value.strip())
        if found is None or found["name"] not in RESOURCES:
            raise ValueError(f"{value!r} is no `<resource>=<calls>`. The resources are {', '.join(RESOURCES)}")
        return value

    def answer(self, world: World) -> Finding:
        found = _CALLS.fullmatch(self.quota.strip())
        assert found is not None, "checked before"
        name, needed = found["name"], int(found["number"])
        limits = self.session(world).rate_limits.read(self.place(world))
        if limits is None:
            return finding("quota", True)  # An administrator switched the limits off.
        budget = limits.budget(RESOURCES[name])
        if budget is None:
            detail = f"This server reports no budget for {name}."
            return Finding("quota-unreported", "unknown", detail, "Name the calls as `core` or `graphql`.")
        at = available_at(budget, needed, self.reserve, limits.read_at)
        beside = f" beside a reserve of {self.reserve:,}" if self.reserve else ""
        left = f"{name}: {budget.remaining:,} of {budget.limit:,} calls are left, and {needed:,} are needed{beside}."
        if at is None:
            fix = "Divide the work over several runs, or use a token with a larger budget. Do not wait: no reset helps."
            return finding("quota-exceeds-limit", False, left, fix)
        return finding(
            "quota-too-low",
            at <= limits.read_at,
            f"{left} The budget is full again at {budget.resets_at:%Y-%m-%d %H:%M:%S} UTC.",
            f"Run again after {budget.resets_at:%H:%M:%S} UTC, or wait for it with the action `rate-limit`. Do not"
            " start other work with this token before.",
        )


def _seconds(value: object) -> object:
    return value.strip().removesuffix("s").strip() if isinstance(value, str) else value


class ClockSkew(RepositoryCheck):
    """The runner's clock is near GitHub's. Signatures of Apps, leases and certificates depend on it."""

    subject: ClassVar[str] = "clock"
    uses = (Tokens.describe,)

    clock: Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=86_400)] = Field(
        description="Seconds by which the runner's clock may differ from GitHub's, for example `30`."
    )

    def title(self) -> str:
        return "clock"

    def answer(self, world: World) -> Finding:
        clock = world.ports.clock
        before = clock.now()
        try:
            report = self.session(world).tokens.describe(self.place(world))
        except (NotFoundError, PermissionDeniedError):
            report = None
        after = clock.now()
        if report is None or report.answered_at is None:
            detail = "No answer of GitHub named its time."
            return Finding("clock-unread", "unknown", detail, "Compare the runner's clock with another one.")
        # The answer was made between the two looks at the clock, and its time counts whole seconds.
        ahead = (before - report.answered_at).total_seconds() - 1
        behind = (report.answered_at - after).total_seconds()
        skew = max(ahead, behind, 0.0)
        which = "ahead of" if ahead > behind else "behind"
        return finding(
            "clock-skew",
            skew <= self.clock,
            f"The runner's clock is {skew:.0f} s {which} GitHub's, and {self.clock:g} s are allowed.",
            "Have the machine's clock set by NTP. Do not set it by hand in a step.",
        )
