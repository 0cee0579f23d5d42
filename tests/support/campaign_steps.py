"""Steps of a campaign in this process: any action, given a distribution file, against a served local GitHub."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from action_patterns import run
from support.job_variables import job_variables
from support.stage import Stage

CAMPAIGN = """\
name: ci
targets: {%s}
files: [{source: ci.txt, target: ci.txt}]
pull-request: {title: Add ci.txt}
"""


def seed(*repositories: str, **fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the seed of acme with these repositories. `fields`: what differs, by name."""
    return {
        "organizations": {"acme": {"members": ["bot"]}},
        "users": ["bot"],
        "tokens": {"tok-bot": {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}},
        "repositories": [
            {"name": f"acme/{name}", "files": {"README.md": "x\n"}} | dict(fields.get(name, {}))
            for name in repositories
        ],
    }


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step that ended."""

    code: int
    outputs: dict[str, str]
    log: str
    summary: str

    def results(self) -> dict[str, tuple[str, str]]:
        """Outcome and reason by target, from the report that the step wrote."""
        return {each["target"]: (each["outcome"], each["reason"]) for each in self.report()["results"]}

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(Path(self.outputs["path"]).read_text())
        return found


def step(
    action: str,
    scene: Stage,
    folder: Path,
    *,
    targets: str = "",
    run_number: int = 1,
    run_attempt: int = 1,
    **inputs: str,
) -> Step:
    """Run an action. `targets`: the selection of a distribution file that is written first."""
    if targets:
        (folder / "distribution.yml").write_text(CAMPAIGN % targets)
        (folder / "ci.txt").write_text("x\n")
    (folder / "temp").mkdir(exist_ok=True)
    for name in ("output", "summary"):
        (folder / name).write_text("")
    variables = {
        **job_variables(scene.context, folder),
        "GITHUB_RUN_ID": str(6 + run_number),
        "GITHUB_RUN_NUMBER": str(run_number),
        "GITHUB_RUN_ATTEMPT": str(run_attempt),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "INPUT_TOKEN": "tok-bot",
        **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
    }
    stream = io.StringIO()
    code = run.main([action], variables, stream)
    lines = (folder / "output").read_text().splitlines()
    outputs = {
        line.partition("<<")[0]: lines[number + 1] for number, line in enumerate(lines) if "<<ghadelimiter" in line
    }
    return Step(code=code, outputs=outputs, log=stream.getvalue(), summary=(folder / "summary").read_text())
