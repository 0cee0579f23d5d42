"""A fan-out over 40 targets dies after 36 of them. Its rerun works on exactly the other four, and a third on none."""

from __future__ import annotations

import json
from pathlib import Path

from github_sandbox.act_runner import ActRun, ActRunner
from support.act_stage import SOURCE, Stage, seed, stage

ITEMS = [f"item-{number:02}" for number in range(40)]
ACTION = "action-patterns/action-patterns/actions/ledger@v0.1.0"
WORKFLOW = f"""
on: workflow_dispatch
permissions: {{}}
jobs:
  claim:
    runs-on: ubuntu-latest
    permissions: {{contents: write, actions: read}}
    outputs:
      matrix: ${{{{ steps.ledger.outputs.matrix }}}}
      has-targets: ${{{{ steps.ledger.outputs.has-targets }}}}
      claim: ${{{{ steps.ledger.outputs.claim }}}}
    steps:
      - id: ledger
        uses: {ACTION}
        with:
          mode: claim
          operation: fan-out
          targets: '{json.dumps(ITEMS)}'
          digest: schema-7
          targets-per-job: 36
  work:
    needs: claim
    if: needs.claim.outputs.has-targets == 'true'
    runs-on: ubuntu-latest
    permissions: {{contents: write, actions: read}}
    strategy:
      fail-fast: false
      matrix: ${{{{ fromJSON(needs.claim.outputs.matrix) }}}}
    steps:
      - env:
          TARGETS: ${{{{ matrix.targets }}}}
          DIES: ${{{{ github.run_attempt == 1 && matrix.index == 1 }}}}
        run: |
          if [ "$DIES" = true ]; then kill -9 $$; fi
          echo "worked on $TARGETS"
      # Not `always()`: a runner that dies runs no further step.
      - uses: {ACTION}
        with:
          mode: finish
          operation: fan-out
          targets: ${{{{ matrix.targets }}}}
          claim: ${{{{ needs.claim.outputs.claim }}}}
          outcome: success
"""


def test_four_are_left_of_forty(runner: ActRunner, tmp_path: Path) -> None:
    world = seed(source={"README.md": "platform\n", ".github/workflows/fan-out.yml": WORKFLOW}, fleet={})
    with stage(runner, tmp_path / "platform", world) as on:
        first = run(on, attempt=1)
        assert first.exit_code != 0
        assert worked(first) == [ITEMS[:36]]
        second = run(on, attempt=2)
        assert second.exit_code == 0, second.diagnosis
        assert worked(second) == [ITEMS[36:]]
        third = on.run("fan-out.yml", secrets={})
        assert third.exit_code == 0, third.diagnosis
        assert (worked(third), on.writes()) == ([], [])
        (name,) = on.sandbox.repository(SOURCE).refs("refs/action-patterns/ledger/")
        assert name.startswith("refs/action-patterns/ledger/fan-out-")


def run(on: Stage, *, attempt: int) -> ActRun:
    return on.run("fan-out.yml", secrets={}, run_id=41, attempt=attempt)


def worked(run: ActRun) -> list[list[str]]:
    """Return the targets that each job says it has worked on."""
    lines = (line.partition("worked on [")[2] for line in run.log.splitlines())
    return [json.loads(f"[{line}") for line in lines if line.endswith("]") and not line.startswith("$")]
