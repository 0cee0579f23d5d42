"""A tier uses only what leaves each later tier its time, and everything together keeps the budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from action_patterns.ports.processes import Command, Ended
from support.degrade_stage import FAILED, HANGS, WELL, degrade
from support.editions import without_github
from support.stage import VirtualClock

pytestmark = without_github(why="The commands of a step are the caller's.")

README = Path(__file__).parents[2] / "actions/degrade/README.md"
TIMED = """
- run: best
  timeout-seconds: 400
- run: good
  timeout-seconds: 100
- run: safe
  timeout-seconds: 60
"""


def ends_after(seconds: float) -> Ended:
    return Ended(exit_code=0, seconds=seconds)


@pytest.mark.parametrize("budget", [560.0, 600.0, 3000.0])
def test_the_guaranteed_tier_still_has_its_time_after_tiers_that_hang(budget: float) -> None:
    stage = degrade(HANGS, HANGS, ends_after(50), tiers=TIMED, budget_seconds=budget)
    assert stage.outputs.tier == "guaranteed"
    first, second, last = (command.timeout_seconds or 0 for command in stage.commands)
    assert 390 <= first <= 400
    assert 90 <= second <= 100
    assert 55 <= last <= 60
    assert stage.outputs.elapsed <= budget


@pytest.mark.parametrize("budget", [6.0, 60.0, 3000.0])
def test_all_commands_together_keep_the_budget(budget: float) -> None:
    stage = degrade(WELL, HANGS, HANGS, HANGS, precondition="ask", budget_seconds=budget)
    assert stage.outputs.reason == "all-tiers-failed"
    assert budget * 0.8 <= stage.outputs.elapsed <= budget
    spent = 0.0
    for command, ended in zip(stage.commands, stage.processes.ended, strict=True):
        assert command.timeout_seconds is not None
        assert spent + command.timeout_seconds + command.grace_seconds <= budget + 1e-6, "its end has its time too"
        spent += ended.seconds


def test_what_earlier_tiers_did_not_need_is_for_later_ones() -> None:
    stage = degrade(FAILED, FAILED, HANGS, budget_seconds=300)
    limits = [command.timeout_seconds or 0 for command in stage.commands]
    assert limits == pytest.approx([100 - 5, 199 - 5, 298 - 5])


def test_a_validation_has_what_its_command_left_of_the_tiers_time() -> None:
    tiers = "- run: best\n  validate: check\n  timeout-seconds: 30\n- run: safe\n"
    stage = degrade(ends_after(20), HANGS, WELL, tiers=tiers)
    assert [command.timeout_seconds for command in stage.commands][:2] == pytest.approx([30, 10])
    assert stage.outputs.tier_index == 2
    used_up = degrade(ends_after(30), WELL, tiers=tiers)
    assert used_up.scripts == ["best", "safe"]
    assert [each["cause"] for each in used_up.errors] == ["no-time"]


def test_a_precondition_leaves_every_tier_its_time() -> None:
    stage = degrade(HANGS, tiers=TIMED, precondition="ask", budget_seconds=1000)
    tiers = (400 + 5) + (100 + 5) + (60 + 5)
    assert [command.timeout_seconds for command in stage.commands] == [1000 - tiers - 5]
    all_of_it = degrade(WELL, HANGS, HANGS, WELL, tiers=TIMED, precondition="ask", budget_seconds=1000)
    assert [command.timeout_seconds for command in all_of_it.commands][1:] == [400, 100, 60]


def test_the_example_of_the_readme() -> None:
    tiers = "- run: a\n  timeout-seconds: 120\n- run: b\n  timeout-seconds: 240\n- run: c\n"
    assert (
        "With `budget-seconds: 600` and the tiers 120, 240 and none, the third keeps 225 seconds." in README.read_text()
    )
    clock = VirtualClock()

    def hung(command: Command) -> Ended:
        clock.sleep((command.timeout_seconds or 0) + command.grace_seconds)
        return Ended(exit_code=124, timed_out=True)

    stage = degrade(hung, hung, WELL, tiers=tiers, budget_seconds=600, clock=clock)
    assert [command.timeout_seconds for command in stage.commands] == [120, 240, 225]
    assert stage.outputs.tier_index == 3


def test_a_forced_tier_leaves_no_time_to_tiers_that_are_not_tried() -> None:
    stage = degrade(HANGS, force_tier="acceptable", budget_seconds=300)
    assert [command.timeout_seconds for command in stage.commands] == [295]


def test_after_processes_that_ended_late_no_tier_starts_without_time() -> None:
    clock = VirtualClock()

    def late(_: Command) -> Ended:
        clock.sleep(9)
        return Ended(exit_code=124, timed_out=True)

    stage = degrade(late, tiers="- run: a\n- run: b\n", budget_seconds=8, clock=clock)
    assert stage.scripts == ["a"]
    assert [each["cause"] for each in stage.errors] == ["timed-out", "no-time"]
    assert stage.finish.exit_code == 124
