"""What a person did on the bot branch or to the pull request stays."""

from __future__ import annotations

import pytest

from support.stage import FULL, TARGET, Stage, desired_state, stage

CHANGED = {"ci.yml": "on: [push]\n"}


def commit_as_a_person(scene: Stage, branch: str) -> str:
    return scene.sandbox.repository(TARGET).commit_files(
        branch, {"mine.txt": b"by hand\n"}, message="My fix", author="Alice <alice@example.com>"
    )


def test_a_commit_on_the_bot_branch_stops_the_update_and_is_named() -> None:
    with stage() as scene:
        branch = scene.upsert(desired_state(**FULL)).branch
        assert branch is not None
        theirs = commit_as_a_person(scene, branch)
        scene.forget()
        result = scene.upsert(desired_state(CHANGED, title="New", **FULL))
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert theirs[:12] in result.message
        assert "alice@example.com" in result.message
        assert result.error is not None
        assert result.error.remediation
        assert [name for name in scene.order() if "/create" in name or "/update" in name] == ["issues/create-comment"]
        assert (scene.writes(), scene.moves()) == (1, 0)
        assert scene.sandbox.repository(TARGET).tip(branch) == theirs
        assert scene.sandbox.repository(TARGET).pulls()[0].title == "Sync config"


def test_a_branch_of_that_name_that_is_not_ours_is_not_touched() -> None:
    with stage() as scene:
        branch = desired_state().branch
        repository = scene.sandbox.repository(TARGET)
        theirs = repository.commit_files(branch, {"mine.txt": b"x\n"}, message="Mine", parent=repository.tip("main"))
        result = scene.upsert(desired_state())
        assert (result.outcome, result.reason) == ("blocked", "foreign-branch")
        assert scene.sandbox.repository(TARGET).tip(branch) == theirs
        assert scene.sandbox.repository(TARGET).pulls() == []


def test_a_pull_request_closed_by_a_person_stays_closed() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        scene.sandbox.repository(TARGET).close_pull(1)
        scene.forget()
        result = scene.upsert(desired_state(CHANGED, **FULL))
        assert (result.outcome, result.reason) == ("skipped", "closed-by-someone")
        assert result.pull_request_number == 1
        assert scene.writes() == 0
        assert [pull.state for pull in scene.sandbox.repository(TARGET).pulls()] == ["closed"]


def test_text_people_add_around_our_block_and_labels_they_set_survive_an_update() -> None:
    with stage() as scene:
        scene.upsert(desired_state(**FULL))
        pull = scene.sandbox.repository(TARGET).pulls()[0]
        scene.sandbox.repository(TARGET).edit_pull(
            1, body=pull.body.replace("\n", "\r\n") + "\r\nReviewed with love.\r\n", title="My title", labels=["urgent"]
        )
        result = scene.upsert(desired_state(body="New text.", title="Other title", **FULL))
        assert result.outcome == "updated"
        pull = scene.sandbox.repository(TARGET).pulls()[0]
        assert pull.title == "My title"
        assert "New text." in pull.body
        assert "From the source." not in pull.body
        assert "Reviewed with love." in pull.body
        assert set(pull.labels) == {"urgent", "sync", "bot"}
        scene.forget()
        assert scene.upsert(desired_state(body="New text.", title="Other title", **FULL)).outcome == "unchanged"
        assert scene.writes() == 0


def test_a_merged_pull_request_makes_room_for_a_new_one_on_the_same_branch() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        scene.sandbox.repository(TARGET).merge_pull(1)
        result = scene.upsert(desired_state(CHANGED))
        assert (result.outcome, result.pull_request_number) == ("created", 2)
        repository = scene.sandbox.repository(TARGET)
        *former, base = repository.commit(repository.tip(desired_state().branch)).parents
        assert (len(former), base) == (0 if scene.has_leases else 1, repository.tip("main"))


def test_nobody_who_reviewed_is_asked_again_alone_or_for_a_team() -> None:
    asked = desired_state(reviewers=["alice"], team_reviewers=["core"])
    with stage() as scene:
        scene.upsert(asked)
        repository = scene.sandbox.repository(TARGET)
        assert (repository.pulls()[0].reviewers, repository.pulls()[0].team_reviewers) == (["alice"], ["core"])
        repository.review(1, "alice")
        repository.review(1, "bob")
        assert (repository.pulls()[0].reviewers, repository.pulls()[0].team_reviewers) == ([], [])
        scene.forget()
        assert scene.upsert(asked).outcome == "unchanged"
        assert scene.writes() == 0


@pytest.mark.parametrize("how", ["reworded", "split in two"])
def test_our_commit_made_anew_by_a_person_is_theirs(how: str) -> None:
    """`git commit --amend` of the message alone, or an interactive rebase that ends in our very tree and words."""
    with stage() as scene:
        branch = scene.upsert(desired_state()).branch
        assert branch is not None
        repository = scene.sandbox.repository(TARGET)
        ours = repository.commit(branch)
        main, alice = repository.tip("main"), "Alice <alice@example.com>"
        asked_for = {path: repository.files(branch).get(path) for path in ("ci.yml", "README.md", "old.txt")}
        if how == "reworded":
            message = ours.message.replace("Sync config", "Sync config, closes #12")
            theirs = repository.commit_files(branch, asked_for, message=message, author=alice, parent=main)
        else:
            first = repository.commit_files(branch, {"ci.yml": asked_for["ci.yml"]}, message="One", parent=main)
            theirs = repository.commit_files(branch, asked_for, message=ours.message, author=alice, parent=first)
        assert repository.commit(branch).tree == ours.tree
        result = scene.upsert(desired_state(CHANGED))
        assert (result.outcome, result.reason) == ("blocked", "human-commit")
        assert repository.tip(branch) == theirs
