"""The records of a run -> those that count, by target and recorder. Pure.

A recorder is a job and a name. It records a target once an attempt; its newest record counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from action_patterns.contracts import Plan, PlanEntry, TargetResult
from action_patterns.contracts.repository import repository_of
from action_patterns.contracts.result import FileName, Recorder, recorder_of
from action_patterns.ports.context import Context
from action_patterns.report.model import missing_records
from action_patterns.report.render.view import ORDER

NO_RECORDER = Recorder().id
"""Id of the recorder of files that do not say by whom they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file among the records that counts as `missing`, and whose record it claims to be."""

    path: str
    problem: str
    target: str | None = None
    index: int | None = None
    attempt: int | None = None
    """None: not known. The file then counts as the newest."""
    plan_id: str | None = None
    recorder: Recorder | None = None
    """None: its text does not say."""
    recorder_id: str | None = None
    """Id of `recorder`, or of the one in the file's name. None: neither says."""
    contradicts: FileName | None = None
    """The claim of its name or folder. None: both agree with the text, or the text is none."""


class Expected(NamedTuple):
    """A recorder that each target must have a record of. `name` None: one of any name."""

    job: str
    name: str | None = None

    def fits(self, recorder: Recorder) -> bool:
        return recorder.job == self.job and self.name in (None, recorder.name)

    def __str__(self) -> str:
        return self.job if self.name is None else f"{self.job}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The records that count."""

    newest: Mapping[int, Mapping[str, TargetResult]]
    """By the target's index and the recorder's id."""
    recorders: Mapping[str, Recorder]
    """Every recorder of a target of this plan, by id. One of which only broken files came is empty."""
    ignored: int
    duplicates: int

    @property
    def silent(self) -> bool:
        """Whether nothing came back."""
        return not self.newest


def count(plan: Plan, records: Sequence[TargetResult], unreadable: Iterable[Unreadable], context: Context) -> Counted:
    """Choose the records that count. Depends on the set of records, never on their order."""
    roster = {entry.index: entry.target.address for entry in plan.roster}
    own = [
        record
        for record in records
        if record.plan_id == plan.plan_id
        and roster.get(record.index) == record.target
        and not is_beyond(record.attempt, plan, context)
    ]
    spoiled = [file for file in unreadable if may_be_own(file, plan, context)]
    recorders = {recorder.id: recorder for recorder in map(recorder_of, own)}
    lost = list(_lost(spoiled, plan, context))
    for claim in lost:
        if claim.recorder_id is not None:
            recorders.setdefault(claim.recorder_id, claim.recorder or Recorder())
    # A file that does not say by whom it is: it is the only recorder's, or that of an unknown one.
    unsaid = next(iter(recorders)) if len(recorders) == 1 else NO_RECORDER
    newest: defaultdict[int, dict[str, TargetResult]] = defaultdict(dict)
    for by, record in (
        *((recorder_of(record).id, record) for record in own),
        *((claim.recorder_id or unsaid, claim.result) for claim in lost),
    ):
        best = newest[record.index].get(by)
        if best is None or _rank(record) > _rank(best):
            newest[record.index][by] = record
    duplicates = len(own) - len({(recorder_of(record), record.index, record.attempt) for record in own})
    kept = {id(record) for by in newest.values() for record in by.values()}
    counted = len({id(record) for record in own} & kept)
    if plan.kind != "item":  # an item is in no repository, and several may share one pull request
        _refuse_shared(newest, context)
    return Counted(
        newest=newest, recorders=recorders, ignored=len(records) - counted - duplicates, duplicates=duplicates
    )


def is_beyond(attempt: int, plan: Plan, context: Context) -> bool:
    """Return whether this run has not reached that attempt yet. False for another run's plan: not known."""
    return plan.plan_id.startswith(f"{context.run_id}-") and attempt > context.run_attempt


def may_be_own(file: Unreadable, plan: Plan, context: Context) -> bool:
    """Whether nothing that can be read of the file, or of its name, says that it is not of this plan's run."""
    return file.plan_id in (None, plan.plan_id) and not is_beyond(file.attempt or 1, plan, context)


class _Lost(NamedTuple):
    recorder_id: str | None
    recorder: Recorder | None
    result: TargetResult


def _lost(spoiled: Iterable[Unreadable], plan: Plan, context: Context) -> Iterable[_Lost]:
    """Yield a `missing` result for each target that an unreadable file may be of.

    A file that contradicts its name may be of either target, so neither has a record that can be trusted.
    """
    by_name = {entry.target.address: entry for entry in plan.roster}
    by_index = {entry.index: entry for entry in plan.roster}
    for file in spoiled:
        why = missing_records.CONTRADICTORY if file.contradicts else missing_records.LOST
        entry = by_name.get(file.target or "") or by_index.get(-1 if file.index is None else file.index)
        attempt = file.attempt or context.run_attempt
        if entry:
            yield _Lost(file.recorder_id, file.recorder, _missing(entry, why, plan, attempt))
        if file.contradicts and (named := by_index.get(file.contradicts.place)):
            attempt = file.contradicts.attempt
            if not is_beyond(attempt, plan, context):
                by = file.contradicts.recorder or file.recorder_id
                yield _Lost(by, None, _missing(named, why, plan, attempt))


def _missing(entry: PlanEntry, why: missing_records.Cause, plan: Plan, attempt: int) -> TargetResult:
    return missing_records.result(entry, why, plan_id=plan.plan_id, attempt=attempt)


def _refuse_shared(newest: Mapping[int, dict[str, TargetResult]], context: Context) -> None:
    """Replace the records of several repositories that name one pull request: it cannot be in all of them.

    Two components of one repository may share theirs.
    """
    pull_request = re.compile(rf"{re.escape(context.server_url)}/[^/]+/[^/]+/pull/[0-9]+")
    repositories: defaultdict[str, set[str]] = defaultdict(set)
    for by in newest.values():
        for record in by.values():
            if record.pull_request_url and pull_request.fullmatch(record.pull_request_url):
                repositories[record.pull_request_url].add(repository_of(record.target).lower())
    shared = {url for url, named in repositories.items() if len(named) > 1}
    for by in newest.values() if shared else ():
        for recorder, record in by.items():
            if record.pull_request_url in shared:
                by[recorder] = missing_records.refused(record, missing_records.SHARED)


_BEGINNING = datetime.min.replace(tzinfo=UTC)


def _rank(record: TargetResult) -> tuple[int, int, datetime, str]:
    # A newer record that cannot be read ranks as `missing` like any other: calling the target by an older one could
    # turn a failure green. The last two do not depend on the order in which files were listed.
    return (record.attempt, *severity(record))


def severity(record: TargetResult) -> tuple[int, datetime, str]:
    """Return a key by which the worst of several records is the highest."""
    return -ORDER.index(record.outcome), record.finished_at or _BEGINNING, record.model_dump_json()
