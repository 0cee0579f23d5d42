"""Which job of the run worked on which leg of the matrix, by the names of the jobs.

Names are text of others. One that is not of the form tells nothing, and where two could be meant nothing is claimed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from action_patterns.contracts import Plan
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model import missing_records
from action_patterns.report.model.job_results import JobResult

SEPARATOR = " / "
"""GitHub writes it between a calling job and a job of the called workflow. People write it into titles too."""
CUT_CHARACTERS = 100
"""GitHub cuts a longer name of a job, where the index may stand."""


@dataclass(frozen=True, slots=True)
class Legs:
    """The jobs that worked on the legs of one plan."""

    leg_of: Mapping[int, int] = field(default_factory=dict)
    """By a target's index."""
    jobs: Mapping[int, Mapping[int, Job | None]] = field(default_factory=dict)
    """By leg and attempt; None = several could be meant."""
    all_told: bool = False
    """Whether a leg of which no job is here has none."""

    def job(self, index: int, attempt: int) -> Job | None:
        """The job that worked on a target in an attempt; None = not known."""
        return self._of(index).get(attempt)

    def last(self, index: int) -> Job | None:
        """The same in the newest attempt that has one."""
        found = self._of(index)
        return found[max(found)] if found else None

    def has_none(self, index: int) -> bool:
        """Whether GitHub has no job for a target, though it has those of others."""
        return self.all_told and index in self.leg_of and not self._of(index)

    def _of(self, index: int) -> Mapping[int, Job | None]:
        return self.jobs.get(self.leg_of.get(index, -1), {})


def match(plan: Plan, jobs: Sequence[Job], needs: Mapping[str, JobResult], context: Context, *, job: str = "") -> Legs:
    """The legs among the jobs of the plan's own run. Their jobs are called as the job that works on the targets is, and
    by the leg's index: `Apply 3`, `Apply 3: acme/api`, or `Apply (3, ...)`, as GitHub names a matrix by its values. A
    leg that calls a workflow has the jobs `Apply 3 / <job>`.

    `job`: id of the job whose legs are meant. Empty: the job that works on the targets, as `needs` names it.
    """
    if not jobs or not plan.plan_id.startswith(f"{context.run_id}-"):
        return Legs()
    leg_of = legs_of(plan)
    by_path = _by_path(jobs, _form(_names(needs, job)), frozenset(leg_of.values()))
    reporting = _reporting(jobs, context)
    if reporting is None:
        by_path = _unambiguous(by_path)
    own = _common_path(by_path) if reporting is None else _own_path(reporting, jobs, by_path)
    by_leg: defaultdict[int, dict[int, Job | None]] = defaultdict(dict)
    for leg, found in by_path.get(own, ()) if own is not None else ():
        by_leg[leg][found.attempt] = None if found.attempt in by_leg[leg] else found
    doubtful = any(None in each.values() for each in by_leg.values())
    cut = any(len(each.name) >= CUT_CHARACTERS for each in jobs)
    return Legs(leg_of, by_leg, all_told=bool(by_leg) and not doubtful and not cut)


def _names(needs: Mapping[str, JobResult], job: str) -> tuple[str, ...]:
    # A job of a called workflow is not among the jobs before the report: its legs are called as the calling job is.
    if job and job in needs:
        return (job,)
    return (*(missing_records.working(needs) or missing_records.WORKING), *([job] if job else []))


_ByPath = Mapping[str, Sequence[tuple[int, Job]]]


def _by_path(jobs: Iterable[Job], form: re.Pattern[str], legs: frozenset[int]) -> _ByPath:
    """The jobs that a name of the form stands for, by the calling jobs before it.

    A title may hold ` / ` too, so each place is tried.
    """
    by_path: defaultdict[str, list[tuple[int, Job]]] = defaultdict(list)
    for job in jobs:
        parts = job.name.split(SEPARATOR)
        for place, part in enumerate(parts):
            called = place + 1 < len(parts) and all(parts[place + 1 :])
            whole = form.fullmatch(SEPARATOR.join(parts[place:])) or (form.fullmatch(part) if called else None)
            if whole and (leg := int(whole[1] or whole[2])) in legs:
                by_path[SEPARATOR.join(parts[:place])].append((leg, job))
    return by_path


def _unambiguous(by_path: _ByPath) -> _ByPath:
    """Return the same without the jobs whose names can be read in two ways."""
    times = Counter(job.id for found in by_path.values() for _, job in found)
    clear = {path: [(leg, job) for leg, job in found if times[job.id] == 1] for path, found in by_path.items()}
    return {path: found for path, found in clear.items() if found}


def _common_path(by_path: _ByPath) -> str | None:
    """Return the calling jobs of all legs. None: they differ, so it is not known which call reports."""
    return next(iter(by_path)) if len(by_path) == 1 else None


def _own_path(reporting: Job, jobs: Iterable[Job], by_path: _ByPath) -> str | None:
    """Return the calling jobs of the reporting job (`caller`), which separate two calls of distribute.yml in one run.

    Its own title may hold ` / `. A prefix that no other job has is a part of the title.
    """
    parts = reporting.name.split(SEPARATOR)[:-1]
    while parts:
        path = SEPARATOR.join(parts)
        if path in by_path:
            return path
        if any(job.name.startswith(path + SEPARATOR) for job in jobs if job.name != reporting.name):
            return None
        parts.pop()
    return "" if "" in by_path else None


def _form(names: Iterable[str]) -> re.Pattern[str]:
    called = "|".join(map(re.escape, names))
    number = "(0|[1-9][0-9]{0,8})"
    return re.compile(rf"(?:{called}) (?:{number}(?::.*)?|\({number}(?:,.*|\)))", re.IGNORECASE | re.ASCII | re.DOTALL)


def _reporting(jobs: Iterable[Job], context: Context) -> Job | None:
    """Return this job. None: not known."""
    own = [
        job
        for job in jobs
        if job.runner and job.runner == context.runner and job.status == "in_progress"
        if job.attempt == context.run_attempt
    ]
    return own[0] if len(own) == 1 else None


def legs_of(plan: Plan) -> dict[int, int]:
    """Return the leg of each target that a job works on, by the target's index."""
    if not plan.packing:
        return {entry.index: entry.index for entry in plan.roster}
    firsts = [pack.first for pack in plan.packing]
    legs = {entry.index: bisect_right(firsts, entry.index) - 1 for entry in plan.roster}
    return {index: leg for index, leg in legs.items() if leg >= 0 and index <= plan.packing[leg].last}
