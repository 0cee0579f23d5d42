"""Which job of the run worked on which leg of the matrix, by the names of the jobs.

Names are text of others. One that is not of the form tells nothing, and where two could be meant nothing is claimed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from action_patterns.contracts import Plan
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model import missing_records
from action_patterns.report.model.job_results import JobResult

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


def match(plan: Plan, jobs: Sequence[Job], needs: Mapping[str, JobResult], context: Context) -> Legs:
    """The legs among the jobs of the plan's own run. Their jobs are called as the job that works on the targets is, and
    by the leg's index: `Apply 3`, `Apply 3: acme/api`, or `Apply (3, ...)`, as GitHub names a matrix by its values.
    """
    if not jobs or not plan.plan_id.startswith(f"{context.run_id}-"):
        return Legs()
    leg_of = _leg_of(plan)
    form, legs = _form(missing_records.working(needs) or missing_records.WORKING), set(leg_of.values())
    by_path: defaultdict[str, list[tuple[int, Job]]] = defaultdict(list)
    for job in jobs:
        path, _, name = job.name.rpartition(" / ")
        if (found := form.fullmatch(name)) and (leg := int(found[1] or found[2])) in legs:
            by_path[path].append((leg, job))
    own = _own_path(jobs, context)
    if own is None and len(by_path) == 1:
        (own,) = by_path
    by_leg: defaultdict[int, dict[int, Job | None]] = defaultdict(dict)
    for leg, job in by_path.get(own, ()) if own is not None else ():
        by_leg[leg][job.attempt] = None if job.attempt in by_leg[leg] else job
    doubtful = any(None in each.values() for each in by_leg.values())
    cut = any(len(job.name) >= CUT_CHARACTERS for job in jobs)
    return Legs(leg_of, by_leg, all_told=bool(by_leg) and not doubtful and not cut)


def _form(names: Iterable[str]) -> re.Pattern[str]:
    called = "|".join(map(re.escape, names))
    number = "(0|[1-9][0-9]{0,8})"
    return re.compile(rf"(?:{called}) (?:{number}(?::.*)?|\({number}(?:,.*|\)))", re.IGNORECASE | re.ASCII | re.DOTALL)


def _own_path(jobs: Iterable[Job], context: Context) -> str | None:
    """Return the caller's prefix of this job's name (`caller / `).

    It separates two calls of distribute.yml in one run.
    """
    own = [
        job.name
        for job in jobs
        if job.runner and job.runner == context.runner and job.status == "in_progress"
        if job.attempt == context.run_attempt
    ]
    return own[0].rpartition(" / ")[0] if len(own) == 1 else None


def _leg_of(plan: Plan) -> dict[int, int]:
    if not plan.packing:
        return {entry.index: entry.index for entry in plan.roster}
    firsts = [pack.first for pack in plan.packing]
    legs = {entry.index: bisect_right(firsts, entry.index) - 1 for entry in plan.roster}
    return {index: leg for index, leg in legs.items() if leg >= 0 and index <= plan.packing[leg].last}
