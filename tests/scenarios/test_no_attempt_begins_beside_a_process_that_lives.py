"""A process that could not be ended stops the step: a further attempt would run beside it."""

from __future__ import annotations

import pytest

from support.editions import without_github
from support.retrying import PROBE, WORK, ended, retried

pytestmark = without_github(why="The command is the caller's own.")
ALIVE = ("sudo (pid 7)",)


@pytest.mark.parametrize(("exit_code", "red"), [(0, 1), (1, 1), (124, 124), (137, 137)])
def test_a_survivor_ends_the_step_red(exit_code: int, red: int) -> None:
    run = retried(ended(exit_code, survivors=ALIVE, outputs={"a": "b"}))
    assert (run.finish.exit_code, run.outputs.attempts, run.outputs.reason) == (red, 1, "survivors")
    assert "Still alive: sudo (pid 7)." in run.said
    assert run.world.processes.published == []
    assert run.outputs.outputs == {}


@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_survivor_of_the_probe_does_too(exit_code: int) -> None:
    run = retried(ended(1), ended(exit_code, survivors=ALIVE), probe=PROBE)
    assert run.scripts == [WORK, PROBE]
    assert (run.finish.exit_code, run.outputs.reason) == (1, "survivors")
    assert "Still alive: sudo (pid 7)." in run.said
