"""Tiers of the records -> the tier of a target, and the share of degraded targets. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from action_patterns.contracts import TargetResult
from action_patterns.contracts.report import DegradedShare

ALERT_PERCENT = 5.0
"""Percent of degraded targets above which a report alerts, unless the caller says otherwise."""


def lowest_tier(given: Iterable[TargetResult]) -> dict[str, Any]:
    """Return the tier fields of a target that several recorders recorded: a good tier of one mends no other's."""
    worst = max(given, key=lambda result: (result.tier_index or 0, result.tier))
    return {"tier": worst.tier, "tier_index": worst.tier_index}


def degraded_share(results: Iterable[TargetResult], alert_percent: float) -> DegradedShare | None:
    """Return the share of degraded targets among those that name a tier. None: none does."""
    tiered = [result for result in results if result.tier_index is not None]
    if not tiered:
        return None
    degraded = sum(result.is_degraded for result in tiered)
    return DegradedShare(
        degraded=degraded,
        tiered=len(tiered),
        alert_percent=alert_percent,
        # As it is written: the float 0.1 is more than a tenth.
        alert=degraded * 100 > Fraction(str(alert_percent)) * len(tiered),
    )
