"""`max-age` is measured from the proof to the read by GitHub's clock, whichever clocks the runners have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from action_patterns.errors import InputError
from support.editions import WITH_LEASES, only_on
from support.marker_stage import DAY
from support.skip_stage import Job, night, proofs, skip
from support.stage import VirtualClock, stage

pytestmark = only_on(
    *WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others."
)
OFF = [timedelta(minutes=-10), timedelta(minutes=10)]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("writer", OFF)
@pytest.mark.parametrize("reader", OFF)
def test_a_proof_counts_up_to_its_age_and_not_longer(writer: timedelta, reader: timedelta) -> None:
    with stage(clock=VirtualClock()) as scene:
        night(scene, Job(run_id=1, wrong_by=writer))
        young = skip(scene, "check", Job(run_id=2, wrong_by=reader), later=7 * DAY - MINUTE, max_age="7d").outputs
        assert young.reason == "proved"
        old = skip(scene, "check", Job(run_id=2, wrong_by=reader), later=7 * DAY, max_age="1w").outputs
        assert (old.skip, old.reason) == (False, "expired")
        assert old.proof, "the old proof is still named"


def test_work_done_again_begins_its_age_again() -> None:
    with stage(clock=VirtualClock()) as scene:
        night(scene, Job(run_id=1))
        assert night(scene, Job(run_id=2), later=DAY, max_age="24h") == "expired"
        assert len(proofs(scene)) == 1
        assert night(scene, Job(run_id=3), later=DAY + MINUTE, max_age="90m") == "proved"


def test_forced_work_is_done_and_proved_again() -> None:
    with stage(clock=VirtualClock()) as scene:
        night(scene, Job(run_id=1))
        assert night(scene, Job(run_id=2), later=DAY, force=True) == "forced"
        assert [each.run.run_id for each in proofs(scene)] == [2]


@pytest.mark.parametrize(
    ("age", "meant"),
    [("7", ""), ("d", ""), ("-1d", ""), ("7 days", "7d"), ("1.5h", "90m"), ("7D", "7d"), ("PT2H", "2h")],
)
def test_an_age_without_a_meaning_is_refused(age: str, meant: str) -> None:
    with stage() as scene, pytest.raises(InputError, match="`max-age` is") as caught:
        skip(scene, "check", max_age=age)
    assert caught.value.problems[0].fix.startswith(f"Write `{meant}`." if meant else "It is a number and a unit")
