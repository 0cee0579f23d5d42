"""The work of one step on targets of a campaign: without the parked ones, and behind a breaker if it has one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from action_patterns.distribution.apply import apply
from action_patterns.ports.bundle import Ports

if TYPE_CHECKING:
    from action_patterns.contracts import Plan, PlanEntry, TargetResult
    from action_patterns.distribution.breaking import LegBreaker
    from action_patterns.distribution.campaign import Campaign
    from action_patterns.distribution.state_inputs import StateInputs
    from action_patterns.ports.github import GitHub
    from action_patterns.ports.log import Annotation


def work_on(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan: Plan,
    inputs: StateInputs,
    ports: Ports,
    *,
    connect: Callable[[Sequence[PlanEntry]], GitHub],
    on_result: Callable[[TargetResult], None],
) -> tuple[list[TargetResult], list[Annotation]]:
    """Bring targets to their desired state, and keep what the next run shall know of them.

    Args:
        entries: the targets.
        campaign: the campaign.
        plan: its plan.
        inputs: the inputs of the step.
        ports: the run's ports.
        connect: opens GitHub for the targets that are worked on.
        on_result: called with each result as its target ends.

    Returns:
        All results, and warnings about state that could not be kept.
    """

    def work(entries: Sequence[PlanEntry]) -> tuple[list[TargetResult], list[Annotation]]:
        github = connect(entries)

        def applied(entries: Sequence[PlanEntry], breaker: LegBreaker | None = None) -> list[TargetResult]:
            return apply(
                entries,
                campaign,
                plan.plan_id,
                github,
                ports.clock,
                attempt=ports.context.run_attempt,
                dry_run=inputs.dry_run,
                on_result=on_result,
                breaker=breaker,
            )

        if inputs.breaker is None:
            return applied(entries), []
        from action_patterns.distribution.breaking import behind  # for the campaigns that have one

        return behind(inputs, inputs.breaker, ports, entries, applied)

    if not entries:
        return [], []
    if not inputs.park_after:
        return work(entries)
    from action_patterns.distribution.parking import without_parked  # for the campaigns that park

    return without_parked(inputs, ports, campaign, plan, entries, work, on_result=on_result)
