"""Every shipped workflow and action passes zizmor, actionlint and act's own check, the examples included."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

from support.workflow_files import ROOT, shipped_workflows

BIN = Path(sysconfig.get_path("scripts"))
ACTIONS = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("action.yml"), *ROOT.glob("actions/*/action.yml")])


def test_zizmor_finds_nothing() -> None:
    command = [BIN / "zizmor", "--quiet", "--offline", "--persona", "pedantic", "--strict-collection"]
    done = _run([*command, "--config", "zizmor.yml", *ACTIONS, *shipped_workflows()])
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_with_this_policy_would_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "workflow.yml"
    bad.write_text(
        "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.head_ref }}\n"
    )
    done = _run([BIN / "zizmor", "--quiet", "--offline", "--config", ROOT / "zizmor.yml", bad])
    assert done.returncode != 0
    assert "template-injection" in done.stdout


def test_actionlint_finds_nothing() -> None:
    done = _run([BIN / "actionlint", *shipped_workflows()])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", shipped_workflows())
def test_act_can_read_it(name: str, tmp_path: Path) -> None:
    done = _run([BIN / "act", "--validate", "--strict", "--workflows", name], {"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr


def _run(command: list[str | Path], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
