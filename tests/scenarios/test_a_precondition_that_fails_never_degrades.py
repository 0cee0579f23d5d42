"""A missing precondition is no reason for a worse way: the step is red at once, and no tier is tried."""

from __future__ import annotations

import pytest

from action_patterns.ports.processes import Ended, StepFiles
from support.degrade_stage import FAILED, HANGS, KILLED, WELL, degrade
from support.editions import without_github

pytestmark = without_github(why="The commands of a step are the caller's.")


@pytest.mark.parametrize(
    ("answer", "code", "cause"),
    [
        (FAILED, 3, "failed"),
        (KILLED, 137, "killed"),
        (HANGS, 124, "timed-out"),
        (Ended(exit_code=0, survivors=("sudo (pid 7)",)), 1, "survivors"),
        (Ended(exit_code=0, files=StepFiles(problems=("GITHUB_ENV, line 1.",))), 1, "files-refused"),
    ],
)
def test_no_tier_is_tried(answer: Ended, code: int, cause: str) -> None:
    stage = degrade(answer, precondition="test -s package-lock.json")
    assert stage.scripts == ["test -s package-lock.json"]
    assert (stage.outputs.reason, stage.outputs.tier, stage.finish.exit_code) == ("precondition-failed", "", code)
    assert [(each["tier"], each["command"], each["cause"]) for each in stage.errors] == [("", "precondition", cause)]
    assert stage.annotation.level == "error"
    assert stage.finish.summary.count("not tried") == 3


def test_a_precondition_that_holds_is_followed_by_the_first_tier() -> None:
    stage = degrade(WELL, WELL, WELL, precondition="test -s package-lock.json")
    assert stage.scripts == ["test -s package-lock.json", "best", "check best"]
    assert stage.outputs.reason == "first-tier-holds"
