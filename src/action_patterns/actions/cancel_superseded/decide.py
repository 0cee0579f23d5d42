"""The runs that this one supersedes: older ones only, by every measure that GitHub gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from action_patterns.ports.workflow_run import WorkflowRun

WAITING = ("queued", "waiting", "pending", "requested")
"""States of a run that no job of has begun, or that waits for an approval (GitHub docs, "List workflow runs")."""
IN_PROGRESS = "in_progress"


class Facts(NamedTuple):
    """Everything the decision depends on."""

    us: WorkflowRun
    others: tuple[WorkflowRun, ...]
    same: frozenset[str]
    statuses: frozenset[str]


def decide(facts: Facts) -> tuple[WorkflowRun, ...]:
    """Return the superseded runs, the oldest first: it would be the next to begin."""
    found = [run for run in facts.others if is_superseded(run, facts)]
    return tuple(sorted(found, key=lambda run: run.number))


def is_superseded(run: WorkflowRun, facts: Facts) -> bool:
    """Return whether a run is older than ours, shares the facts, and is in a status that may be cancelled."""
    return run.status in facts.statuses and is_older(run, facts.us) and shares(run, facts.us, facts.same)


def is_older(run: WorkflowRun, us: WorkflowRun) -> bool:
    """Return whether a run is older than ours.

    A re-run keeps its number. One that a person began after ours is wanted now, also with a lower number.
    """
    if run.id == us.id or run.number >= us.number:
        return False
    return run.attempt == 1 or run.began_at < us.began_at


def shares(run: WorkflowRun, us: WorkflowRun, same: Collection[str]) -> bool:
    """Return whether a run shares all these facts with ours. An unknown fact is shared with no run."""
    return run.workflow_id == us.workflow_id and all(_shares(run, us, fact) for fact in same)


def _shares(run: WorkflowRun, us: WorkflowRun, fact: str) -> bool:
    if fact == "branch":
        known = us.branch is not None and us.home is not None
        return known and (run.branch, run.home) == (us.branch, us.home)
    if fact == "event":
        return run.event == us.event
    if fact == "title":
        return bool(us.title) and run.title == us.title
    return True  # `workflow`, which is compared anyway


def statuses(*, in_progress: bool) -> frozenset[str]:
    """Return the states of runs that may be cancelled."""
    return frozenset((*WAITING, IN_PROGRESS) if in_progress else WAITING)


def of_status(listed: Iterable[WorkflowRun]) -> dict[int, WorkflowRun]:
    """Return runs by id: one that changes its state meanwhile is listed twice."""
    return {run.id: run for run in listed}
