"""Proofs have the scope of caches: a run sees those of its ref, of its base branch and of the default branch."""

from __future__ import annotations

import pytest

from support.editions import WITH_LEASES, only_on
from support.skip_stage import MAIN, Job, night, proofs, pull_request
from support.stage import stage

pytestmark = only_on(
    *WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others."
)
RELEASE = "refs/heads/release"


@pytest.mark.parametrize(
    ("writer", "reader", "reason"),
    [
        (pull_request(7, 1), pull_request(7, 2), "proved"),
        (pull_request(7, 1), Job(run_id=2), "not-proved"),
        (pull_request(7, 1), pull_request(8, 2), "not-proved"),
        (Job(run_id=1), pull_request(7, 2), "proved"),
        (Job(run_id=1, ref=RELEASE), pull_request(7, 2), "not-proved"),
        (Job(run_id=1, ref=RELEASE), pull_request(7, 2, base="release"), "proved"),
        (Job(run_id=1), Job(run_id=2, ref=RELEASE), "proved"),
        (Job(run_id=1, ref=RELEASE), Job(run_id=2), "not-proved"),
        (Job(run_id=1, ref="refs/tags/v1"), Job(run_id=2), "not-proved"),
        (Job(run_id=1, event_name="push"), Job(run_id=2, event_name="schedule"), "proved"),
        (
            Job(run_id=1),
            Job(run_id=2, event_name="merge_group", ref="refs/heads/gh-readonly-queue/main/pr-7"),
            "proved",
        ),
    ],
)
def test_which_proofs_a_run_sees(writer: Job, reader: Job, reason: str) -> None:
    with stage() as scene:
        night(scene, writer)
        assert night(scene, reader) == reason


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment", "pull_request_review"])
def test_a_run_for_content_of_others_proves_nothing_for_the_branch_it_runs_on(event: str) -> None:
    with stage() as scene:
        night(scene, Job(run_id=1, event_name=event))
        assert night(scene, Job(run_id=2)) == "not-proved"
        assert night(scene, Job(run_id=3, event_name=event)) == "proved"


def test_many_pull_requests_do_not_drive_out_the_branch_s_proof() -> None:
    with stage() as scene:
        night(scene, Job(run_id=1), values="0")
        for number in range(1, 66):
            night(scene, pull_request(number % 3, number + 1), values=str(number))
        assert len(proofs(scene)) == 64
        assert [each.scope for each in proofs(scene)].count(MAIN) == 1
        assert night(scene, Job(run_id=100), values="0") == "proved"
