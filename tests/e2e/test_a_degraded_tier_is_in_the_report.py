"""Tiers are real commands under a real runner, with an npm whose mirror or registry is down: the report and the drill.

The example and the recipe run as they stand.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT, TOKEN, seed, stage

RECIPE = CHECKOUT / "docs/recipes/drill-the-fallback.md"
NPM = """\
#!/bin/sh
echo "npm $*"
case "$*" in
  "ci --registry "*) test ! -e mirror-is-down || { echo "npm error network: no route to the mirror" >&2; exit 1; } ;;
  "ci") test ! -e registry-is-down || { echo "npm error 503" >&2; kill -9 $$; } ;;
  "ci --offline") test ! -e not-cached || { echo "npm error ENOTCACHED" >&2; exit 1; } ;;
  "ls --all") exec test -d node_modules ;;
  "run build") exit 0 ;;
  *) exit 99 ;;
esac
mkdir -p node_modules
echo "from=$2" >> "$GITHUB_OUTPUT"
"""
PACKAGE = {"package-lock.json": "{}\n"}
DOWN = {"alpha": (), "beta": ("mirror-is-down",), "gamma": ("mirror-is-down", "registry-is-down")}
LOST = ("mirror-is-down", "registry-is-down", "not-cached")


@pytest.fixture(autouse=True)
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay our npm before that of the machine."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "npm").write_text(NPM)
    (tools / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def test_who_fell_back_is_in_the_report(runner: ActRunner, tmp_path: Path) -> None:
    fleet = {name: {"files": PACKAGE | dict.fromkeys(down, "x\n")} for name, down in DOWN.items()}
    fleet["omega"] = {"files": PACKAGE | dict.fromkeys(LOST, "x\n")}
    example = (CHECKOUT / "actions/degrade/example.yml").read_text()
    with stage(
        runner, tmp_path / "platform", seed(source={".github/workflows/example.yml": example}, fleet=fleet)
    ) as on:
        run = on.run("example.yml", secrets={"DISTRIBUTION_TOKEN": TOKEN})

        assert run.exit_code != 0
        artifact = ZipFile(run.artifacts["targets-report-a1"])
        report = json.loads(artifact.read("run-report.json"))
        shown = [(each["target"], each["outcome"], each["reason"], each["tier"]) for each in report["results"]]
        assert shown == [
            ("acme/alpha", "unchanged", "built", "mirror"),
            ("acme/beta", "unchanged", "built", "registry"),
            ("acme/gamma", "unchanged", "built", "cached-copy"),
            ("acme/omega", "failed", "all-tiers-failed", ""),
        ], run.diagnosis
        assert report["degraded"] == {"degraded": 2, "tiered": 3, "alert_percent": 5.0, "alert": True}
        assert "tier 2, registry" in artifact.read("report.html").decode()
        summary = run.summary("report")
        assert "| tier 3, cached-copy | unchanged | Degraded: tier 3 of 3, `cached-copy`, holds." in summary
        assert json.loads(run.output("report", "report", "degraded-targets")) == ["acme/beta", "acme/gamma"]

        warnings = {a.message.splitlines()[0] for a in run.annotations if a.level == "warning"}
        assert "Degraded: tier 2 of 3, `registry`, holds." in warnings
        assert "Degraded: tier 3 of 3, `cached-copy`, holds." in warnings
        assert any(message.startswith("Degraded: 2 of 3 targets (66.7 %)") for message in warnings)
        (named,) = [message for message in run.errors("work") if message.startswith("All 3 tiers failed.")]
        assert all(cause in named for cause in ("no route to the mirror", "SIGKILL (9)", "ENOTCACHED"))
        legs = {leg.matrix["repository"]: leg for leg in run.job("work")}
        outputs = legs["acme/gamma"].outputs["install"]
        assert (outputs["tier-index"], outputs["degraded"], outputs["exit-code"]) == ("3", "true", "0")
        assert json.loads(outputs["outputs"]) == {"from": "--offline"}, "only the tier that holds leaves outputs"
        assert on.writes() == []


def test_the_schedule_of_the_recipe_drills_each_tier(runner: ActRunner, tmp_path: Path) -> None:
    (recipe,) = re.findall(r"```yaml\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    source = {".github/workflows/build.yml": recipe, "registry-is-down": "x\n", **PACKAGE}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        drill = on.run("build.yml", event="schedule", secrets={})
        legs = {leg.matrix["tier"]: (leg.result, leg.outputs["install"]["reason"]) for leg in drill.job("build")}
        assert legs == {
            "mirror": ("success", "forced"),
            "registry": ("failure", "forced-tier-failed"),
            "cached-copy": ("success", "forced"),
        }, drill.diagnosis
        (leg,) = on.run("build.yml", secrets={}).job("build")
        assert (leg.result, leg.outputs["install"]["reason"]) == ("success", "first-tier-holds")
