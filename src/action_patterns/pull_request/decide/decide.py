"""The decision about one target: pure and total. Every branch is a row of a table test."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.contracts.result import FileCounts
from action_patterns.ports.pull_requests import Observed
from action_patterns.pull_request.decide.comparison import compare
from action_patterns.pull_request.decide.decide_none_open import decide_none_open
from action_patterns.pull_request.decide.decide_open import decide_open
from action_patterns.pull_request.decide.decision import Decision, stopped
from action_patterns.pull_request.decide.preflight import preflight
from action_patterns.pull_request.reasons import BY_CODE
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.run_memory import NOTHING, RunMemory


def decide(desired: Desired, observed: Observed, memory: RunMemory = NOTHING) -> Decision:
    """Return the steps to exactly one pull request with the desired content, or to none if the base holds it."""
    decision = _decide(desired, observed, memory)
    if decision.files:
        decision = replace(decision, file_counts=_count(decision.files, desired, observed))
    if not decision.steps:
        return decision
    checks = preflight(desired, observed, decision.steps)
    against = [check for check in checks if check.answer == "no"]
    if not against:
        return replace(decision, checks=checks)
    if decision.outcome == "blocked":
        return replace(decision, steps=())  # The note cannot be left either; what stops us matters more.
    first, *more = against
    stop = stopped("blocked", first.code, first.detail)
    message = " ".join([stop.message, *(f"{BY_CODE[c.code].meaning} {c.detail}".strip() for c in more)])
    return replace(
        stop,
        message=message,
        pull_request=decision.pull_request,
        files=decision.files,
        file_counts=decision.file_counts,
        checks=checks,
    )


def _decide(desired: Desired, observed: Observed, memory: RunMemory) -> Decision:
    for flag, reason in ((observed.archived, "archived"), (observed.disabled, "disabled"), (observed.empty, "empty")):
        if flag:
            return stopped("skipped", reason)
    if observed.base is None or observed.base_tip is None:
        return stopped("blocked", "base-missing", f"Looked for {desired.base or 'the default branch'}.")
    comparison = compare(desired, observed, observed.base, observed.base_tip, memory)
    if comparison.opened is not None:
        return replace(decide_open(comparison, comparison.opened), pull_request=comparison.opened)
    return decide_none_open(comparison)


def _count(files: tuple[str, ...], desired: Desired, observed: Observed) -> FileCounts:
    deleted = {change.path for change in desired.changes if change.mode is None}
    added = {path for path in files if observed.files.get(path) is None}
    gone = len(deleted.intersection(files))
    return FileCounts(added=len(added), changed=len(files) - len(added) - gone, deleted=gone)
