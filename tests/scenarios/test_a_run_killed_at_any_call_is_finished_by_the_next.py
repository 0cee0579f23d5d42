"""A run dies before or after any of its calls. The next run ends in the state of one clean run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from action_patterns.pull_request.desired import Desired
from support.stage import FULL, TARGET, Killed, Moment, Stage, stage, wish


@dataclass(frozen=True)
class Story:
    """How it came about, and what is wished now."""

    before: Callable[[Stage], Any]
    wish: Desired
    calls: int
    """How many calls a clean run takes; asserted, so that no call is left out."""


def nothing(_: Stage) -> None:
    """A repository that never saw us."""


def a_pull_request(stage: Stage) -> None:
    stage.upsert(wish(**FULL))


def a_pull_request_with_other_labels(stage: Stage) -> None:
    stage.upsert(wish(labels=["sync", "stale"], assignees=["bob"], reviewers=["alice"], title="Old", body="Old."))


def a_converged_pull_request(stage: Stage) -> None:
    stage.upsert(wish(**FULL))
    stage.sandbox.repository(TARGET).commit_files(
        "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
    )


STORIES = {
    "create": Story(nothing, wish(), 5),
    "create with every field": Story(nothing, wish(**FULL), 7),
    "create with a binary file": Story(nothing, wish({"logo.png": b"\x89PNG\0\xff"}), 6),
    "update the content": Story(a_pull_request, wish({"ci.yml": "on: [push]\n"}, **FULL), 4),
    "update every field": Story(a_pull_request_with_other_labels, wish(**FULL), 7),
    "change nothing": Story(a_pull_request, wish(**FULL), 1),
    "close what has converged": Story(a_converged_pull_request, wish(**FULL), 3),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_clean_run_takes_as_many_calls_as_the_story_says(name: str) -> None:
    story = STORIES[name]
    with stage() as scene:
        story.before(scene)
        scene.upsert(story.wish)
        assert scene.transport is not None
        assert scene.transport.calls == story.calls


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("name", "call"), [(name, call + 1) for name, story in STORIES.items() for call in range(story.calls)]
)
def test_the_rerun_ends_where_one_clean_run_ends(name: str, call: int, moment: Moment) -> None:
    story = STORIES[name]
    with stage() as clean:
        story.before(clean)
        clean.upsert(story.wish)
        expected = clean.sandbox.snapshot()

    with stage() as scene:
        story.before(scene)
        with pytest.raises(Killed):
            scene.upsert(story.wish, call=call, moment=moment)
        rerun = scene.upsert(story.wish)
        assert rerun.error is None
        assert scene.sandbox.snapshot() == expected

        scene.forget()
        third = scene.upsert(story.wish)
        assert third.outcome == "unchanged"
        assert (scene.reads(), scene.writes()) == (1, 0)


@pytest.mark.parametrize("died_at_call", [4, 5])
def test_a_branch_left_without_a_pull_request_goes_when_the_base_gets_the_content(died_at_call: int) -> None:
    with stage() as scene:
        with pytest.raises(Killed):
            scene.upsert(wish(), call=died_at_call, moment="after" if died_at_call == 4 else "before")
        repository = scene.sandbox.repository(TARGET)
        assert repository.tip(wish().branch) is not None
        repository.commit_files(
            "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
        )
        assert scene.upsert(wish()).outcome == "closed"
        assert repository.tip(wish().branch) is None
        assert scene.upsert(wish()).outcome == "unchanged"
