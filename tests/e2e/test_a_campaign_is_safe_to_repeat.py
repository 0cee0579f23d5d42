"""distribute.yml, called from another repository: the first run creates, the second finds nothing left to do."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

from github_sandbox.act_runner import ActRunner
from support.act_stage import DISTRIBUTION, SHARED, caller, seed, stage
from support.html_document import read

FLEET = {
    "alpha": {"files": {"README.md": "alpha\n", ".travis.yml": "language: python\n"}},
    "beta": {"files": {"README.md": "beta\n"}},
    "gamma": {"files": {"README.md": "gamma\n"}, "default-branch": "trunk"},
    "omega": {"files": {"README.md": "omega\n"}, "archived": True},
}
SOURCE = SHARED | {"distribution.yml": DISTRIBUTION, ".github/workflows/distribute.yml": caller()}


def test_the_first_run_creates_and_the_second_writes_nothing(runner: ActRunner, tmp_path: Path) -> None:
    with stage(runner, tmp_path / "platform", seed(source=SOURCE, fleet=FLEET)) as on:
        first = on.run("distribute.yml", run_id=11)

        assert first.exit_code == 0, first.diagnosis
        assert [(leg.job, leg.result) for leg in first.legs] == [
            ("discover", "success"),
            ("apply", "success"),
            ("apply", "success"),
            ("report", "success"),
            ("after", "success"),
        ]
        assert {(leg.matrix["index"], leg.matrix["first"], leg.matrix["last"]) for leg in first.job("apply")} == {
            (0, 0, 1),
            (1, 2, 2),
        }
        assert first.output("after", "seen", "verdict") == "passed"
        assert first.output("after", "seen", "failed") == "[]"
        assert json.loads(first.output("after", "seen", "counts"))["created"] == 3
        assert set(first.artifacts) == {
            "shared-config-plan-a1",
            "shared-config-records-0-a1",
            "shared-config-records-1-a1",
            "shared-config-report-a1",
        }
        artifact = ZipFile(first.artifacts[first.output("after", "seen", "artifact")])
        assert set(artifact.namelist()) == {"run-report.json", "report.html", "outcomes.json"}, (
            "no more than was asked for"
        )
        assert json.loads(artifact.read("run-report.json"))["counts"]["created"] == 3
        page = read(artifact.read("report.html").decode())
        assert "3 repositories, none needs attention" in page.one("h1").text
        assert "acme/alpha" in page.one("tbody").text
        assert first.summary("report").count("3 repositories, none needs attention") == 1, "told once"
        assert "acme/omega" in first.summary("report"), "an excluded repository is named"

        for name, base in (("alpha", "main"), ("beta", "main"), ("gamma", "trunk")):
            repository = on.sandbox.repository(f"acme/{name}")
            (pull,) = repository.pulls()
            assert (pull.title, pull.base, pull.state) == ("Update shared configuration", base, "open")
            assert pull.labels == ["shared-config"]
            assert "These files come from acme/platform." in pull.body
            files = repository.files(pull.head)
            assert files[".editorconfig"] == ("100644", b"root = true\n")
            assert files["scripts/check.sh"] == ("100755", b"#!/bin/sh\nexit 0\n")
            assert files["README.md"] == repository.files()["README.md"]
            assert ".travis.yml" not in files
            assert repository.commit(pull.head).parents == (repository.tip(),)
        assert on.sandbox.repository("acme/omega").pulls() == []
        created = on.sandbox.snapshot()

        second = on.run("distribute.yml", run_id=12)

        assert second.exit_code == 0, second.diagnosis
        counts = json.loads(second.output("after", "seen", "counts"))
        assert counts["unchanged"] == sum(counts.values()) == 3
        assert on.writes() == []
        assert len(on.requests()) == 4 + 3 + 1, "discovery, limits, the run before; each target; the jobs of this run"
        assert on.sandbox.snapshot() == created


def test_a_dry_run_writes_nothing_and_says_what_it_would_send(runner: ActRunner, tmp_path: Path) -> None:
    """Also: the workflow hands `only` and `limit` on, and the report says which part it is of."""
    part = caller(dry_run=True, junit=True, only="acme/*, !beta", limit="1")
    source = SOURCE | {".github/workflows/distribute.yml": part}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet=FLEET)) as on:
        before = on.sandbox.snapshot()
        run = on.run("distribute.yml")
        assert run.exit_code == 0, run.diagnosis
        assert json.loads(run.output("after", "seen", "counts"))["planned"] == 1
        assert "1 of 3 targets: `only` and `limit` left out 2." in run.summary("report")
        assert on.writes() == []
        assert on.sandbox.snapshot() == before
        report = ZipFile(run.artifacts["shared-config-report-a1"])
        assert set(report.namelist()) == {"run-report.json", "report.html", "outcomes.json", "junit.xml"}
        assert report.read("junit.xml").count(b"<testcase ") == 1
        records = ZipFile(run.artifacts["shared-config-records-0-a1"])
        (name,) = (each for each in records.namelist() if each.endswith("00000-a1.json"))
        record = records.read(name)
        assert any("updateRefs" in line for line in json.loads(record)["planned_requests"]), record


def test_a_run_without_targets_skips_the_matrix_and_says_so(runner: ActRunner, tmp_path: Path) -> None:
    with stage(runner, tmp_path / "platform", seed(source=SOURCE, fleet={"omega": FLEET["omega"]})) as on:
        run = on.run("distribute.yml")
        assert run.exit_code == 0, run.diagnosis
        assert run.result("apply") is None
        assert run.output("discover", "discover", "has-targets") == "false"
        assert run.output("after", "seen", "verdict") == "nothing-to-do"
        assert "othing to do" in run.summary("report")
