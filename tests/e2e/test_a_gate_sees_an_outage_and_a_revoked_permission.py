"""A gate in a real job: an outage is neither a pass nor a failure, and a pass does not outlive a permission."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from github_sandbox import Fault
from github_sandbox.act_runner import ActRun, ActRunner
from support.act_stage import TOKEN, Stage, seed, stage

WORKFLOW = """\
on: workflow_dispatch
permissions: {}
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - id: lenient
        uses: action-patterns/action-patterns/actions/preflight@v0.1.0
        env: {CHANNEL: stable}
        with:
          token: ${{ secrets.TOKEN }}
          on-error: pass
          fail: false
          checks: |
            - permission: issues
              level: read
              repository: acme/api
            - env: CHANNEL
      - id: strict
        uses: action-patterns/action-patterns/actions/preflight@v0.1.0
        env: {CHANNEL: stable}
        with:
          token: ${{ secrets.TOKEN }}
          checks: |
            - permission: issues
              level: read
              repository: acme/api
            - env: CHANNEL
      - run: echo "the work began"
"""
"""Two gates of the same list, one for each policy. Only the strict one is red unless ready."""
PERMISSION = "permission issues: read of acme/api"


def test_a_gate(runner: ActRunner, tmp_path: Path) -> None:
    world = seed(
        source={".github/workflows/gate.yml": WORKFLOW},
        fleet={"api": {"private": True, "files": {"README.md": "api\n"}}},
    )
    world["tokens"][TOKEN]["permissions"] = {"issues": "read", "contents": "write"}
    with stage(runner, tmp_path / "platform", world) as on:
        with on.sandbox.faults.during(Fault(status=503, headers={"Retry-After": "1"}, times=1_000)):
            outage = _gate(on)
        assert outage.exit_code != 0
        assert "the work began" not in outage.log
        for step, ready, reason in (("lenient", "true", "unanswered"), ("strict", "false", "checks-unanswered")):
            assert _found(outage, step) == (ready, reason, [], {PERMISSION: "error", "env CHANNEL": "yes"})
            access = json.loads(outage.output("work", step, "counts"))["access"]
            assert (access["error"], access["no"], access["yes"]) == (1, 0, 0)
        assert outage.summary("work").count("1 error") == 2
        assert "503" in outage.summary("work")

        passed = _gate(on)
        assert passed.exit_code == 0, passed.diagnosis
        assert "the work began" in passed.log
        for step in ("lenient", "strict"):
            assert _found(passed, step) == ("true", "ready", [], {PERMISSION: "yes", "env CHANNEL": "yes"})

        on.sandbox.tokens[TOKEN] = replace(on.sandbox.tokens[TOKEN], permissions={"contents": "write"})
        revoked = _gate(on)
        assert revoked.exit_code != 0
        assert "the work began" not in revoked.log
        for step in ("lenient", "strict"):
            no = {PERMISSION: "no", "env CHANNEL": "yes"}
            assert _found(revoked, step) == ("false", "checks-failed", [PERMISSION], no)
        assert "`issues` of acme/api" in revoked.summary("work")
        assert any("issues: read" in error for error in revoked.errors("work"))


def _gate(on: Stage) -> ActRun:
    """Run both gates. They ask GitHub each time, and change nothing."""
    before = on.sandbox.snapshot()
    run = on.run("gate.yml")
    assert any("/issues" in line or "/user" in line or "/repos" in line for line in on.requests()), run.diagnosis
    assert on.writes() == []
    assert on.sandbox.snapshot() == before
    assert TOKEN not in run.log
    return run


def _found(run: ActRun, step: str) -> tuple[str, str, list[str], dict[str, Any]]:
    """Return the outputs of a gate: ready, reason, the names of what failed, and each answer."""
    results = json.loads(run.output("work", step, "results"))
    failed = json.loads(run.output("work", step, "failed"))
    answers = {each["check"]: each["answer"] for each in results}
    return run.output("work", step, "ready"), run.output("work", step, "reason"), failed, answers
