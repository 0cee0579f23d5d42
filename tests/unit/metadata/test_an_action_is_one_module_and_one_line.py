"""One module and one line in the registry make an action: its files, permissions, token and remedy follow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODULE = '''
"""toy: keep a text at a ref."""

from __future__ import annotations

from pydantic import Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.ports.bundle import Ports
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.workflow_runs import WorkflowRuns


class ToyInputs(TokenInputs):
    """Inputs of toy."""

    text: str = Field(description="Text to keep.")


class ToyOutputs(Outputs):
    """Outputs of toy."""

    oid: str = Field(description="Commit that holds it.")


def run(inputs: ToyInputs, ports: Ports) -> Finish[ToyOutputs]:
    """Keep the text."""
    here = ports.context.repository
    session = open_session(
        ports, inputs.credentials(), ACTION.uses, seconds=60, reach=Reach((here,)), narrowed=(here,)
    )
    stored = session.refs.read(here, "refs/action-patterns/toy/1")
    return Finish(outputs=ToyOutputs(oid=session.refs.update(here, stored, inputs.text).oid or ""))


ACTION = Action(
    name="toy",
    title="Toy",
    description="Keeps a text.",
    patterns=("Idempotency",),
    since="0.1.0",
    inputs=ToyInputs,
    outputs=ToyOutputs,
    run=run,
    icon="box",
    color="blue",
    uses=(RefStore.read, RefStore.update, WorkflowRuns.jobs),
)
'''
FACTS = """
import json
from action_patterns import registry
from action_patterns.github_api.transport.error_mapping import grant
from action_patterns.ports.github import CAPABILITIES
from action_patterns.ports.permissions import needed

action = registry.load("toy")
verbs = {f"{port.__name__}.{name}" for port in CAPABILITIES.values() for name in vars(port)}
print(json.dumps({
    "token": needed(action.uses),
    "remedy": grant("installation access token", needed(action.uses)),
    "rows of the contract test": sorted(verb.__qualname__ for verb in action.uses if verb.__qualname__ in verbs),
}))
"""


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_an_action_is_one_module_and_one_line_of_the_registry(tmp_path: Path) -> None:
    for folder in ("src", "actions", "docs", "schemas", ".github"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "benchmarks").mkdir()
    for file in ("README.md", "action.yml", "example.yml", "benchmarks/requests.md"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "src/action_patterns/actions/toy.py").write_text(MODULE.lstrip())
    registry = tmp_path / "src/action_patterns/registry.py"
    before = registry.read_text()
    registry.write_text(before.replace('"once",', '"once", "toy",'))
    assert registry.read_text() != before

    written = python(tmp_path, "-m", "action_patterns.metadata")
    assert written.returncode == 0, written.stdout + written.stderr
    readme = (tmp_path / "actions/toy/README.md").read_text()
    assert "Keeps a text." in readme
    assert "- actions: read\n- contents: write\n" in readme
    assert "INPUT_TEXT: ${{ inputs.text }}" in (tmp_path / "actions/toy/action.yml").read_text()
    assert "| `toy` | actions: read; contents: write |" in (tmp_path / "docs/tokens.md").read_text()
    assert "toy" in (tmp_path / "docs/README.md").read_text()

    facts = python(tmp_path, "-c", FACTS)
    assert facts.returncode == 0, facts.stderr
    found = json.loads(facts.stdout)
    assert found["token"] == [["actions", "read"], ["contents", "write"]]
    assert "`actions: read` and `contents: write`" in found["remedy"]
    assert found["rows of the contract test"] == ["RefStore.read", "RefStore.update", "WorkflowRuns.jobs"]
