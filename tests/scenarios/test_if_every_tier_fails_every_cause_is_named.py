"""Without a tier that holds the step is red, with the exit code of the last command and the cause of every tier."""

from __future__ import annotations

import pytest

from action_patterns.actions.degrade import run
from action_patterns.actions.degrade.interface import DegradeInputs
from action_patterns.errors import DefectError
from action_patterns.ports.processes import Ended
from support.degrade_stage import FAILED, HANGS, KILLED, THREE, WELL, degrade
from support.editions import without_github
from support.memory_ports import World
from support.memory_processes import MemoryProcesses

pytestmark = without_github(why="The commands of a step are the caller's.")

SURVIVED = Ended(exit_code=0, survivors=("sudo (pid 7)",))


def test_every_cause_is_in_the_annotation_the_summary_and_the_output() -> None:
    stage = degrade(FAILED, WELL, FAILED, KILLED)
    outputs = stage.outputs
    assert (outputs.tier, outputs.tier_index, outputs.degraded) == ("", None, False)
    assert (outputs.reason, outputs.exit_code, stage.finish.exit_code) == ("all-tiers-failed", 137, 137)
    assert [(each["tier"], each["cause"]) for each in stage.errors] == [
        ("optimal", "failed"),
        ("acceptable", "validation-failed"),
        ("guaranteed", "killed"),
    ]
    error = stage.annotation
    assert error.level == "error"
    for shown in (error.message, outputs.message, stage.finish.summary.replace("\\", "")):
        for cause in ("`run` ended with exit code 3", "`validate` ended with exit code 3", "was killed by SIGKILL (9)"):
            assert cause in shown
    assert stage.processes.published == []


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (Ended(exit_code=7), 7),
        (KILLED, 137),
        (Ended(exit_code=143), 143),
        (HANGS, 124),
    ],
)
def test_the_exit_code_is_that_of_the_last_command_and_never_0(last: Ended, code: int) -> None:
    assert degrade(FAILED, FAILED, last).finish.exit_code == code


@pytest.mark.parametrize(
    "ends", [KeyboardInterrupt(), DefectError("The supervisor is gone.", remediation="Report it.")]
)
def test_a_cancelled_step_and_one_that_cannot_supervise_start_no_other_tier(ends: BaseException) -> None:
    processes = MemoryProcesses([FAILED, ends])
    with pytest.raises(type(ends)):
        run(DegradeInputs(tiers=THREE), World(processes=processes).ports())
    assert [command.script for command in processes.commands] == ["best", "good"]
    assert processes.published == []


def test_nothing_starts_beside_processes_that_could_not_be_ended() -> None:
    stage = degrade(SURVIVED)
    assert (stage.outputs.reason, stage.finish.exit_code) == ("survivors", 1)
    assert "sudo (pid 7)" in stage.annotation.message
    rows = [line for line in stage.finish.summary.splitlines() if line.startswith("| ")]
    assert ["not tried" in row for row in rows[2:]] == [False, True, True]
