"""A person re-runs last week's run. Its content is older than what a newer run has written."""

from __future__ import annotations

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.pull_request.ownership.source import Run, Source
from support.people import seed, settled, target
from support.stage import Killed, Stage, desired_state, stage

SOURCE = "acme/source"


def source(number: int, *, workflow: str = "w", commit: str | None = None, name: str = SOURCE) -> Source:
    run = Run(workflow=workflow, number=number, commit=commit or f"{number:040x}")
    return Source(repository="1", run=run, name=name)


def play(scene: Stage, content: str, of: Source) -> TargetResult:
    return scene.upsert(desired_state({"a.txt": content}, source=of))


def test_its_content_is_not_put_over_the_newer_one() -> None:
    with stage() as scene:
        play(scene, "nine\n", source(9))
        assert play(scene, "ten\n", source(10)).outcome == "updated"
        before = scene.sandbox.snapshot()
        result = play(scene, "nine\n", source(9))
        assert (result.outcome, result.reason) == ("skipped", "older-source")
        assert "run number 10" in result.message
        assert scene.sandbox.snapshot() == before
        assert play(scene, "ten\n", source(10)).outcome == "unchanged"
        settled(scene, desired_state({"a.txt": "ten\n"}, source=source(11)))
        assert play(scene, "twelve\n", source(12)).outcome == "updated"


def test_it_does_not_close_what_a_newer_run_proposes() -> None:
    with stage() as scene:
        play(scene, "ten\n", source(10))
        target(scene).commit_files("main", {"a.txt": "nine\n"}, message="By hand")
        assert play(scene, "nine\n", source(9)).reason == "older-source"
        assert target(scene).pull(1).state == "open"


def test_it_does_not_take_back_what_was_merged() -> None:
    with stage() as scene:
        number = play(scene, "ten\n", source(10)).pull_request_number
        target(scene).merge_pull(number)
        assert play(scene, "nine\n", source(9)).reason == "older-source"
        assert play(scene, "eleven\n", source(11)).outcome == "created"


def test_a_branch_that_a_newer_run_left_unfinished_is_not_overwritten() -> None:
    def die() -> None:
        raise Killed

    with stage() as scene:
        ten = desired_state({"a.txt": "ten\n"}, source=source(10))
        with pytest.raises(Killed):
            scene.upsert(ten, meanwhile={"POST /pulls": die})
        assert play(scene, "nine\n", source(9)).reason == "older-source"
        assert scene.upsert(ten).outcome == "created"


def commits(scene: Stage) -> tuple[str, str]:
    """Two commits of the source repository, the older one first."""
    there = scene.sandbox.repository(SOURCE)
    older = there.tip("main")
    newer = there.commit_files("main", {"x": "2\n"}, message="Later")
    return str(older), str(newer)


def test_of_two_workflows_the_one_with_the_older_commit_is_older() -> None:
    with stage(seed({"name": SOURCE, "files": {"x": "1\n"}})) as scene:
        older, newer = commits(scene)
        play(scene, "new\n", source(3, workflow="a", commit=newer))
        assert play(scene, "old\n", source(500, workflow="b", commit=older)).reason == "older-source"
        assert play(scene, "also new\n", source(1, workflow="b", commit=newer)).outcome == "updated"


def test_of_two_workflows_the_one_with_the_newer_commit_writes() -> None:
    with stage(seed({"name": SOURCE, "files": {"x": "1\n"}})) as scene:
        older, newer = commits(scene)
        play(scene, "old\n", source(500, workflow="a", commit=older))
        result = play(scene, "new\n", source(3, workflow="b", commit=newer))
        assert (result.outcome, result.message) == ("updated", "")


def test_an_order_that_cannot_be_proven_is_told_and_stops_nobody() -> None:
    with stage() as scene:  # The token sees no acme/source.
        play(scene, "a\n", source(1, workflow="a"))
        result = play(scene, "b\n", source(2, workflow="b"))
        assert result.outcome == "updated"
        assert "is not known" in result.message
