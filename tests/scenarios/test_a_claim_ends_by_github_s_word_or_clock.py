"""A claim of a dead step ends when GitHub calls its run over, or when its hours are over by GitHub's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from github_sandbox import Fault
from support.editions import WITH_LEASES, only_on
from support.ledger_stage import Runner, claim, finish, has_run, ledger, names, stored
from support.marker_stage import HOUR, github_is
from support.refusals import REFUSALS
from support.stage import stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")

LATER = Runner(run_id=70_002)


@pytest.mark.parametrize("wrong_by", [timedelta(minutes=10), timedelta(minutes=-10), timedelta(days=-3)])
def test_its_hours_are_github_s_whatever_the_runners_clocks_say(wrong_by: timedelta) -> None:
    with stage() as scene:
        claim(scene, ["a"], runner=Runner(wrong_by=wrong_by), pending_timeout_hours=2)
        later = Runner(run_id=70_002, wrong_by=-wrong_by)
        with github_is(2 * HOUR - timedelta(seconds=5), scene):
            assert claim(scene, ["a"], runner=later).reason == "in-progress"
        with github_is(2 * HOUR + timedelta(seconds=1), scene):
            finished = ledger(scene, "claim", targets=["a"], runner=later)
            assert finished.outputs.reason == "claimed"
            assert [each.title for each in finished.annotations] == ["Taken over"]


def test_a_run_that_is_over_is_passed_at_once_and_a_living_one_is_not() -> None:
    with stage() as scene:
        has_run(scene, 70_001, status="in_progress")
        has_run(scene, 70_003, status="completed")
        claim(scene, ["a"])
        claim(scene, ["b", "c"], runner=Runner(run_id=70_003))
        mine = claim(scene, ["a", "b", "c"], runner=LATER)
        assert (names(mine.todo), names(mine.held)) == (["b", "c"], ["a"])


def test_an_attempt_that_is_over_is_passed_although_its_run_lives_on() -> None:
    with stage() as scene:
        claim(scene, ["a"], runner=Runner(attempt=1))
        has_run(scene, 70_001, status="in_progress", attempt=2)
        assert claim(scene, ["a"], runner=LATER).reason == "claimed"


@pytest.mark.parametrize("name", ["no right", "bad gateway"])
def test_a_run_that_cannot_be_read_counts_as_living(name: str) -> None:
    with stage() as scene:
        has_run(scene, 70_001, status="completed")
        claim(scene, ["a"])
        scene.sandbox.faults.add(Fault(method="GET", path="/actions/runs/70001", times=1000, **REFUSALS[name]))
        assert claim(scene, ["a"], runner=LATER).reason == "in-progress"


def test_a_step_that_seemed_dead_is_told_that_its_target_is_another_s() -> None:
    with stage() as scene:
        slow = claim(scene, ["a", "b"], pending_timeout_hours=1)
        with github_is(2 * HOUR, scene):
            claim(scene, ["a"], runner=LATER)
            finished = ledger(scene, "finish", claim=slow.claim, results={"a": "success", "b": "success"})
            assert (finished.exit_code, finished.outputs.reason) == (1, "not-holder")
            assert (names(finished.outputs.lost), names(finished.outputs.done)) == (["a"], ["b"])
            assert stored(scene)["a"].state == "pending", "the other step works on it"


def test_a_claim_is_renewed_by_claiming_again() -> None:
    with stage() as scene:
        mine = claim(scene, ["a"], pending_timeout_hours=2)
        with github_is(timedelta(minutes=90), scene):
            again = claim(scene, ["a"], claim=mine.claim, pending_timeout_hours=2)
            assert (again.claim, names(again.todo)) == (mine.claim, ["a"])
        with github_is(3 * HOUR, scene):
            assert claim(scene, ["a"], runner=LATER).reason == "in-progress"
            assert finish(scene, mine.claim, {"a": "success"}).reason == "finished"
