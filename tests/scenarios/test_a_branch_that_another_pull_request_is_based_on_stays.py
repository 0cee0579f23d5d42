"""A person opens a pull request that is to be merged into ours: GitHub would close it together with our branch."""

from __future__ import annotations

from support.people import base_gets_the_content, settled, target
from support.stage import Stage, desired_state, stage


def stack(scene: Stage, branch: str | None) -> int:
    assert branch is not None
    there = target(scene)
    there.commit_files(
        "alice/more", {"more.txt": "m\n"}, parent=there.tip(branch), author="Alice <alice@example.com>", message="More"
    )
    return there.open_pull("alice/more", base=branch, author="alice").number


def test_a_converged_pull_request_is_closed_and_its_branch_stays() -> None:
    asked_for = desired_state()
    with stage() as scene:
        opened = scene.upsert(asked_for)
        theirs = stack(scene, opened.branch)
        base_gets_the_content(scene)
        result = scene.upsert(asked_for)
        assert result.outcome == "closed"
        assert opened.branch in target(scene).branches()
        assert {pull.number: pull.state for pull in target(scene).pulls()}[theirs] == "open"
        if scene.has_leases:
            assert f"#{theirs}" in result.message
        settled(scene, asked_for)


def test_a_branch_that_an_interrupted_run_left_stays() -> None:
    asked_for = desired_state()
    with stage() as scene:
        opened = scene.upsert(asked_for)
        theirs = stack(scene, opened.branch)
        target(scene).close_pull(opened.pull_request_number)
        target(scene).commit_files(str(opened.branch), {"x": "1\n"}, message="x")
        base_gets_the_content(scene)
        scene.upsert(asked_for)
        assert opened.branch in target(scene).branches()
        assert {pull.number: pull.state for pull in target(scene).pulls()}[theirs] == "open"
