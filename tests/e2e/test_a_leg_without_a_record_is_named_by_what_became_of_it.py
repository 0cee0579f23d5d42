"""One leg fails, one is cancelled, one leaves no record: the summary names each, and leads to its own job's log.

act cannot cancel a leg: that one leaves no record either, and GitHub is told of it what it says of a cancelled job. All
the rest is as act reports it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from github_sandbox.act_runner import ActRunner
from support import sample
from support.act_stage import CHECKOUT, DISTRIBUTION, JOB_TOKEN, SHARED, SOURCE, TOKEN, caller, seed, stage
from support.html_document import read

NAMES = ("alpha", "beta", "delta", "gamma", "kappa", "omega", "sigma")
"""In the order of the roster, two a leg."""
FLEET = {name: {"files": {"README.md": f"{name}\n"}} for name in NAMES}
FAILS, CANCELLED, LOST = ("acme/alpha",), ("acme/delta", "acme/gamma"), ("acme/kappa", "acme/omega")
LEGS = {"permission": 0, "cancelled": 1, "lost": 2}
UPLOAD = "      - if: always()\n        uses: actions/upload-artifact"


RED = {"any": True, "class:not-started": False, "class:cancelled": True}
"""Whether the run is red, by policy; the seed chooses the one that `make test` plays."""


@pytest.mark.parametrize("fail_on", sample.some(1, RED, "policy"))
def test_each_is_named(tmp_path: Path, fail_on: str) -> None:
    red = RED[fail_on]
    edited = ActRunner(CHECKOUT, tmp_path / "edited")
    workflow = edited.product / ".github/workflows/distribute.yml"
    text = workflow.read_text()
    assert text.count(UPLOAD) == 1
    without = "always() && matrix.index != 1 && matrix.index != 2"
    workflow.write_text(text.replace(UPLOAD, UPLOAD.replace("always()", without)))
    source = SHARED | {"distribution.yml": DISTRIBUTION, ".github/workflows/distribute.yml": caller(fail_on=fail_on)}

    with stage(edited, tmp_path / "platform", seed(source=source, fleet=FLEET, read_only=[*FAILS])) as on:
        run = on.run("distribute.yml", run_id=31, conclusions={"distribute / Apply 1": "cancelled"})

        assert (run.exit_code != 0) == red, run.diagnosis
        assert run.output("report", "report", "verdict") == "partial"
        assert json.loads(run.output("report", "report", "failed-targets")) == sorted(FAILS + CANCELLED + LOST)
        # What GitHub holds of the run is what act did.
        jobs = {job.name: job for job in on.sandbox.world.repository(SOURCE).contents.jobs}
        failed = "failure" if fail_on == "any" else "success"
        assert {name: job.conclusion for name, job in jobs.items()} == {
            "distribute / Discover": "success",
            "distribute / Apply 0": failed,
            "distribute / Apply 1": "cancelled",
            "distribute / Apply 2": "success",
            "distribute / Apply 3": "success",
            "distribute / Report": "failure" if red else "success",
        } | ({} if red else {"after": "success"}), "act loses what comes after a call that failed"
        logs = {
            leg: f"{on.server.url}/{SOURCE}/actions/runs/31/job/{jobs[f'distribute / Apply {leg}'].id}"
            for leg in range(4)
        }
        summary = run.summary("report")
        causes = {line.split("`")[1]: line for line in summary.splitlines() if line.startswith("| `")}
        assert set(causes) == set(LEGS)
        for reason, targets in zip(LEGS, (FAILS, CANCELLED, LOST), strict=True):
            linked = re.findall(r"\[(acme/\w+)\]\([^)]+\) \(\[log\]\(([^)]+)\)\)", causes[reason])
            assert linked == [(target, logs[LEGS[reason]]) for target in targets], causes[reason]

        artifact = ZipFile(run.artifacts["shared-config-report-a1"])
        report = json.loads(artifact.read("run-report.json"))
        assert [(r["target"], r["reason"], r["job_url"]) for r in report["results"]] == [
            ("acme/alpha", "permission", logs[0]),
            ("acme/beta", "opened", logs[0]),
            *((target, "cancelled", logs[1]) for target in CANCELLED),
            *((target, "lost", logs[2]) for target in LOST),
            ("acme/sigma", "opened", logs[3]),
        ]
        cards = [each for each in read(artifact.read("report.html").decode()).all("a") if "article" in each.inside]
        assert sum(card.text == "log" for card in cards) == 5
        assert JOB_TOKEN not in run.log + summary + json.dumps(report)
        assert TOKEN not in run.log + summary + json.dumps(report)
        # The writes were done before the records were lost: nothing in the report claims that they were not.
        assert all(len(on.sandbox.repository(target).pulls()) == 1 for target in CANCELLED + LOST)
