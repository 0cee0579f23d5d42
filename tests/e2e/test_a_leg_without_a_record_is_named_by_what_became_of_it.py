"""One leg fails, another leaves no record: the summary names each, and `fail-on` decides.

GitHub's result of the whole matrix is all there is to tell `cancelled` from `lost`. act cannot cancel one leg, so where
a cancellation is meant, report is given the result that GitHub gives then.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT, DISTRIBUTION, SHARED, caller, seed, stage

FLEET = {name: {"files": {"README.md": f"{name}\n"}} for name in ("alpha", "beta", "gamma")}
UPLOAD = "      - if: always()\n        uses: actions/upload-artifact"
NEEDS = "needs: ${{ toJSON(needs) }}"


@pytest.mark.parametrize(
    ("result", "fail_on", "reason", "red"),
    [
        (None, "class:lost", "lost", True),
        ("cancelled", "class:lost,not-started", "cancelled", False),
    ],
)
def test_each_is_named(
    tmp_path: Path, runner: ActRunner, result: str | None, fail_on: str, reason: str, red: bool
) -> None:
    edited = ActRunner(CHECKOUT, tmp_path / "edited")
    workflow = edited.product / ".github/workflows/distribute.yml"
    text = workflow.read_text()
    assert text.count(UPLOAD) == text.count(NEEDS) == 1
    text = text.replace(UPLOAD, UPLOAD.replace("always()", "always() && matrix.index != 1"))
    workflow.write_text(text.replace(NEEDS, f"needs: {result}") if result else text)
    source = SHARED | {"distribution.yml": DISTRIBUTION, ".github/workflows/distribute.yml": caller(fail_on=fail_on)}

    with stage(edited, tmp_path / "platform", seed(source=source, fleet=FLEET, read_only=["acme/alpha"])) as on:
        run = on.run("distribute.yml")

        assert (run.exit_code != 0) == red, run.diagnosis
        assert run.output("report", "report", "verdict") == "partial"
        counts = json.loads(run.output("report", "report", "counts"))
        assert {name: count for name, count in counts.items() if count} == {"created": 1, "failed": 1, "missing": 1}
        assert json.loads(run.output("report", "report", "failed-targets")) == ["acme/alpha", "acme/gamma"]
        rows = [line for line in run.summary("report").splitlines() if line.startswith("| `")]
        assert [(row.split("`")[1], "acme/alpha" in row, "acme/gamma" in row) for row in sorted(rows)] == sorted(
            [("permission", True, False), (reason, False, True)]
        )
        # The write was done before the record was lost: nothing in the report claims that it was not.
        assert len(on.sandbox.repository("acme/gamma").pulls()) == 1
