"""The tiers that targets hold by, in words."""

from __future__ import annotations

from collections import Counter

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.escape import CODE_CHARACTERS, clip
from action_patterns.report.render.view import percent

TIERS_NAMED = 4


def tier_of(result: TargetResult) -> str:
    """Return `tier 2, cached`. Empty: the record names no tier."""
    if result.tier_index is None:
        return ""
    name = f", {clip(result.tier, CODE_CHARACTERS)}" if result.tier else ""
    return f"tier {result.tier_index}{name}"


def note(report: RunReport) -> str:
    """Return the share of degraded targets in one sentence. Empty: none is degraded."""
    share = report.degraded
    if share is None or not share.degraded:
        return ""
    by_tier = Counter(tier_of(result) for result in report.results if result.is_degraded)
    listed = sorted(by_tier.items(), key=lambda item: (-item[1], item[0]))
    named = "; ".join(f"{name}: {number:,}" for name, number in listed[:TIERS_NAMED])
    more = f"; {len(listed) - TIERS_NAMED:,} more tiers" if len(listed) > TIERS_NAMED else ""
    degraded = f"{share.degraded:,} of {share.tiered:,} targets ({percent(share.degraded, share.tiered)})"
    alert = (
        f" This is more than {share.alert_percent:g} %: mend the tiers above, or their causes become the rule."
        if share.alert
        else ""
    )
    return f"Degraded: {degraded} hold by a tier below their first ({named}{more}).{alert}"
