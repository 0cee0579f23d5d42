"""The base came to hold the content by itself: the pull request is closed with its reason, or kept, as asked for."""

from __future__ import annotations

from support.people import base_gets_the_content, settled, target
from support.stage import FULL, desired_state, stage

BRANCH = desired_state().branch


def test_it_is_closed_with_the_reason_and_its_branch_goes() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        base_gets_the_content(scene)
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.reason) == ("closed", "converged")
        (pull,) = target(scene).pulls()
        assert (pull.state, pull.merged) == ("closed", False)
        assert "`main` already holds this change" in pull.body
        assert (target(scene).tip(BRANCH) is None) is scene.has_leases
        assert ("stays: compare-and-swap cannot delete it here" in result.message) is not scene.has_leases
        settled(scene, desired_state(**FULL))


def test_our_own_closing_is_no_answer_of_a_person() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        base_gets_the_content(scene)
        scene.upsert(desired_state())
        later = desired_state({"ci.yml": "on: [push]\n"})
        result = scene.upsert(later)
        assert (result.outcome, result.pull_request_number) == ("created", 2)
        settled(scene, later)


def test_kept_is_neither_closed_nor_touched() -> None:
    asked_for = desired_state(on_converged="keep", **FULL)
    with stage() as scene:
        scene.upsert(asked_for)
        tip = target(scene).tip(BRANCH)
        base_gets_the_content(scene)
        assert settled(scene, asked_for).reason == "kept-open"
        assert (target(scene).tip(BRANCH), target(scene).pull(1).state) == (tip, "open")


def test_where_it_holds_it_from_the_start_nothing_is_opened() -> None:
    with stage() as scene:
        base_gets_the_content(scene)
        assert settled(scene, desired_state(**FULL)).reason == "already-on-base"
        assert (target(scene).pulls(), target(scene).branches()) == ([], ["main"])


def test_a_pull_request_that_somebody_opened_from_our_branch_keeps_the_branch() -> None:
    """GitHub closes whatever is open from a branch that is deleted: a backport, say."""
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).set_branch("release", target(scene).tip("main") or "")
        target(scene).open_pull(BRANCH, base="release", author="alice")
        base_gets_the_content(scene)
        result = scene.upsert(desired_state())
        assert (result.outcome, result.reason) == ("closed", "converged")
        assert "#2 is open from it too" in result.message
        assert [pull.state for pull in target(scene).pulls()] == ["closed", "open"]
