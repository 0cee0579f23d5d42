"""Links to the explanation of a reason: its row in the README of its action, at this release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from action_patterns.action.reason import anchor
from action_patterns.contracts import TargetResult
from action_patterns.discovery.reasons import LEFT_OUT
from action_patterns.distribution.reasons import HELD_BACK, PARKED
from action_patterns.pull_request.reasons import REASONS
from action_patterns.release import PAGES_URL
from action_patterns.report.model import missing_records

GUIDES: Mapping[str, str] = {
    **{each.code: f"{PAGES_URL}/actions/upsert-pr/README.md#{anchor(each.code)}" for each in REASONS},
    **{each.code: f"{PAGES_URL}/actions/report/README.md#{anchor(each.code)}" for each in missing_records.CAUSES},
    **{
        each.code: f"{PAGES_URL}/actions/apply/README.md#{anchor(each.code)}" for each in (LEFT_OUT, PARKED, *HELD_BACK)
    },
}
"""By reason. apply and distribute give the same reasons as upsert-pr, whose page explains the inputs they speak of."""


def of(results: Iterable[TargetResult]) -> str | None:
    """The page about the one reason of results that went wrong; None where it is not ours.

    People's own steps choose their reasons, and may well choose one of our words. Only our own results have an error
    beside it: `record` takes none.
    """
    pages = {GUIDES.get(result.reason) if result.error else None for result in results}
    return pages.pop() if len(pages) == 1 else None


def line(guide: str | None) -> str:
    """A guide as the last line of an annotation, which has no links; the log makes one of an address. "" for None."""
    return f"\nGuide: {guide}" if guide else ""
