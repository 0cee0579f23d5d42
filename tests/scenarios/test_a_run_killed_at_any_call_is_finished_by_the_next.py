"""Any call of a run is killed, or meets trouble. The next run ends in the state of one clean run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.editions import WITH_LEASES, WITHOUT_LEASES, only_on, without_github
from support.harness import TROUBLES, Story, clean_run, prove, prove_each
from support.people import calls_of_a_look
from support.stage import TARGET, Killed, stage, wish
from support.stories import FIRST, STORIES, the_base_gets_the_content

CHECKOUT = Path(__file__).parents[2]
NAMED = (
    "killed before",
    "killed after",
    "502 before",
    "502 after",
    "429",
    "secondary 403",
    "reset after",
    "timeout before",
    "stale read",
)
"""What every story meets here. The first seven meet all; `make proof` has the others meet them too, and two at once."""


CASES = [
    pytest.param(story, number, trouble, id=f"{story}: {number} {call}: {trouble}")
    for story in STORIES.values()
    for number, call in enumerate(story.calls, 1)
    for trouble in (TROUBLES if story.name in FIRST else NAMED)
    if story.meets(trouble, call)
]
LESS = {"no-graphql": "killed after", "no-updateRefs": "502 after"}
"""Without leases a branch is moved in another way, and read in another: one trouble each at
every write here, all at every call in the proof."""
WITH = only_on(*WITH_LEASES, why="Every trouble at every call of every story takes its time; below are the others.")
WITHOUT = only_on(*WITHOUT_LEASES, why="Above is every trouble with leases.")


@WITH
@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_a_clean_run_makes_the_calls_the_story_names(story: Story) -> None:
    assert clean_run(story).calls == story.calls


@WITH
@pytest.mark.parametrize(("story", "call", "trouble"), CASES)
def test_the_rerun_ends_where_one_clean_run_ends(
    story: Story, call: int, trouble: str, record_property: Callable[[str, object], None]
) -> None:
    assert prove(story, {call: trouble}) == 1
    record_property("cases", 1)


@without_github(why="It reads the README.")
def test_the_readme_counts_them() -> None:
    assert f"{len(STORIES)} situations, and every call: {len(CASES):,} interrupted runs" in " ".join(
        (CHECKOUT / "README.md").read_text("utf-8").split()
    )


@WITHOUT
@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_without_leases_a_clean_run_makes_the_same_writes(story: Story, edition: str) -> None:
    assert clean_run(story, edition).writes == story.writes(edition)


@WITHOUT
@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_without_leases_the_rerun_ends_where_one_clean_run_ends(
    story: Story, edition: str, record_property: Callable[[str, object], None]
) -> None:
    played = prove_each(story, LESS[edition], edition, writes_only=True)
    assert played == len(clean_run(story, edition).writes)
    record_property("cases", played)


@pytest.mark.parametrize("died_at_write", [3, 4])
def test_a_branch_left_without_a_pull_request_goes_when_the_base_gets_the_content(died_at_write: int) -> None:
    with stage() as scene:
        call = calls_of_a_look(scene, wish()) + died_at_write
        with pytest.raises(Killed):
            scene.upsert(wish(), call=call, moment="after" if died_at_write == 3 else "before")
        repository = scene.sandbox.repository(TARGET)
        assert repository.tip(wish().branch) is not None
        the_base_gets_the_content(scene)
        # Without a lease nothing is deleted: it stays until there is something to wish for.
        assert scene.upsert(wish()).outcome == ("closed" if scene.has_leases else "unchanged")
        assert (repository.tip(wish().branch) is None) is scene.has_leases
        assert scene.upsert(wish()).outcome == "unchanged"
