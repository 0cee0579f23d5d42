"""All that degrade is given: inputs -> tiers with their shares of the budget, or every problem at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from action_patterns.actions.degrade.interface import DegradeInputs
from action_patterns.actions.degrade.tiers import Read, Tier
from action_patterns.contracts.wording import closest
from action_patterns.errors import InputError, Problem
from action_patterns.ports.processes import GRACE_SECONDS
from action_patterns.resilience.tier_time import shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The tiers, and the share of the budget that each has."""

    tiers: tuple[Tier, ...]
    forced: int | None
    """Place of the tier to begin with, from 0. None: the first, and the others after it."""
    precondition: str
    budget_seconds: float
    shares: tuple[float, ...]
    """Seconds of the budget that each tier has for itself."""
    working_directory: str
    nounset: bool


def gather(inputs: DegradeInputs) -> Facts:
    """Read the tiers.

    Raises:
        InputError: everything that is wrong with the inputs.
    """
    read = Read(inputs.tiers)
    problems = [*read.problems, *_problems(inputs, read)]
    if problems:
        raise InputError(*problems)
    forced = read.names.index(inputs.force_tier) if inputs.force_tier else None
    asks = (None,) if inputs.precondition else ()
    parts = shares((*asks, *read.timeouts), inputs.budget_seconds, most_grace_seconds=GRACE_SECONDS)
    return Facts(
        tiers=read.tiers,
        forced=forced,
        precondition=inputs.precondition,
        budget_seconds=inputs.budget_seconds,
        shares=parts[len(asks) :],
        working_directory=inputs.working_directory,
        nounset=inputs.nounset,
    )


def _problems(inputs: DegradeInputs, read: Read) -> Iterator[Problem]:
    forced, budget = inputs.force_tier, inputs.budget_seconds
    if forced and read.names and forced not in read.names:
        near = closest(forced, read.names)
        yield Problem(
            f"`force-tier` is {forced!r}, and no tier has this name.",
            f"Write `{near}`." if near else f"Name one of: {', '.join(read.names)}.",
        )
    if not isfinite(budget) or budget <= 0:
        yield Problem(f"`budget-seconds` is {budget:g}; no tier could run.", "Give a number above 0, or leave it out.")
        return
    timeouts = [timeout for timeout in read.timeouts if timeout is not None and timeout > 0 and isfinite(timeout)]
    without = [f"`{n}`" for n, timeout in zip(read.names, read.timeouts, strict=True) if timeout is None]
    without += ["the precondition"] if inputs.precondition and read.names else []
    total = sum(timeouts)
    if total > budget:
        yield Problem(
            f"The tiers ask for {total:g} seconds together, and `budget-seconds` is {budget:g}.",
            "Raise `budget-seconds`, or shorten a `timeout-seconds`: each tier keeps its time for itself.",
        )
    elif timeouts and without and total == budget:
        yield Problem(
            f"`timeout-seconds` of the tiers take all {budget:g} seconds of `budget-seconds`, which leaves nothing for"
            f" {', '.join(without)}.",
            "Raise `budget-seconds`, or shorten a `timeout-seconds`.",
        )
