"""Any call of a run is killed, or meets trouble. The next run ends in the state of one clean run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.editions import without_leases
from support.harness import TROUBLES, Story, clean_run, prove, prove_each
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
ON_ANY_SERVER = [story for story in STORIES.values() if not story.needs]
LESS = {"no-graphql": "killed after", "no-updateRefs": "502 after"}
"""Without leases a branch is moved in another way, and read in another: one trouble each at
every write here, all at every call in the proof."""


@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_a_clean_run_makes_the_calls_the_story_names(story: Story) -> None:
    assert clean_run(story).calls == story.calls


@pytest.mark.parametrize(("story", "call", "trouble"), CASES)
def test_the_rerun_ends_where_one_clean_run_ends(
    story: Story, call: int, trouble: str, record_property: Callable[[str, object], None]
) -> None:
    assert prove(story, {call: trouble}) == 1
    record_property("cases", 1)


def test_the_readme_counts_them() -> None:
    assert f"{len(STORIES)} situations, and every call: {len(CASES):,} interrupted runs" in " ".join(
        (CHECKOUT / "README.md").read_text("utf-8").split()
    )


@without_leases
@pytest.mark.parametrize("story", ON_ANY_SERVER, ids=str)
def test_without_leases_a_clean_run_makes_the_same_writes(story: Story, edition: str) -> None:
    assert clean_run(story, edition).writes == story.writes(edition)


@without_leases
@pytest.mark.parametrize("story", ON_ANY_SERVER, ids=str)
def test_without_leases_the_rerun_ends_where_one_clean_run_ends(
    story: Story, edition: str, record_property: Callable[[str, object], None]
) -> None:
    played = prove_each(story, LESS[edition], edition, writes_only=True)
    assert played == len(clean_run(story, edition).writes)
    record_property("cases", played)


@pytest.mark.parametrize("died_at_call", [4, 5])
def test_a_branch_left_without_a_pull_request_goes_when_the_base_gets_the_content(died_at_call: int) -> None:
    with stage() as scene:
        with pytest.raises(Killed):
            scene.upsert(wish(), call=died_at_call, moment="after" if died_at_call == 4 else "before")
        repository = scene.sandbox.repository(TARGET)
        assert repository.tip(wish().branch) is not None
        the_base_gets_the_content(scene)
        assert scene.upsert(wish()).outcome == "closed"
        assert repository.tip(wish().branch) is None
        assert scene.upsert(wish()).outcome == "unchanged"
