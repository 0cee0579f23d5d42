"""A person closes the pull request, and `on-closed: respect-content` says that the close is about its content."""

from __future__ import annotations

import pytest

from support.people import settled, target
from support.stage import desired_state, stage


@pytest.mark.parametrize("deleted", [False, True], ids=["the branch stays", "the branch is deleted"])
def test_the_same_content_stays_closed_and_other_content_is_proposed(deleted: bool) -> None:
    refused, other = (desired_state({"a.txt": text}, on_closed="respect-content") for text in ("one\n", "two\n"))
    with stage() as scene:
        opened = scene.upsert(refused)
        target(scene).close_pull(opened.pull_request_number)
        if deleted:
            target(scene).delete_branch(str(opened.branch))
        for _ in range(2):
            result = scene.upsert(refused)
            assert (result.outcome, result.reason, scene.moves()) == ("skipped", "closed-by-someone", 1)
        result = scene.upsert(other)
        assert (result.outcome, result.pull_request_number) == ("created", 2)
        settled(scene, other)
        assert target(scene).pull(1).state == "closed"


def test_a_base_that_moves_makes_it_no_other_content() -> None:
    refused = desired_state({"a.txt": "one\n", "b.txt": "one\n"}, on_closed="respect-content")
    with stage() as scene:
        opened = scene.upsert(refused)
        target(scene).close_pull(opened.pull_request_number)
        target(scene).commit_files("main", {"a.txt": "one\n", "other.txt": "x\n"}, message="By hand")
        assert scene.upsert(refused).reason == "closed-by-someone"
