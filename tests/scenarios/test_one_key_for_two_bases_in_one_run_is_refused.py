"""A matrix over release branches forgets to make the base part of the key: each leg would move the one pull request."""

from __future__ import annotations

from action_patterns.contracts import TargetResult
from action_patterns.pull_request.ownership.source import Run, Source
from support.people import seed, target
from support.stage import Stage, desired_state, stage

BRANCHES = {"branches": {"1.x": {"files": {"README.md": "# 1.x\n"}}}}


def leg(scene: Stage, base: str, *, number: int = 7) -> TargetResult:
    source = Source(repository="1", run=Run(workflow="w", number=number, commit="c"), name="acme/source")
    return scene.upsert(desired_state({"a.txt": "x\n"}, base=base, source=source))


def test_the_second_leg_is_refused_in_every_run() -> None:
    with stage(seed(**BRANCHES)) as scene:
        assert leg(scene, "main").outcome == "created"
        second = leg(scene, "1.x")
        assert (second.outcome, second.reason) == ("blocked", "key-of-two-bases")
        assert "main" in second.message
        assert "1.x" in second.message
        assert second.error is not None
        assert "key" in second.error.remediation
        assert leg(scene, "main").outcome == "unchanged"
        assert target(scene).pull(1).base == "main"


def test_another_run_may_move_the_pull_request_to_another_base() -> None:
    with stage(seed(**BRANCHES)) as scene:
        leg(scene, "main")
        assert leg(scene, "1.x", number=8).outcome == "updated"
        assert target(scene).pull(1).base == "1.x"
