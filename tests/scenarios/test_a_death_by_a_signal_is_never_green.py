"""A command that a signal ended has failed. Its exit code is 128 and the number of the signal."""

from __future__ import annotations

import pytest

from action_patterns.actions.retry import run as run_action
from action_patterns.actions.retry.interface import RetryInputs
from support.editions import without_github
from support.retrying import PROBE, WORK, Stage, ended, retried

pytestmark = without_github(why="The command is the caller's own.")


@pytest.mark.parametrize("signal", range(1, 65))
def test_every_signal_is_red_with_its_number(signal: int) -> None:
    run = retried(*(ended(128 + signal),) * 3)
    assert run.ended == (128 + signal, 3, "killed", "attempts-exhausted")
    assert run.levels == ["error"]


def test_an_exit_code_0_is_no_success_for_a_command_that_time_ended() -> None:
    assert retried(ended(0, timed_out=True), attempts=1).ended == (1, 1, "timed-out", "attempts-exhausted")


def test_a_cancelled_step_is_not_tried_again() -> None:
    for answers in ((KeyboardInterrupt(),), (ended(1), KeyboardInterrupt())):
        world = Stage(answers).world()
        with pytest.raises(KeyboardInterrupt):
            run_action(RetryInputs(run=WORK, probe=PROBE), world.ports())
        assert len(world.processes.commands) == len(answers)
        assert world.processes.published == []
