"""A distribution file with groups, templates, conditions and merges gives the same pull requests in one step, in a
matrix and at a terminal; the terminal's plan shows them before.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from action_patterns.cli import commands
from support.campaign_steps import seed, step
from support.editions import first_on
from support.stage import Stage, stage
from support.terminal_folder import in_this_process

pytestmark = first_on("full", why="Each plays a fleet four times; campaigns on lesser editions are played elsewhere.")

CAMPAIGNS = Path(__file__).parents[2] / "docs" / "campaigns"
FLEET: dict[str, dict[str, dict[str, Any]]] = {
    "file-sync": {"api": {"topics": ["public"]}, "web": {}, "worker": {}, "charts": {}, "legacy": {}},
    "by-language": {"py": {"language": "Python"}, "go": {"language": "Go"}, "site": {}, "book": {}, "notes": {}},
    "shared-keys": {"web": {"files": {"package.json": '{"a": 1}\n', "pyproject.toml": "[a]\nb = 1\n"}}},
}
Trees = dict[str, tuple[str, tuple[str, ...], dict[str, tuple[str, bytes]]]]


def trees(scene: Stage, names: dict[str, Any]) -> Trees:
    """Title, labels and files of each repository's one pull request."""
    found: Trees = {}
    for name in names:
        repository = scene.sandbox.repository(f"acme/{name}")
        (pull,) = repository.pulls()
        found[name] = (pull.title, tuple(sorted(pull.labels)), repository.files(pull.head))
    return found


def in_one_step(scene: Stage, folder: Path) -> None:
    assert step("distribute", scene, folder).code == 0


def in_a_matrix(scene: Stage, folder: Path) -> None:
    found = step("discover", scene, folder, distribution="distribution.yml")
    assert found.code == 0, found.log
    legs = json.loads(found.outputs["matrix"])["include"]
    assert len(legs) == int(found.outputs["count"])
    for leg in legs:
        done = step(
            "apply",
            scene,
            folder,
            plan=found.outputs["path"],
            plan_digest=found.outputs["digest"],
            index=str(leg["index"]),
        )
        assert done.code == 0, done.log


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    def at_a_terminal(scene: Stage, folder: Path) -> None:
        stream = in_this_process(scene, folder, monkeypatch)
        commands.plan("distribution.yml", diff=True)
        shown = stream.getvalue()
        assert not any(repository.pulls() for repository in scene.sandbox.repositories())
        commands.apply_command("distribution.yml", yes=True)
        for repository in scene.sandbox.repositories():
            before = repository.files("main")
            for pull in repository.pulls():
                for path in {path for path, file in repository.files(pull.head).items() if before.get(path) != file}:
                    assert path in shown, path

    return at_a_terminal


@pytest.mark.parametrize("campaign", FLEET)
def test_every_way_gives_the_same_trees(tmp_path: Path, campaign: str, terminal: Any) -> None:
    found: dict[str, Trees] = {}
    for way, run in (("one step", in_one_step), ("matrix", in_a_matrix), ("terminal", terminal)):
        folder = tmp_path / way.replace(" ", "-")
        shutil.copytree(CAMPAIGNS / campaign, folder)
        with stage(seed(*FLEET[campaign], **FLEET[campaign]), served=True) as scene:
            run(scene, folder)
            found[way] = trees(scene, FLEET[campaign])
    assert found["matrix"] == found["one step"]
    assert found["terminal"] == found["one step"]
