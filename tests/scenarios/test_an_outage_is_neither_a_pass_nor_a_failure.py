"""GitHub does not answer: its checks are errors, the others are asked as ever, and the policy decides."""

from __future__ import annotations

import json

import pytest

from github_sandbox import Fault
from support.check_cases import CLASSIC, FixedClock, variables, world
from support.preflight_stage import Runner
from support.stage import stage

CHECKS = """
- permission: contents
- repository: acme/api
- quota: core=10
- command: "true"
- env: CHANNEL
"""
DOWN = {"502": Fault(status=502, times=1_000), "no answer": Fault(reset=True, times=1_000)}


@pytest.mark.parametrize("down", DOWN)
@pytest.mark.parametrize(
    ("policy", "ready", "reason"), [("fail", False, "checks-unanswered"), ("pass", True, "unanswered")]
)
def test_an_outage_is_an_error_by_policy(down: str, policy: str, ready: bool, reason: str) -> None:
    from support.retrying import ended

    with stage(world(), clock=FixedClock()) as scene:
        scene.sandbox.faults.add(DOWN[down])
        runner = Runner(scene, machine=variables(CHANNEL="x"), clock=FixedClock(), commands=(ended(0),))
        found = runner.preflight(CHECKS, token=CLASSIC, on_error=policy)
        assert found.answers == {
            "env CHANNEL": "yes",
            "permission contents: write": "error",
            "repository acme/api": "not-run",
            "quota core=10": "not-run",
            "command true": "yes",
        }
        assert (found.finish.outputs.ready, found.finish.outputs.reason) == (ready, reason)
        assert json.loads(found.finish.outputs.failed) == []
        assert found.finish.exit_code == (0 if ready else 1)
        (annotation,) = found.finish.annotations
        assert annotation.level == ("warning" if ready else "error")
        assert len(scene.sandbox.requests) <= 5, "it is asked once, with the client's own tries"


def test_what_was_answered_before_the_outage_stays_answered() -> None:
    with stage(world(), clock=FixedClock()) as scene:
        scene.sandbox.faults.add(Fault(status=502, path="/repos/acme/public$", times=1_000))
        checks = "- repository: [acme/api, acme/public, acme/other]\n"
        found = Runner(scene, clock=FixedClock()).preflight(checks, token=CLASSIC, fail=False)
        assert list(found.answers.values()) == ["yes", "error", "not-run"]
