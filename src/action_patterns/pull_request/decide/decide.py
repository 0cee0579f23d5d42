"""The decision about one target: pure and total. Every branch is a row of a table test."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.checks.check import blocking
from action_patterns.contracts.result import FileCounts
from action_patterns.ports.pull_requests import Observed
from action_patterns.pull_request.decide.comparison import Comparison, compare, former_runs, is_foreign
from action_patterns.pull_request.decide.decide_none_open import decide_none_open
from action_patterns.pull_request.decide.decide_open import decide_open
from action_patterns.pull_request.decide.decision import Decision, stopped
from action_patterns.pull_request.decide.preflight import preflight
from action_patterns.pull_request.ownership.source import order
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
    against = blocking(checks)
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
    if (stop := _not_ours_to_write(comparison)) is not None:
        return replace(stop, pull_request=comparison.opened, files=comparison.files)
    if comparison.opened is not None:
        decision = replace(decide_open(comparison, comparison.opened), pull_request=comparison.opened)
    else:
        decision = decide_none_open(comparison)
    return _in_order(decision, comparison)


def _not_ours_to_write(comparison: Comparison) -> Decision | None:
    """Return the stop where the open pull request is another campaign's, or another job's of this run."""
    opened, desired = comparison.opened, comparison.desired
    if opened is None:
        return None
    if is_foreign(comparison.marker, desired) and desired.policies.adopt != "any":
        return stopped("blocked", "foreign-campaign", f"It is #{opened.number}.")
    ours, theirs = desired.source.run, comparison.trailers.run if comparison.trailers else None
    if ours is None or theirs is None or (ours.workflow, ours.number) != (theirs.workflow, theirs.number):
        return None
    if theirs.base in ("", comparison.base):
        return None
    detail = f"#{opened.number} is for {theirs.base}, this job is for {comparison.base}."
    return stopped("blocked", "key-of-two-bases", detail)


def _in_order(decision: Decision, comparison: Comparison) -> Decision:
    """Return the decision, or none to write where a newer run of the source has written already."""
    if not decision.steps or decision.outcome not in ("created", "updated", "closed"):
        return decision
    ours, known = comparison.desired.source.run, comparison.observed.newer_commits
    orders = {run: order(ours, run, known or {}) for run in former_runs(comparison)}
    newer = [run for run, how in orders.items() if how == "older"]
    if newer:
        detail = f"It wrote content of {newer[0].commit[:12]} in run number {newer[0].number}."
        stop = stopped("skipped", "older-source", detail)
        return replace(stop, pull_request=decision.pull_request, files=decision.files)
    unordered = tuple(dict.fromkeys(run.commit for run, how in orders.items() if how == "unknown"))
    if unordered and known is None:
        return replace(decision, unordered=unordered)
    said = (
        f"Commit {unordered[0][:12]} wrote before, from another workflow; which of the two is newer is not known."
        if unordered
        else ""
    )
    return replace(decision, message=" ".join(filter(None, (decision.message, said))))


def _count(files: tuple[str, ...], desired: Desired, observed: Observed) -> FileCounts:
    deleted = {change.path for change in desired.changes if change.mode is None}
    added = {path for path in files if observed.files.get(path) is None}
    gone = len(deleted.intersection(files))
    return FileCounts(added=len(added), changed=len(files) - len(added) - gone, deleted=gone)
