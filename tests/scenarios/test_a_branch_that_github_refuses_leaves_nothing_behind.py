"""What no read tells is refused by GitHub itself: the reason is GitHub's, nothing is left, and no branch is touched."""

from __future__ import annotations

import pytest

from support.people import seed, target
from support.stage import JOB_TOKEN, TARGET, desired_state, stage

BRANCH = desired_state().branch


@pytest.mark.parametrize("rule", ["creation", "required_signatures"])
def test_a_ruleset_on_new_branches(rule: str) -> None:
    with stage(seed(rulesets=[{"refs": ["action-patterns/*"], "rules": [rule]}])) as scene:
        before = scene.sandbox.snapshot()
        result = scene.upsert(desired_state())
        assert (result.outcome, result.reason) == ("blocked", "branch-refused")
        # Of a new branch REST does not say that it was a ruleset.
        said = "Repository rule violations" if scene.has_leases or rule != "creation" else "Reference update failed"
        assert said in result.message
        assert result.error is not None
        assert result.error.remediation
        assert scene.sandbox.snapshot() == before


def test_a_pull_request_that_is_refused_takes_its_new_branch_with_it() -> None:
    with stage(seed(**{"allow-actions-pull-requests": False})) as scene:
        before = scene.sandbox.snapshot()
        result = scene.upsert(desired_state(), token=JOB_TOKEN)
        assert (result.outcome, result.reason) == ("blocked", "pull-request-refused")
        assert "not permitted to create or approve pull requests" in result.message
        assert result.error is not None
        assert result.after_oid == target(scene).tip(BRANCH)
        if scene.has_leases:
            assert scene.sandbox.snapshot() == before
        else:  # Nothing would keep us from deleting what came meanwhile. Whoever may open it finds the branch ready.
            assert "stays: compare-and-swap cannot delete it here" in result.message
            scene.forget()
            assert scene.upsert(desired_state()).outcome == "created"
            assert scene.moves() == 0


def test_a_branch_that_others_committed_to_in_between_is_not_taken_along() -> None:
    with stage(seed(**{"allow-actions-pull-requests": False})) as scene:

        def a_person_commits() -> None:
            scene.sandbox.repository(TARGET).commit_files(BRANCH, {"mine.txt": b"x\n"}, message="Mine")

        result = scene.upsert(desired_state(), token=JOB_TOKEN, meanwhile={"POST /pulls": a_person_commits})
        assert (result.outcome, result.reason) == ("blocked", "pull-request-refused")
        assert "mine.txt" in target(scene).files(BRANCH)


def test_a_refused_update_leaves_the_pull_request_as_it_was() -> None:
    """Of a token of an unknown kind nobody knows beforehand whether GitHub signs its commits."""
    with stage() as scene:
        scene.upsert(desired_state())
        before = scene.sandbox.snapshot()
        target(scene).protect("action-patterns/*", "required_signatures", classic=False)
        result = scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, title="New"))
        assert (result.outcome, result.reason) == ("blocked", "branch-refused")
        assert scene.sandbox.snapshot() == before
