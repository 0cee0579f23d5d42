"""Answers that are lost, doubled or delayed, and kills: a breaker never stays open for longer than its times."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support import sample
from support.breaker_stage import OPEN, PROBE, leg, record
from support.editions import WITH_LEASES, only_on
from support.harness import FAULTS, NO_KILLS, FaultPlan
from support.lock_stage import Job, lock_stage
from support.stage import Killed

pytestmark = only_on(*WITH_LEASES, why="Without a swap there is no shared breaker, and a warning says so.")

CALLS = 6
"""Of a prober's check and report: read, commit, swap."""
MET = 3
"""How many faults each call meets in `make test`; the seed chooses them."""
PROBES_AT = OPEN + 10.0
LATER = PROBES_AT + PROBE + 1_000.0


@pytest.mark.parametrize("end", ["success", "failure"])
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (number, name)
        for number in range(1, CALLS + 1)
        for name in sample.some(MET, [name for name in NO_KILLS if FAULTS[name].can_hit("other")], "breaker", number)
    ],
)
def test_what_the_prober_is_told_is_what_the_record_says(call: int, name: str, end: str) -> None:
    said = {"success": ("recovered", "closed"), "failure": ("reopened", "open")}[end]
    with lock_stage(checked=False) as play:
        play.job(lambda job: leg(job, "failure", works=0.0, threshold=1))
        prober = play.job(lambda job: (leg(job, end), record(play)), at=PROBES_AT, plan=FaultPlan({call: name}))
        last = play.job(lambda job: leg(job, "success"), at=LATER)
        play.play()
        told, found = prober.result
        assert found is not None
        assert told.reason in (said[0], "store-unreadable", "late-report")
        if told.reason == said[0]:
            assert found.state == said[1]
        assert last.result.reason in ("recovered", "closed"), "nothing stale is in the way"


@pytest.mark.parametrize("name", ["killed before", "killed after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_prober_killed_at_any_call_costs_its_lease(call: int, name: str) -> None:
    with lock_stage() as play:
        play.job(lambda job: leg(job, "failure", works=0.0, threshold=1))
        prober = play.job(lambda job: leg(job, "success"), at=PROBES_AT, plan=FaultPlan({call: name}))
        last = play.job(lambda job: leg(job, "success"), at=PROBES_AT + PROBE + 20.0)
        play.play()
        assert isinstance(prober.error, Killed)
        assert last.result.reason in ("recovered", "closed")


@pytest.mark.parametrize("name", ["502 after", "reset after", "timeout after", "duplicate delivery"])
def test_a_failure_whose_answer_was_lost_counts_once(name: str) -> None:
    with lock_stage(checked=False) as play:
        job = play.job(lambda job: leg(job, "failure"), plan=FaultPlan({4: name}))
        play.play()
        found = record(play)
        assert found is not None
        assert (job.result.reason, len(found.failures)) == ("counted", 1)


def test_a_rerun_that_fails_again_is_no_further_failure() -> None:
    def publishes(job: Job) -> object:
        job.context = replace(job.context, job="publish")
        return leg(job, "failure", threshold=2)

    with lock_stage() as play:
        for attempt in (1, 2, 3):
            play.job(publishes, at=10.0 * attempt, run_id=1_001, attempt=attempt)
        other = play.job(publishes, at=50.0, run_id=1_002)
        play.play()
        assert [job.result.reason for job in play.jobs[:3]] == ["counted"] * 3
        assert other.result.reason == "opened"
