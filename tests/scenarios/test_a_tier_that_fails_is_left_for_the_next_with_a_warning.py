"""A fallback (actions/degrade) is green with a warning that names the tier that holds and each cause before it."""

from __future__ import annotations

import json

import pytest

from action_patterns.ports.processes import Ended, StepFiles
from support.degrade_stage import FAILED, HANGS, KILLED, WELL, degrade, wrote
from support.editions import without_github

pytestmark = without_github(why="The commands of a step are the caller's.")

REFUSED = Ended(exit_code=0, files=StepFiles(problems=("GITHUB_OUTPUT, line 2: `EOF` is missing.",)))


def test_the_first_tier_holds_without_a_word() -> None:
    stage = degrade(WELL, WELL)
    assert (stage.finish.exit_code, stage.finish.annotations) == (0, ())
    outputs = stage.outputs
    assert (outputs.tier, outputs.tier_index, outputs.degraded, outputs.reason) == (
        "optimal",
        1,
        False,
        "first-tier-holds",
    )
    assert (outputs.message, outputs.errors, outputs.outputs, outputs.exit_code, outputs.elapsed) == (
        "",
        "[]",
        "{}",
        0,
        2.0,
    )


def test_the_second_tier_is_green_with_a_warning() -> None:
    stage = degrade(FAILED, wrote(version="1.2"), WELL)
    assert stage.finish.exit_code == 0
    assert stage.scripts == ["best", "good", "check good"]
    outputs = stage.outputs
    assert (outputs.tier, outputs.tier_index, outputs.degraded, outputs.reason) == ("acceptable", 2, True, "degraded")
    assert json.loads(outputs.outputs) == {"version": "1.2"}
    assert stage.errors == [
        {
            "tier": "optimal",
            "cause": "failed",
            "command": "run",
            "exit-code": 3,
            "message": "line one\nno such mirror",
        }
    ]
    warning = stage.annotation
    assert (warning.level, warning.title) == ("warning", "Degraded: tier=2 (acceptable)")
    assert (
        "Tier 1, `optimal` (failed): `run` ended with exit code 3. It printed last: no such mirror" in warning.message
    )
    rows = [line for line in stage.finish.summary.splitlines() if line.startswith("| ")]
    assert rows[2:] == [
        "| 1 | `optimal` | `failed` | `run` ended with exit code 3 | 1 second |",
        "| 2 | `acceptable` | **holds** | – | 2 seconds |",
        "| 3 | `guaranteed` | not tried | – | – |",
    ]


@pytest.mark.parametrize(
    ("answers", "cause", "said"),
    [
        ((FAILED,), "failed", "`run` ended with exit code 3"),
        ((KILLED,), "killed", "`run` was killed by SIGKILL (9)"),
        ((HANGS,), "timed-out", "`run` ran longer than 995 seconds"),
        ((REFUSED,), "files-refused", "GITHUB_OUTPUT, line 2: `EOF` is missing."),
        ((WELL, FAILED), "validation-failed", "`validate` ended with exit code 3"),
        ((WELL, KILLED), "killed", "`validate` was killed by SIGKILL (9)"),
        ((WELL, HANGS), "timed-out", "`validate` ran longer than 994 seconds"),
        ((WELL, REFUSED), "files-refused", "GITHUB_OUTPUT, line 2: `EOF` is missing."),
    ],
)
def test_a_tier_that_is_killed_hangs_or_validates_badly_is_left(
    answers: tuple[Ended, ...], cause: str, said: str
) -> None:
    stage = degrade(*answers, wrote(from_="second"), WELL)
    assert (stage.finish.exit_code, stage.outputs.tier_index) == (0, 2)
    assert [each["cause"] for each in stage.errors] == [cause]
    assert said in stage.annotation.message
    assert json.loads(stage.outputs.outputs) == {"from_": "second"}
    assert len(stage.processes.published) == 2, "those of the tier that holds alone"
