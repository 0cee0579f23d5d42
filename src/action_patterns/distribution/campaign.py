"""The campaign in process: discover the targets, apply the desired state to each. Actions and terminal call these."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from action_patterns.content.changes import FileChange
from action_patterns.content.changes import digest as changes_digest
from action_patterns.content.text import read_text
from action_patterns.contracts import PlanEntry, TargetResult
from action_patterns.distribution.content import read_changes
from action_patterns.distribution.distribution_file import Distribution, read_distribution
from action_patterns.errors import DefectError, InputError
from action_patterns.ports.clock import Clock
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.workspace import Files
from action_patterns.pull_request.ownership.source import source_of
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.upsert import Assignment, Preview, failure, preview, upsert

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
    notice: str | None = None
    """A sentence about what was left out of the content. None: nothing was."""


def read_campaign(path: str, files: Files, context: Context, *, most_writes: int | None = None) -> Campaign:
    """Read a distribution file and everything it names. Raises InputError with every problem at once."""
    distribution = read_distribution(read_text(files.read(path), path), name=path)
    content = read_changes(distribution, files)
    changes = content.changes
    spec = distribution.pull_request
    source = source_of(context, file=path, present=_yaml_files(files))
    desired = resolve(
        spec, key=distribution.key or distribution.name, changes=changes, source=source, most_writes=most_writes
    )
    text = f"{changes_digest(changes)}\0{desired.key}\0{spec.model_dump_json()}"
    return Campaign(
        distribution=distribution,
        changes=changes,
        desired=desired,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        notice=content.notice(),
    )


def _yaml_files(files: Files) -> list[str] | None:
    """Return the paths of all YAML files of the workspace. None: a directory of it cannot be read."""
    try:
        return [name for name in files.listing() if name.endswith((".yml", ".yaml"))]
    except InputError:
        return None


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
    on_start: Callable[[str], None] = lambda _: None,
) -> list[TargetResult]:
    """Upsert every entry, eight at a time; one target's failure is a result, not an end.

    `on_result` is called from this thread as each target ends, so that what is done is on disk when a run is cancelled.
    `on_start` is called with the target's name, from the thread that works on it.
    """

    def one(assignment: Assignment) -> Preview:
        on_start(assignment.repository)
        return Preview(upsert(campaign.desired, assignment, github, clock, dry_run=dry_run), None)

    found = _each(entries, campaign, plan_id, one, attempt=attempt, on_result=on_result)
    return [each.result for each in found]


def plan_changes(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan_id: str,
    github: GitHub,
    clock: Clock,
    *,
    on_result: Callable[[TargetResult], None],
) -> list[Preview]:
    """Return what `apply` would do to every entry, by the same code, with what each target is now. Write nothing."""

    def one(assignment: Assignment) -> Preview:
        return preview(campaign.desired, assignment, github, clock)

    return _each(entries, campaign, plan_id, one, attempt=1, on_result=on_result)


def _each(
    entries: Sequence[PlanEntry],
    campaign: Campaign,
    plan_id: str,
    work: Callable[[Assignment], Preview],
    *,
    attempt: int,
    on_result: Callable[[TargetResult], None],
) -> list[Preview]:
    def one(entry: PlanEntry) -> Preview:
        assignment = Assignment(plan_id=plan_id, index=entry.index, attempt=attempt, repository=entry.target.repository)
        try:
            return work(assignment)
        except Exception as error:  # noqa: BLE001 - a bug at one target must not cost the others
            defect = DefectError(
                f"{type(error).__name__}: {error}", remediation="This is a bug in action-patterns: please report it."
            )
            return Preview(failure(defect, assignment, branch=campaign.desired.branch), None)

    from concurrent.futures import ThreadPoolExecutor, as_completed  # for the actions that work on many targets

    found: list[Preview] = []
    pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="target")
    try:
        for future in as_completed([pool.submit(one, entry) for entry in entries]):
            each = future.result()
            found.append(each)
            on_result(each.result)
    except BaseException:
        # Cancelled: what has not begun shall not begin.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return sorted(found, key=lambda each: each.result.index)
