"""The campaign in process: discover the targets, apply the desired state to each. Actions and terminal call these."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from action_patterns.content.changes import FileChange
from action_patterns.content.changes import digest as changes_digest
from action_patterns.contracts import PlanEntry, TargetResult
from action_patterns.distribution.content import read_changes
from action_patterns.distribution.distribution_file import Distribution, read_distribution
from action_patterns.errors import DefectError
from action_patterns.ports.clock import Clock
from action_patterns.ports.github import GitHub
from action_patterns.ports.workspace import Files
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.upsert import Assignment, failure, upsert

WORKERS = 8
"""Targets worked on at once in one process: readers overlap, writes pass one gate (measured: more gains nothing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A distribution file with its content read."""

    distribution: Distribution
    changes: tuple[FileChange, ...]
    desired: Desired
    digest: str
    """Over files and pull request fields: what `apply` writes must be what `discover` planned."""


def read_campaign(path: str, files: Files) -> Campaign:
    """Read a distribution file and everything it names. Raises InputError with every problem at once."""
    distribution = read_distribution(files.read(path).decode(errors="replace"), name=path)
    changes = read_changes(distribution, files)
    spec = distribution.pull_request
    desired = resolve(spec, key=distribution.key or distribution.name, changes=changes)
    text = f"{changes_digest(changes)}\0{desired.key}\0{spec.model_dump_json()}"
    return Campaign(
        distribution=distribution, changes=changes, desired=desired, digest=hashlib.sha256(text.encode()).hexdigest()
    )


def apply(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan_id: str,
    github: GitHub,
    clock: Clock,
    *,
    attempt: int,
    dry_run: bool,
    on_result: Callable[[TargetResult], None],
) -> list[TargetResult]:
    """Upsert every entry, eight at a time; one target's failure is a result, not an end.

    `on_result` is called from this thread as each target ends, so that what is done is on disk when a run is cancelled.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed  # for the actions that work on many targets

    def one(entry: PlanEntry) -> TargetResult:
        assignment = Assignment(plan_id=plan_id, index=entry.index, attempt=attempt, repository=entry.target.repository)
        try:
            return upsert(campaign.desired, assignment, github, clock, dry_run=dry_run)
        except Exception as error:  # noqa: BLE001 - a bug at one target must not cost the others
            defect = DefectError(
                f"{type(error).__name__}: {error}", remediation="This is a bug in action-patterns: please report it."
            )
            return failure(defect, assignment, branch=campaign.desired.branch)

    results: list[TargetResult] = []
    pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="target")
    try:
        for future in as_completed([pool.submit(one, entry) for entry in entries]):
            result = future.result()
            results.append(result)
            on_result(result)
    except BaseException:
        # Cancelled: what has not begun shall not begin.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return sorted(results, key=lambda result: result.index)
