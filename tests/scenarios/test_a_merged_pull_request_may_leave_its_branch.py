"""Merged, and the branch is still there, or a person went on on it: the next content gets a new pull request, and no
commit is lost.
"""

from __future__ import annotations

import pytest

from support.people import commit_by_hand, rewritten, settled, target
from support.stage import desired_state, stage

BRANCH = desired_state().branch
LATER = {"ci.yml": "on: [push]\n"}


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_branch_left_by_a_merge_is_written_anew_on_the_base(method: str) -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        former = target(scene).tip(BRANCH)
        target(scene).merge_pull(1, method=method)
        settled(scene, desired_state())
        result = scene.upsert(desired_state(LATER))
        assert (result.outcome, result.pull_request_number) == ("created", 2)
        assert target(scene).commit(BRANCH).parents == rewritten(scene, former)
        settled(scene, desired_state(LATER))


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_what_a_person_added_to_it_after_the_merge_stays(method: str) -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).merge_pull(1, method=method)
        theirs = commit_by_hand(scene, BRANCH)
        before = scene.sandbox.snapshot()
        result = scene.upsert(desired_state(LATER))
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert target(scene).tip(BRANCH) == theirs
        assert scene.sandbox.snapshot() == before


def test_with_append_ours_goes_on_top_of_it() -> None:
    asked_for = desired_state(LATER, on_human_commits="append")
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).merge_pull(1)
        theirs = commit_by_hand(scene, BRANCH)
        result = scene.upsert(asked_for)
        assert (result.outcome, result.pull_request_number) == ("created", 2)
        assert target(scene).commit(BRANCH).parents == (theirs,)
        assert target(scene).files(BRANCH)["mine.txt"] == ("100644", b"by hand\n")
