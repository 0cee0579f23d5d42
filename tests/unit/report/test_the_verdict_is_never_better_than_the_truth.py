"""Random runs of several jobs and attempts, whose records are lost, renamed, merged or joined by others."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns.contracts import Outcome, TargetResult
from action_patterns.contracts.artifact import records_artifact
from action_patterns.contracts.result import FAILING, record_file
from action_patterns.ports.workflow_runs import Job
from support import sample
from support.report_builders import job as job_of
from support.report_builders import plan, record
from support.report_stage import ReportStage

TARGETS = ("acme/a", "acme/b", "acme/c")
RECORDERS = (("lint", "sync-lint"), ("test", "sync-test"), ("test", "sync-more"))

outcomes = st.sampled_from(("updated", "unchanged", "skipped", "failed", "blocked"))
fates = st.sampled_from(("kept",) * 6 + ("lost", "renamed", "into another folder"))


class Leg(NamedTuple):
    """One leg in one attempt: what truly became of its target, and of its record."""

    job: str
    name: str
    index: int
    attempt: int
    outcome: Outcome
    fate: str

    @property
    def is_red(self) -> bool:
        """A leg whose record is lost died, or its upload failed: its job is red."""
        return self.outcome in FAILING or self.fate == "lost"


@dataclass
class Run:
    """A run, as it truly was."""

    legs: list[Leg] = field(default_factory=list)

    def last(self) -> Iterator[Leg]:
        """Yield each leg's last attempt."""
        yield from {(leg.job, leg.name, leg.index): leg for leg in self.legs}.values()

    @property
    def is_good(self) -> bool:
        return not any(leg.outcome in FAILING for leg in self.last())

    def needs(self) -> str:
        """Return the results of the jobs, as GitHub has them: those of the last attempt of each leg."""
        red = {leg.job for leg in self.last() if leg.is_red}
        return "\n".join(f"{job}={'failure' if job in red else 'success'}" for job in {leg.job for leg in self.legs})


@st.composite
def runs(draw: st.DrawFn) -> Run:
    run = Run()
    recorders = draw(st.lists(st.sampled_from(RECORDERS), min_size=1, max_size=3, unique=True))
    for attempt in (1, 2):
        for job, name in recorders:
            for index in range(len(TARGETS)):
                if attempt == 1 or draw(st.booleans()):
                    run.legs.append(Leg(job, name, index, attempt, draw(outcomes), draw(fates)))
    return run


def written(leg: Leg) -> TargetResult:
    return record(leg.index, TARGETS[leg.index], leg.outcome, job=leg.job, name=leg.name, attempt=leg.attempt)


def staged(run: Run, seed: int) -> ReportStage:
    """The artifacts that came back, in any order, beside those of another run."""
    stage = ReportStage(plan=plan(*TARGETS, name="sync"))
    legs = random.Random(seed).sample(run.legs, len(run.legs))
    for leg in legs:
        result = written(leg)
        folder = records_artifact(leg.name, leg.index, leg.attempt)
        other = leg._replace(index=(leg.index + 1) % len(TARGETS))
        file = record_file(written(other) if leg.fate == "renamed" else result)
        if leg.fate == "into another folder":
            folder = records_artifact(leg.name, other.index, leg.attempt)
        if leg.fate != "lost":
            stage.artifacts.setdefault(folder, {})[file] = result.encode().encode()
    stranger = record(0, TARGETS[0], "updated", plan_id="99-1-0f0f0f0f0f0f", job="lint", name="sync-lint", attempt=2)
    stage.artifacts["strangers"] = {"stranger.json": stranger.encode().encode()}
    return stage


def jobs_of(run: Run) -> tuple[Job, ...]:
    return tuple(
        job_of(
            leg.index, "failure" if leg.is_red else "success", id=n, name=f"{leg.job} {leg.index}", attempt=leg.attempt
        )
        for n, leg in enumerate(run.legs)
    )


@settings(max_examples=sample.examples(100))
@given(run=runs(), seed=st.integers(), merged=st.booleans(), jobs=st.booleans())
def test_no_run_is_called_better_than_it_was(run: Run, seed: int, merged: bool, jobs: bool) -> None:
    asked = {"jobs": jobs_of(run), "token": "t"} if jobs else {}
    report, finish = staged(run, seed).report(merged=merged, attempt=2, needs=run.needs(), **asked)
    assert report.counts.total == len(TARGETS)
    if not run.is_good:
        assert report.verdict in ("partial", "failed")
        assert finish.exit_code == 1
    clean = all(leg.fate == "kept" for leg in run.legs)
    for index, result in enumerate(report.results):
        truth = {leg.outcome in FAILING for leg in run.last() if leg.index == index}
        if clean:
            assert (result.outcome in FAILING) == (True in truth), "with every record it is exactly the truth"
    if clean:
        assert (report.verdict == "passed") is run.is_good


@settings(max_examples=sample.examples(50))
@given(run=runs(), seed=st.integers())
def test_merged_and_in_folders_the_same_is_counted(run: Run, seed: int) -> None:
    kept = Run([leg._replace(fate="lost" if leg.fate == "lost" else "kept") for leg in run.legs])
    told = [staged(kept, seed).outcomes(merged=merged, attempt=2, needs=kept.needs()) for merged in (True, False)]
    assert told[0] == told[1]
