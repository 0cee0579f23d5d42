"""Results -> the causes that need attention: one group for everything that is repaired by the same remedy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC

from action_patterns.contracts import CauseCount, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.report.model import reason_links

NEEDS_ATTENTION = FAILING | {"deferred"}

_LATER = "Run the workflow again: it reached a limit. The next run finds finished work and leaves it as it is."
_HELD_BACK = (
    "Correct what made the work fail, or take the stop flag away, then re-run the failed jobs or start a new run."
    " Do not work past the breaker."
)
_NO_REMEDY = "Read the log of this target's job, remove the cause, then re-run the failed jobs."


def causes(results: Iterable[TargetResult]) -> tuple[CauseCount, ...]:
    """Return what failed, was deferred or was held back, grouped by its remedy, the largest group first."""
    groups: defaultdict[tuple[str, str], list[TargetResult]] = defaultdict(list)
    for result in results:
        if result.outcome in NEEDS_ATTENTION or result.is_held_back:
            groups[result.reason, _remediation(result)].append(result)
    counted = (
        _cause(reason, remediation, sorted(group, key=lambda result: result.target))
        for (reason, remediation), group in groups.items()
    )
    return tuple(sorted(counted, key=lambda cause: (-len(cause.targets), cause.reason, cause.remediation)))


def _cause(reason: str, remediation: str, group: Sequence[TargetResult]) -> CauseCount:
    messages = list(dict.fromkeys(result.error.message if result.error else result.message for result in group))
    others = len(messages) - 1
    more = f" (and {others} other {'message' if others == 1 else 'messages'})" if others else ""
    resumes = [result.error.resumes_at for result in group if result.error and result.error.resumes_at]
    return CauseCount(
        reason=reason,
        message=messages[0] + more,
        remediation=remediation,
        # A group is safe to retry only if each of its targets is: the reader acts on the group.
        retryable=all(result.error.retryable if result.error else result.outcome == "deferred" for result in group),
        resumes_at=max(resumes).astimezone(UTC) if resumes else None,
        guide=reason_links.of(group),
        targets=tuple(result.target for result in group),
    )


def _remediation(result: TargetResult) -> str:
    if result.error and result.error.remediation:
        return result.error.remediation
    if result.is_held_back:
        return _HELD_BACK
    return _LATER if result.outcome == "deferred" else _NO_REMEDY
