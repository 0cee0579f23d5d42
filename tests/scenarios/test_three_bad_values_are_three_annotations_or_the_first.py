"""`mode: all` names every assertion that does not hold, `mode: first` the first one, and stops there."""

from __future__ import annotations

import pytest

from support.asserting import asserted
from support.editions import without_github
from support.memory_ports import World
from support.memory_processes import MemoryProcesses
from support.retrying import ended

pytestmark = without_github(why="Values and commands are all that is looked at.")
THREE = [
    {"name": "holds", "value": "1", "equals": "1"},
    {"name": "one", "value": "1", "equals": "2", "message": "Message one.", "fix": "Fix one."},
    {"name": "two", "value": "x", "type": "number"},
    {"name": "warns", "value": "x", "equals": "y", "severity": "warning"},
    {"name": "three", "command": "./check"},
]


@pytest.mark.parametrize(("mode", "titles", "ran"), [("all", ["one", "two", "three"], 1), ("first", ["one"], 0)])
def test_the_annotations_are_those_of_the_mode(mode: str, titles: list[str], ran: int) -> None:
    world = World(processes=MemoryProcesses([ended(1)]))
    step = asserted(THREE, world, mode=mode)
    errors = [each for each in step.finish.annotations if each.level == "error"]
    assert [each.title for each in errors] == [f"Assertion: {title}" for title in titles]
    assert errors[0].message == "Message one. The value is `1`, and must be `2`.\nFix one."
    assert len(world.processes.commands) == ran
    assert step.finish.exit_code == 1
    assert step.outputs.passed is False


def test_a_warning_does_not_stop_the_list() -> None:
    step = asserted([THREE[3], THREE[1], THREE[2]], mode="first")
    assert step.answers == ["no", "no", "not-run"]
    assert [each.level for each in step.finish.annotations] == ["error", "warning"]
