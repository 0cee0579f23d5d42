"""The recipe of docs/recipes/monorepo.md as it stands, but for the step that installs a Python."""

from __future__ import annotations

import json
import re
from pathlib import Path

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT, SOURCE, seed, stage

RECIPE = CHECKOUT / "docs/recipes/monorepo.md"
DIRECTORIES = {"services/api": "true", "tools/api": "false", "tools/it's $(touch owned)": "true"}
"""Each with the command of its tests."""


def recipe() -> str:
    (block,) = re.findall(r"```yaml\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    return re.sub(r"      - uses: actions/setup-python@.*?(?=      - id: tests)", "", block, flags=re.DOTALL)


def test_each_directory_is_tested_on_every_version_and_the_failure_is_named(runner: ActRunner, tmp_path: Path) -> None:
    source = {".github/workflows/components.yml": recipe(), "lib/testdata/x/pyproject.toml": "x\n"}
    for directory, command in DIRECTORIES.items():
        source |= {f"{directory}/pyproject.toml": "x\n", f"{directory}/Makefile": f"test:\n\t{command}\n"}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        run = on.run("components.yml", secrets={})

        legs = {(leg.matrix["component"]["name"], leg.matrix["python"]["name"]): leg.result for leg in run.job("test")}
        assert set(legs.values()) == {"success", "failure"}
        assert {name for (name, _), result in legs.items() if result == "failure"} == {"tools-api"}
        assert len(legs) == 2 * len(DIRECTORIES), "not of a pull request"
        assert run.result("report") == "failure"
        assert run.output("report", "report", "verdict") == "partial"
        assert json.loads(run.output("report", "report", "failed-targets")) == [f"{SOURCE}:tools/api"]
        assert "1 of 3 directories needs attention" in run.summary("report")
        assert on.writes() == []
