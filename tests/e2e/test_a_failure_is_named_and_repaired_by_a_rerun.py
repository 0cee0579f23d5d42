"""One target fails: the others are done, the report names it, and re-running the failed jobs finishes the campaign."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from github_sandbox.act_runner import ActRunner
from support import sample
from support.act_stage import CHECKOUT, DISTRIBUTION, SHARED, TOKEN, caller, seed, stage
from support.act_stage import SOURCE as PLATFORM

FLEET = {name: {"files": {"README.md": f"{name}\n"}} for name in ("alpha", "beta", "gamma")}
SOURCE = SHARED | {"distribution.yml": DISTRIBUTION, ".github/workflows/distribute.yml": caller()}


def test_the_rest_is_done_and_a_rerun_of_the_failed_jobs_counts_each_target_once(
    runner: ActRunner, tmp_path: Path
) -> None:
    world = seed(source=SOURCE, fleet=FLEET, read_only=["acme/gamma"])
    with stage(runner, tmp_path / "platform", world) as on:
        first = on.run("distribute.yml", run_id=21)

        assert first.exit_code != 0
        assert {leg.matrix["index"]: leg.result for leg in first.job("apply")} == {0: "success", 1: "failure"}
        assert first.result("report") == "failure"
        assert first.output("report", "report", "verdict") == "partial"
        assert json.loads(first.output("report", "report", "failed-targets")) == ["acme/gamma"]
        assert "acme/gamma" in first.summary("report")
        assert any("acme/gamma" in message for message in first.errors("report"))
        assert TOKEN not in first.log + first.summary("report")
        assert [len(on.sandbox.repository(f"acme/{name}").pulls()) for name in FLEET] == [1, 1, 0]

        # Somebody gives the token access and presses "Re-run failed jobs": discover is not run again, its outputs are
        # those of the first attempt, and of the matrix only the failed leg runs.
        on.sandbox.tokens[TOKEN] = replace(on.sandbox.tokens[TOKEN], read_only=frozenset())
        rerun = ActRunner(CHECKOUT, tmp_path / "rerun", artifacts=runner.artifacts)
        outputs = {name: first.output("discover", "discover", name) for name in ("has-targets", "max-parallel")}
        outputs["plan-artifact"] = first.output("discover", "discover", "artifact-name")
        outputs["plan-digest"] = first.output("discover", "discover", "digest")
        failed = [dict(leg.matrix) for leg in first.job("apply") if leg.result == "failure"]
        outputs["matrix"] = json.dumps({"include": failed})
        _finished_discover(rerun, outputs)
        second = on.run("distribute.yml", runner=rerun, run_id=21, attempt=2)

        assert second.exit_code == 0, second.diagnosis
        assert [leg.matrix["index"] for leg in second.job("apply")] == [1]
        counts = json.loads(second.output("after", "seen", "counts"))
        assert {name: count for name, count in counts.items() if count} == {"created": 3}
        report = json.loads(ZipFile(second.artifacts["shared-config-report-a2"]).read("run-report.json"))
        assert [(r["target"], r["attempt"]) for r in report["results"]] == [
            ("acme/alpha", 1),
            ("acme/beta", 1),
            ("acme/gamma", 2),
        ]
        assert report["ignored_records"] == 1
        # Each leads to the job of its own attempt, though GitHub holds the jobs that went well in the second one too.
        jobs = {(j.attempt, j.name): j for j in on.sandbox.world.repository(PLATFORM).contents.jobs}
        assert {n for n, name in jobs if name == "distribute / Apply 0"} == {1, 2}
        shown = [jobs[1, "distribute / Apply 0"], jobs[1, "distribute / Apply 0"], jobs[2, "distribute / Apply 1"]]
        assert [r["job_url"].rpartition("/job/")[2] for r in report["results"]] == [str(job.id) for job in shown]


def test_another_policy_leaves_the_jobs_green_and_lets_report_decide(runner: ActRunner, tmp_path: Path) -> None:
    source = SOURCE | {".github/workflows/distribute.yml": caller(fail_on="threshold:1")}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet=FLEET, read_only=["acme/gamma"])) as on:
        run = on.run("distribute.yml")
        assert run.exit_code == 0, run.diagnosis
        assert run.result("apply") == "success"
        assert run.output("after", "seen", "verdict") == "partial"
        assert json.loads(run.output("after", "seen", "failed")) == ["acme/gamma"]


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "a file that is wrong": ({"distribution.yml": "name: shared-config\n"}, "targets"),
    "two different names": ({".github/workflows/distribute.yml": caller(name="another-name")}, "another-name"),
}
"""What makes discovery fail, and a word of the error; the seed chooses the one that `make test` plays."""


@pytest.mark.parametrize("wrong", sample.some(1, WRONG, "discovery fails"))
def test_when_discovery_fails_nothing_is_written_and_the_report_is_red(
    runner: ActRunner, tmp_path: Path, wrong: str
) -> None:
    source, said = WRONG[wrong]
    with stage(runner, tmp_path / "platform", seed(source=SOURCE | source, fleet=FLEET)) as on:
        run = on.run("distribute.yml")
        assert run.exit_code != 0
        assert run.result("discover") == "failure"
        assert any(said in message for message in run.errors("discover")), run.errors()
        assert run.result("apply") is None
        assert run.result("report") == "failure"
        assert run.output("report", "report", "verdict") == "inconclusive"
        assert on.writes() == []


def test_an_output_that_github_dropped_is_red_and_names_masking(runner: ActRunner, tmp_path: Path) -> None:
    masked = ActRunner(CHECKOUT, tmp_path / "masked")
    _edit(masked, "plan-digest: ${{ steps.discover.outputs.digest }}", 'plan-digest: ""')
    with stage(masked, tmp_path / "platform", seed(source=SOURCE, fleet=FLEET)) as on:
        run = on.run("distribute.yml")
        assert run.result("discover") == "success"
        assert run.result("report") == "failure"
        assert any("masked" in message for message in run.errors("report")), run.errors()


def _finished_discover(runner: ActRunner, outputs: dict[str, str]) -> None:
    """The job discover as a re-run attempt sees it: not run again, with the outputs it had."""
    path = runner.product / ".github/workflows/distribute.yml"
    text = path.read_text()
    start, end = text.index("  discover:\n"), text.index("  apply:\n")
    lines = ["  discover:", "    runs-on: ubuntu-latest", "    outputs:"]
    lines += [f"      {name}: {json.dumps(value)}" for name, value in outputs.items()]
    lines += ["    steps:", "      - run: echo done in attempt 1", "", ""]
    path.write_text(text[:start] + "\n".join(lines) + text[end:])


def _edit(runner: ActRunner, old: str, new: str) -> None:
    path = runner.product / ".github/workflows/distribute.yml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
