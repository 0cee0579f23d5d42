"""The recipe of docs/recipes/test-matrix.md: one leg fails behind `continue-on-error`, one leaves no record, and the
next job reads the outcomes and the outputs of all.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT, seed, stage

RECIPE = CHECKOUT / "docs/recipes/test-matrix.md"
FAST, SLOW, NIGHTLY = "stable / fast", "stable / slow", "nightly / fast"
UPLOAD = "      - if: ${{ !cancelled() }}\n        uses: actions/upload-artifact"

MAKEFILE = """\
build:
\t@echo "version=1.0-$$CHANNEL" >> "$$GITHUB_OUTPUT"
test:
\t@test "$$CHANNEL" != nightly
"""


def recipe(lost: str) -> str:
    """Return the recipe, without the upload of one leg's record."""
    (block,) = re.findall(r"```yaml\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    assert block.count(UPLOAD) == 1
    return block.replace(UPLOAD, UPLOAD.replace("!cancelled()", f"!cancelled() && matrix.target != '{lost}'"))


def test_the_lost_leg_and_the_hidden_failure_reach_the_next_job(runner: ActRunner, tmp_path: Path) -> None:
    source = {".github/workflows/test-matrix.yml": recipe(SLOW), "Makefile": MAKEFILE}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        run = on.run("test-matrix.yml", secrets={})

        assert {leg.matrix["target"]: leg.result for leg in run.job("test")} == {
            FAST: "success",
            SLOW: "success",
            NIGHTLY: "success",
        }, run.diagnosis
        assert run.output("report", "report", "verdict") == "partial"
        assert json.loads(run.output("report", "report", "failed-targets")) == [NIGHTLY, SLOW]
        assert "2 of 3 items need attention" in run.summary("report")
        artifact = ZipFile(run.artifacts["test-matrix-report-a1"])
        outcomes = json.loads(artifact.read("outcomes.json"))
        assert outcomes["kind"] == "item"
        assert [(each["target"], each["outcome"], each["reason"], each["outputs"]) for each in outcomes["targets"]] == [
            (FAST, "unchanged", "steps-succeeded", {"version": "1.0-stable"}),
            (SLOW, "missing", "lost", {}),
            (NIGHTLY, "failed", "step-failed", {"version": "1.0-nightly"}),
        ]
        assert run.output("publish", "choose", "versions") == '["1.0-stable"]'
        assert run.output("publish", "choose", "all-passed") == "false"
        assert run.result("publish") == "failure"
        assert on.writes() == []
