"""`make check` shows every workflow and action to zizmor, actionlint and act: it does, and each of them objects."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

from support.workflow_files import ROOT, shipped_workflows

BIN = Path(sysconfig.get_path("scripts"))
ACTIONS = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("action.yml"), *ROOT.glob("actions/*/action.yml")])
SPLICED = "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.head_ref }}\n"
MISSPELT = "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    stepz: []\n"


def test_make_check_names_every_workflow_to_each_and_every_action_to_zizmor() -> None:
    done = _run(["make", "--no-print-directory", "--dry-run", "check-workflows"])
    assert done.returncode == 0, done.stderr
    zizmor, actionlint, act = (
        set(line.replace(";", " ").split())
        for tool in ("/zizmor ", "/actionlint ", "for file in ")
        for line in done.stdout.splitlines()
        if tool in line
    )
    shipped = set(shipped_workflows())
    assert zizmor >= {*shipped, *ACTIONS}
    assert actionlint >= shipped
    assert act >= shipped


@pytest.mark.parametrize(
    ("tool", "workflow", "said"),
    [
        (["zizmor", "--quiet", "--offline", "--config", str(ROOT / "zizmor.yml")], SPLICED, "template-injection"),
        (["actionlint"], SPLICED, "untrusted"),
        (["act", "--validate", "--strict", "--workflows"], MISSPELT, "stepz"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_each_finds_what_it_is_for(tool: list[str], workflow: str, said: str, tmp_path: Path) -> None:
    bad = tmp_path / "workflow.yml"
    bad.write_text(workflow)
    done = _run([BIN / tool[0], *tool[1:], bad], {"HOME": str(tmp_path)})
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def _run(command: list[str | Path], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
