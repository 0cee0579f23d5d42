"""The action as a step of a job: bash runs the command, and outputs, environment and summary reach the job."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.action_process import ROOT, Job, job
from support.editions import without_github

pytestmark = without_github(why="The command is the caller's own.")
ACTION = "retry"
NOWHERE = ("http://127.0.0.1:1",) * 3
FLAKY = """
echo "attempt" >> attempts
echo "half=$(wc -l < attempts)" >> "$GITHUB_OUTPUT"
if (( $(wc -l < attempts) < 3 )); then
  echo "LOST=1" >> "$GITHUB_ENV"
  echo "curl: (22) The requested URL returned error: 502" >&2
  exit 22
fi
echo "version=1.2 \\"final\\"" >> "$GITHUB_OUTPUT"
echo "KEPT=1" >> "$GITHUB_ENV"
echo "It works." >> "$GITHUB_STEP_SUMMARY"
"""


def step(place: Path, **inputs: str) -> tuple[int, Job]:
    """Run the step, and return its exit code and what it left."""
    workspace = place / "workspace"
    workspace.mkdir(parents=True)
    run = job(place / "job", NOWHERE, workspace, **inputs)
    (run.place / "env").touch()
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "src/action_patterns/run.py"), ACTION],
        env=run.variables | {"GITHUB_ENV": str(run.place / "env")},
        cwd=workspace,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    (run.place / "log").write_bytes(done.stdout)
    return done.returncode, run


def test_a_flaky_command_heals_and_its_last_attempt_reaches_the_job(tmp_path: Path) -> None:
    code, left = step(tmp_path, run=FLAKY, delay_seconds="0", nounset="true")
    assert code == 0, left.log
    outputs = left.outputs
    assert (outputs["attempts"], outputs["class"], outputs["exit-code"]) == ("3", "transient", "0")
    assert (outputs["reason"], outputs["timed-out"]) == ("succeeded-after-retry", "false")
    assert json.loads(outputs["outputs"]) == {"half": "3", "version": '1.2 "final"'}
    assert "half" not in outputs
    assert (left.place / "env").read_text() == "KEPT=1\n"
    assert left.summary.startswith('It works.\n### `echo "attempt" >> attempts`: succeeded')
    assert "::warning title=Flaky" in left.log
    assert left.log.count("curl: (22)") >= 2, "what the command printed passed through"


def test_a_permanent_failure_keeps_the_exit_code_of_the_command(tmp_path: Path) -> None:
    code, left = step(tmp_path, run="exit 3\n", attempts="1")
    assert (code, left.outputs["exit-code"], left.outputs["reason"]) == (3, "3", "attempts-exhausted")
    assert "::error title=attempts-exhausted" in left.log


def test_bad_inputs_are_all_named_and_nothing_runs(tmp_path: Path) -> None:
    code, left = step(tmp_path, run="touch ran", attempts="0", budget_seconds="0", retry_on="class: flaky")
    assert code == 2
    assert left.log.count("::error title=Input") == 3
    assert left.outputs == {}
    assert not (tmp_path / "workspace/ran").exists()


def test_a_file_that_the_runner_would_refuse_is_named_with_its_line(tmp_path: Path) -> None:
    code, left = step(tmp_path, run='echo "open<<EOF" >> "$GITHUB_ENV"')
    assert (code, left.outputs["reason"]) == (1, "files-refused")
    assert "GITHUB_ENV" in left.log
    assert (left.place / "env").read_text() == ""
