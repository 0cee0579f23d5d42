"""An open pull request from the bot branch that this action did not open: left alone, or taken over once, as told."""

from __future__ import annotations

import pytest

from support.people import APP, KEPT, commit_by_hand, refused_before_any_write, seed, settled, target
from support.stage import Stage, desired_state, stage

BRANCH = desired_state().branch
CHANGED = {"ci.yml": "on: [push]\n"}


def opened_by(scene: Stage, author: str) -> str:
    """Somebody's branch, pull request and label. Returns the tip."""
    tip = target(scene).commit_files(
        BRANCH, {"mine.txt": b"x\n"}, message="Mine", parent=target(scene).tip("main"), author="Alice <a@example.com>"
    )
    target(scene).open_pull(BRANCH, author=author, title="My title", body="My words.")
    target(scene).edit_pull(1, labels=["mine"])
    return tip


@pytest.mark.parametrize(("adopt", "author"), [("never", "alice"), ("never", "bot"), ("same-author", "alice")])
def test_it_is_left_alone(adopt: str, author: str) -> None:
    with stage() as scene:
        opened_by(scene, author)
        result = refused_before_any_write(scene, desired_state(adopt=adopt), "foreign-pull-request")
        assert "#1 is open" in result.message


@pytest.mark.parametrize(("adopt", "author"), [("same-author", "bot"), ("any", "bot"), ("any", "alice")])
def test_it_is_taken_over_with_all_that_is_in_it(adopt: str, author: str) -> None:
    asked_for = desired_state(adopt=adopt, labels=["sync"])
    with stage() as scene:
        theirs = opened_by(scene, author)
        result = scene.upsert(asked_for)
        assert (result.outcome, result.reason, result.pull_request_number) == ("updated", "adopted", 1)
        (pull,) = target(scene).pulls()
        assert pull.title == ("Sync config" if author == "bot" else "My title")
        assert "My words." in pull.body
        assert "From the source." in pull.body
        assert set(pull.labels) == {"mine", "sync"}
        assert target(scene).commit(BRANCH).parents == (theirs,)
        files = target(scene).files(BRANCH)
        assert (files["mine.txt"], files["ci.yml"]) == (("100644", b"x\n"), ("100644", b"on: push\n"))
        settled(scene, asked_for, reads=KEPT)


def test_an_app_takes_over_its_own_where_it_can_learn_who_it_is() -> None:
    with stage(seed()) as scene:
        opened_by(scene, "app[bot]")
        result = scene.upsert(desired_state(adopt="same-author"), token=APP)
        told = ("updated", "adopted") if scene.has_graphql else ("blocked", "foreign-pull-request")
        assert (result.outcome, result.reason) == told


def test_its_commits_stay_though_later_ones_are_to_be_overwritten() -> None:
    asked_for = desired_state(adopt="any", on_human_commits="overwrite")
    with stage() as scene:
        opened_by(scene, "alice")
        scene.upsert(asked_for)
        assert target(scene).files(BRANCH)["mine.txt"] == ("100644", b"x\n")
        later = desired_state(CHANGED, adopt="any", on_human_commits="overwrite")
        scene.upsert(later)
        files = target(scene).files(BRANCH)
        assert (files["mine.txt"], files["ci.yml"]) == (("100644", b"x\n"), ("100644", b"on: [push]\n"))
        settled(scene, later, reads=KEPT)


def test_afterwards_it_is_a_pull_request_of_ours() -> None:
    with stage() as scene:
        opened_by(scene, "alice")
        scene.upsert(desired_state(adopt="any"))
        later = desired_state(CHANGED, body="New words.", labels=["later"])
        assert scene.upsert(later).outcome == "updated"
        pull = target(scene).pull(1)
        assert "New words." in pull.body
        assert "From the source." not in pull.body
        assert "My words." in pull.body
        assert set(pull.labels) == {"mine", "later"}
        files = target(scene).files(BRANCH)
        assert (files["mine.txt"], files["ci.yml"]) == (("100644", b"x\n"), ("100644", b"on: [push]\n"))
        settled(scene, later, reads=KEPT)


def test_a_commit_that_comes_after_it_was_taken_over_stops_it() -> None:
    with stage() as scene:
        opened_by(scene, "alice")
        scene.upsert(desired_state(adopt="any"))
        theirs = commit_by_hand(scene, BRANCH, path="more.txt")
        result = scene.upsert(desired_state(CHANGED, adopt="any"))
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert target(scene).tip(BRANCH) == theirs


def test_a_marker_with_another_key_is_not_our_own() -> None:
    """Two keys that were given one branch: the second does not take what the first opened."""
    with stage() as scene:
        assert scene.upsert(desired_state(key="one", branch="shared")).outcome == "created"
        refused_before_any_write(scene, desired_state(CHANGED, key="two", branch="shared"), "foreign-pull-request")
