"""`force-tier` drills a fallback: the run begins there, says so, and is red if this tier fails."""

from __future__ import annotations

import pytest

from support.degrade_stage import FAILED, WELL, degrade
from support.editions import without_github

pytestmark = without_github(why="The commands of a step are the caller's.")


@pytest.mark.parametrize(
    ("name", "index", "script"), [("optimal", 1, "best"), ("acceptable", 2, "good"), ("guaranteed", 3, "safe")]
)
def test_the_run_begins_with_the_forced_tier_and_says_so(name: str, index: int, script: str) -> None:
    stage = degrade(WELL, WELL, force_tier=name)
    assert stage.scripts == [script, f"check {script}"]
    outputs = stage.outputs
    assert (outputs.tier, outputs.tier_index, outputs.degraded) == (name, index, index > 1)
    assert (outputs.reason, stage.finish.exit_code) == ("forced", 0)
    assert (stage.annotation.level, stage.annotation.title) == ("notice", f"Drill: tier={index} ({name})")
    assert "`force-tier`" in stage.finish.summary
    assert any("`force-tier`" in line for line in stage.log.lines)
    assert stage.finish.summary.count("passed over") == index - 1


def test_a_forced_tier_that_fails_is_red_and_no_other_is_tried() -> None:
    stage = degrade(FAILED, force_tier="acceptable")
    assert stage.scripts == ["good"]
    assert (stage.outputs.reason, stage.outputs.tier, stage.finish.exit_code) == ("forced-tier-failed", "", 3)
    assert stage.annotation.level == "error"
    assert "No other tier was tried" in stage.finish.summary


def test_a_drill_has_the_preconditions_of_every_run() -> None:
    stage = degrade(FAILED, force_tier="guaranteed", precondition="test -s lock")
    assert stage.scripts == ["test -s lock"]
    assert stage.outputs.reason == "precondition-failed"
