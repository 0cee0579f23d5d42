"""A value in a good answer is null, or of another type: never a defect, and no write that a clean run would not do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from github_sandbox import Fault
from support import sample
from support.cases import CASES
from support.editions import only_on
from support.odd_answers import every_odd_value, play
from support.stage import TARGET, desired_state, stage

SAMPLE = 2
"""How many values of each case `make test` sets."""
SHARE = 12
"""`make proof` sets every value where GraphQL is served, and one of so many where it is not."""


@only_on("full", "no-graphql", why="The other editions give answers of these two forms.")
@pytest.mark.parametrize("name", CASES)
def test_it_costs_the_target_at_most(name: str, edition: str, record_property: Callable[[str, object], None]) -> None:
    every = {str(odd): odd for odd in every_odd_value(CASES[name], edition)}
    listed = list(every)
    if sample.plays_all() and edition != "full":
        listed = sorted(listed, key=lambda each: sample.number(name, each))[: len(listed) // SHARE]
    played = sample.some(SAMPLE, listed, name, edition)
    wrong = {each: found for each in played if (found := play(CASES[name], edition, every[each]))}
    assert not wrong
    record_property("odd values", len(played))


@only_on("no-graphql", why="GraphQL tells which team a review was for.")
@pytest.mark.parametrize("status", [404, 403, 200])
def test_where_the_timeline_is_not_given_no_team_is_asked_again(status: int) -> None:
    seen = {"labels": ["sync"], "reviewers": ["alice"], "team_reviewers": ["core"]}
    with stage() as scene:
        scene.upsert(desired_state(**seen))
        scene.sandbox.repository(TARGET).review(1, "bob")
        assert scene.upsert(desired_state(**seen)).outcome == "unchanged"
        scene.forget()
        hidden = Fault.of(
            "server_error", operation="issues/list-events-for-timeline", status=status, body="{}", times=10
        )
        with scene.sandbox.faults.during(hidden):
            result = scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, **seen))
        assert (result.outcome, scene.sent("pulls/request-reviewers")) == ("updated", 0)
        assert any("this run asks no team for a review" in line for line in scene.said.lines)
