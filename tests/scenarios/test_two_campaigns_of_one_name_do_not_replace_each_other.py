"""Two repositories, or two files of one, use the same key. The pull request belongs to the first of them."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.pull_request.ownership.source import Source, hashed
from support.people import settled, target
from support.stage import Stage, desired_state, stage

ONE = Source(repository="1", file=hashed("sync.yml"), present=frozenset(map(hashed, ("sync.yml", "other.yml"))))
TWO = Source(repository="2", file=hashed("sync.yml"))
OTHER_FILE = Source(repository="1", file=hashed("other.yml"), present=ONE.present)
INPUTS = Source(repository="1")


def run(scene: Stage, source: Source, content: str, **fields: Any) -> TargetResult:
    return scene.upsert(desired_state({"a.txt": content}, source=source, **fields))


@pytest.mark.parametrize("second", [TWO, OTHER_FILE, INPUTS], ids=["repository", "file", "upsert-pr"])
def test_the_second_is_stopped_and_the_first_goes_on(second: Source) -> None:
    with stage() as scene:
        first = run(scene, ONE, "one\n")
        before = scene.sandbox.snapshot()
        for _ in range(2):
            result = run(scene, second, "two\n")
            assert (result.outcome, result.reason) == ("blocked", "foreign-campaign")
            assert f"#{first.pull_request_number}" in result.message
            assert scene.sandbox.snapshot() == before
        assert run(scene, ONE, "three\n").outcome == "updated"


def test_it_continues_the_pull_request_where_adopt_says_so() -> None:
    with stage() as scene:
        first = run(scene, ONE, "one\n")
        assert run(scene, TWO, "two\n", adopt="same-author").reason == "foreign-campaign"
        result = run(scene, TWO, "two\n", adopt="any")
        assert (result.outcome, result.pull_request_number) == ("updated", first.pull_request_number)
        settled(scene, desired_state({"a.txt": "two\n"}, source=TWO))
        assert run(scene, ONE, "one\n").reason == "foreign-campaign"


@pytest.mark.parametrize(
    "moved",
    [
        Source(repository="1", file=hashed("moved.yml"), present=frozenset([hashed("moved.yml")])),
        Source(),
        Source(repository="name:abc", file=ONE.file, present=ONE.present),
    ],
    ids=["to another file", "to a place that is not known", "to a terminal"],
)
def test_a_source_that_moved_goes_on(moved: Source) -> None:
    with stage() as scene:
        first = run(scene, ONE, "one\n")
        result = run(scene, moved, "two\n")
        assert (result.outcome, result.pull_request_number) == ("updated", first.pull_request_number)
        settled(scene, desired_state({"a.txt": "two\n"}, source=moved))
        settled(scene, desired_state({"a.txt": "two\n"}, source=moved))


def test_a_pull_request_that_the_other_merged_or_a_person_closed_says_nothing() -> None:
    with stage() as scene:
        first = run(scene, ONE, "one\n")
        target(scene).close_pull(first.pull_request_number)
        target(scene).delete_branch(str(first.branch))
        assert run(scene, ONE, "one\n").reason == "closed-by-someone"
        assert run(scene, TWO, "two\n").outcome == "created"
