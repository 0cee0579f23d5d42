"""A person pushes an empty commit to our branch, the usual way to start checks. It changes no file."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.contracts import TargetResult
from support.people import base_gets_the_content, rewritten, settled, target
from support.stage import Stage, desired_state, stage

HISTORY = 2
"""Reads of a run that looks below one commit."""


def push_empty(scene: Stage, opened: TargetResult, times: int = 1) -> str | None:
    for _ in range(times):
        target(scene).commit_files(
            str(opened.branch), {}, message="Start the checks", author="Alice <alice@example.com>"
        )
    return target(scene).tip(opened.branch)


@pytest.mark.parametrize("times", [1, 3])
def test_the_pull_request_stays_up_to_date(times: int) -> None:
    asked_for = desired_state()
    with stage() as scene:
        tip = push_empty(scene, scene.upsert(asked_for), times)
        settled(scene, asked_for, reads=HISTORY + times - 1)
        assert target(scene).tip(scene.upsert(asked_for).branch) == tip


def test_new_content_is_one_commit_again() -> None:
    with stage() as scene:
        opened = scene.upsert(desired_state())
        tip = push_empty(scene, opened)
        later = desired_state({"ci.yml": "on: [push]\n"})
        result = scene.upsert(later)
        assert (result.outcome, result.reason) == ("updated", "content")
        assert target(scene).commit(str(result.after_oid)).parents == rewritten(scene, tip)
        settled(scene, later)


def test_a_converged_pull_request_is_closed() -> None:
    asked_for = desired_state()
    with stage() as scene:
        opened = scene.upsert(asked_for)
        push_empty(scene, opened)
        base_gets_the_content(scene)
        assert scene.upsert(asked_for).outcome == "closed"
        assert (opened.branch in target(scene).branches()) == (not scene.has_leases)


def test_a_base_that_moves_on_costs_no_write() -> None:
    asked_for = desired_state({"ci.yml": "on: push\n"})
    with stage() as scene:
        push_empty(scene, scene.upsert(asked_for))
        target(scene).commit_files("main", {"other.txt": "x\n"}, message="More")
        settled(scene, asked_for, reads=HISTORY + 1)


@pytest.mark.parametrize("policy", [{}, {"on_human_commits": "append"}], ids=["stop", "append"])
def test_a_commit_with_content_below_an_empty_one_still_counts(policy: dict[str, Any]) -> None:
    asked_for = desired_state(**policy)
    with stage() as scene:
        opened = scene.upsert(asked_for)
        target(scene).commit_files(
            str(opened.branch), {"mine.txt": "by hand\n"}, message="My fix", author="Alice <alice@example.com>"
        )
        push_empty(scene, opened)
        result = scene.upsert(asked_for)
        assert result.reason == ("up-to-date" if policy else "human-commit")
        assert "mine.txt" in target(scene).files(opened.branch)
