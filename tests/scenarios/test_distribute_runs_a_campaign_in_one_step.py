"""`distribute`, the root action: discover, apply and report in one process, twice; and one target that fails."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.action_process import ActionProcesses
from support.editions import first_on
from support.job_variables import job_variables
from support.stage import Stage, stage

pytestmark = first_on(
    "full", "no-graphql", why="Each run is a process, and apart from the swap of a ref these two differ most."
)

SEED: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot"]}},
    "users": ["bot"],
    "tokens": {"tok-bot": {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}},
    "repositories": [
        {"name": "acme/api", "files": {"README.md": "# api\n"}},
        {"name": "acme/web", "files": {".editorconfig": "root = true\n"}},
        {"name": "acme/gone", "archived": True, "files": {"README.md": "x\n"}},
    ],
}
DISTRIBUTION = """\
name: editorconfig
targets: {owners: [acme]}
files: [{source: editorconfig, target: .editorconfig}]
pull-request: {title: Add .editorconfig, labels: [sync]}
"""


Distribute = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def distribute(processes: ActionProcesses, tmp_path: Path) -> Distribute:
    """Exit code, outputs and log of the action, run as the composite runs it."""

    def distributed(scene: Stage, **inputs: str) -> tuple[int, dict[str, str], str]:
        for name, text in (("distribution.yml", DISTRIBUTION), ("editorconfig", "root = true\n")):
            if not (tmp_path / name).exists():
                (tmp_path / name).write_text(text)
        (tmp_path / "output").write_text("")
        (tmp_path / "temp").mkdir(exist_ok=True)
        variables = {
            "PATH": os.environ["PATH"],
            **job_variables(scene.context, tmp_path),
            "INPUT_TOKEN": "tok-bot",
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        }
        done = processes.action("distribute", variables, tmp_path)
        lines = (tmp_path / "output").read_text().splitlines()
        outputs = {
            line.partition("<<")[0]: lines[number + 1] for number, line in enumerate(lines) if "<<ghadelimiter" in line
        }
        return done.returncode, outputs, done.stdout + done.stderr

    return distributed


def test_a_campaign_is_done_once_and_found_done_the_second_time(distribute: Distribute, tmp_path: Path) -> None:
    with stage(SEED, served=True) as scene:
        code, outputs, log = distribute(scene)
        assert code == 0, log
        assert outputs["verdict"] == "passed"
        counts = json.loads(outputs["counts"])
        assert (counts["created"], counts["unchanged"]) == (1, 1)
        report = json.loads(Path(outputs["path"]).read_text())
        assert [(each["repository"], each["reason"]) for each in report["excluded"]] == [("acme/gone", "archived")]

        scene.forget()
        code, outputs, log = distribute(scene)
        assert code == 0, log
        assert json.loads(outputs["counts"])["unchanged"] == 2
        assert (outputs["writes"], scene.writes()) == ("0", 0)


def test_a_dry_run_writes_nothing(distribute: Distribute, tmp_path: Path) -> None:
    with stage(SEED, served=True) as scene:
        code, outputs, log = distribute(scene, dry_run="true")
        assert code == 0, log
        assert json.loads(outputs["counts"])["planned"] == 1
        assert scene.writes() == 0


def test_one_target_that_fails_leaves_the_others_done_and_the_step_red(distribute: Distribute, tmp_path: Path) -> None:
    locked = {"tok-bot": SEED["tokens"]["tok-bot"] | {"kind": "fine-grained", "read-only": ["acme/locked"]}}
    repositories = [*SEED["repositories"], {"name": "acme/locked", "files": {"README.md": "x\n"}}]
    seed = SEED | {"tokens": locked, "repositories": repositories}
    with stage(seed, served=True) as scene:
        code, outputs, log = distribute(scene)
        assert code == 1
        assert outputs["verdict"] == "partial"
        assert json.loads(outputs["failed-targets"]) == ["acme/locked"]
        assert len(scene.sandbox.repository("acme/api").pulls()) == 1
        assert "::error title=" in log
        assert distribute(scene, fail_on="never")[0] == 0


def test_bad_input_stops_it_before_the_first_request(distribute: Distribute, tmp_path: Path) -> None:
    with stage(SEED, served=True) as scene:
        (tmp_path / "distribution.yml").write_text(DISTRIBUTION.replace("name: editorconfig", "nam: x"))
        code, _, log = distribute(scene, dry_run="yes", fail_on="some")
        assert code == 2
        assert "dry-run" in log
        code, _, log = distribute(scene)
        assert code == 2
        assert "line=1" in log
        assert "file=distribution.yml" in log
        assert "nam: is not a known key.%0AWrite `name`." in log
        assert not list(scene.sandbox.requests)
