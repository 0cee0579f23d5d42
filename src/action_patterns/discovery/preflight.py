"""The preflight of a fleet: targets that cannot succeed are stopped before a job is spent on them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast

from pydantic import Field

from action_patterns.checks.check import Finding, blocking
from action_patterns.checks.writable import by_role, by_rule, in_service
from action_patterns.contracts import Target
from action_patterns.contracts.plan import Stopped
from action_patterns.contracts.target import WRITING
from action_patterns.ports.git import RefRule
from action_patterns.pull_request.reasons import BY_CODE


def preflight_field() -> Any:
    """Return the `preflight` input, worded once for every action that has one."""
    return Field(
        default=False,
        description="Give no job to a target that cannot succeed: the repository is disabled, the token's account may"
        " only read it, or the rules of the campaign's branch refuse this token. The report has it as `skipped` or"
        " `blocked`, with upsert-pr's reason. The listing brings these facts without a further request; over REST the"
        " rules stay unknown, and what is unknown stops nothing.",
    )


def stopped(target: Target) -> Stopped | None:
    """Return the first obstacle of a target, as an upsert would say it. None: none is known."""
    found = blocking(findings(target))
    if not found:
        return None
    reason = BY_CODE[found[0].code]
    details = " ".join(each.detail for each in found if each.detail)
    also = ", ".join(f"`{each.code}`" for each in found[1:])
    return Stopped(
        outcome=cast("Literal['skipped', 'blocked']", reason.outcome),
        reason=reason.code,
        message=" ".join(filter(None, (reason.meaning, details, also and f"Also: {also}."))),
        remediation=reason.remedy,
    )


def findings(target: Target) -> Iterator[Finding]:
    """Yield the findings about a target of a fleet, in the order in which a person would remove the obstacles."""
    yield in_service(disabled=target.disabled)
    yield by_role(None if target.permission is None else target.permission in WRITING)
    yield by_rule(RefRule(may_push=target.may_push), force=False)


def divided(
    targets: Iterable[Target], *, preflight: bool
) -> tuple[tuple[Target, ...], tuple[tuple[Target, Stopped], ...]]:
    """Return the targets that jobs work on, and those that are stopped. Without a `preflight` none is."""
    found = [(target, stopped(target) if preflight else None) for target in targets]
    return (
        tuple(target for target, why in found if why is None),
        tuple((target, why) for target, why in found if why is not None),
    )
