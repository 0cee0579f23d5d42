"""The campaign in process: discover the targets, apply the wish to each. Actions and terminal call these."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from action_patterns.content.changes import FileChange
from action_patterns.content.changes import digest as changes_digest
from action_patterns.contracts import Exclusion, Plan, PlanEntry, Target, TargetResult
from action_patterns.distribution.content import read_changes
from action_patterns.distribution.distribution_file import Distribution, Selection, read_distribution
from action_patterns.distribution.plan import make_plan
from action_patterns.distribution.select import select
from action_patterns.errors import DefectError, InputError, Problem
from action_patterns.ports import Clock, Context, Credentials, Files, GitHub, Limits
from action_patterns.pull_request.desired import Desired, desire
from action_patterns.pull_request.result import Assignment, failure, upsert

WORKERS = 8
"""Targets worked on at once in one process: readers overlap, writes pass one gate (measured: more gains nothing)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What discovery read."""

    listed: tuple[Target, ...]
    named: dict[str, Target | None]
    visible: int
    limits: Limits | None


@dataclass(frozen=True, slots=True)
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
    wish = distribution.pull_request
    desired = desire(wish, key=distribution.key or distribution.name, changes=changes)
    text = f"{changes_digest(changes)}\0{desired.key}\0{wish.model_dump_json()}"
    return Campaign(distribution, changes, desired, hashlib.sha256(text.encode()).hexdigest())


def look(selection: Selection, github: GitHub) -> Seen:
    """Read every repository the selection may mean, completely, or fail."""
    listed: list[Target] = []
    visible = 0
    for owner in selection.owners:
        listing = github.list_owner(owner)
        listed += listing.targets
        visible += listing.visible
    named = github.read_repositories(selection.repositories) if selection.repositories else {}
    known = {target.repository for target in listed}
    visible += len({target.repository for target in named.values() if target is not None} - known)
    scope = (*selection.owners, *selection.repositories)[0]
    return Seen(tuple(listed), named, visible, github.limits(scope))


def plan_from(
    seen: Seen, selection: Selection, *, name: str, content_digest: str, per_leg: int, context: Context, clock: Clock
) -> Plan:
    """Select, number and pack what was seen."""
    selected = select(seen.listed, seen.named, selection, source_repository=context.repository)
    return make_plan(
        selected,
        name=name,
        content_digest=content_digest,
        visible=seen.visible,
        per_leg=per_leg,
        limits=seen.limits,
        context=context,
        now=clock.now(),
    )


def check_reach(credentials: Credentials, selection: Selection, context: Context, *, writing: bool) -> None:
    """GITHUB_TOKEN reaches only the repository its workflow runs in; stop before the first request.

    It may list what is public elsewhere, so that alone is let through where nothing is to be written.

    Raises:
        InputError: the job's own token is used for another repository.
    """
    if not credentials.is_job_token:
        return
    elsewhere = [name for name in selection.repositories if name.lower() != context.repository.lower()]
    if not elsewhere and (not selection.owners or (selection.visibility == "public" and not writing)):
        return
    what = f"the repositories of {', '.join(selection.owners)}" if selection.owners else elsewhere[0]
    raise InputError(
        Problem(
            f"The token is the job's GITHUB_TOKEN, which reaches only {context.repository}, not {what}.",
            "Pass `app-client-id` and `app-private-key` of a GitHub App that is installed on the targets, or as `token`"
            " a personal access token kept as a secret. The job's `permissions` never reach other repositories.",
        )
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

    def one(entry: PlanEntry) -> TargetResult:
        assignment = Assignment(plan_id, entry.index, attempt, entry.target.repository)
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


def excluded_summary(excluded: Sequence[Exclusion]) -> dict[str, int]:
    """How many repositories each reason excluded, most first."""
    counts: dict[str, int] = {}
    for exclusion in excluded:
        counts[exclusion.reason] = counts.get(exclusion.reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
