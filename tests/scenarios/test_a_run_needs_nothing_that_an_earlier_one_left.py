"""No cache, artifact or file of an earlier run is read: deleted, cut off or of another run, the end is the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support import sample
from support.action_process import ActionProcesses
from support.editions import first_on
from support.job_variables import job_variables
from support.people import target
from support.stage import Stage, stage

pytestmark = first_on("full", why="Each run is a process, and what it finds on disk is the same on every edition.")


def run(processes: ActionProcesses, scene: Stage, folder: Path) -> None:
    """upsert-pr as the composite runs it, in the directories of a runner."""
    (folder / "temp").mkdir(parents=True, exist_ok=True)
    (folder / "content").mkdir(exist_ok=True)
    (folder / "content" / "ci.yml").write_text("on: push\n")
    variables = {
        "PATH": os.environ["PATH"],
        **job_variables(scene.context, folder, repository="acme/api"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "INPUT_TOKEN": "tok-bot",
        "INPUT_KEY": "sync",
        "INPUT_TITLE": "Sync",
        "INPUT_DIRECTORY": "content",
    }
    done = processes.action("upsert-pr", variables, folder)
    assert done.returncode == 0, done.stdout + done.stderr


def deleted(temp: Path) -> None:
    shutil.rmtree(temp)


def cut_off(temp: Path) -> None:
    """As a partial restore leaves them."""
    for path in filter(Path.is_file, temp.rglob("*")):
        path.write_bytes(path.read_bytes()[:10])


def garbage(temp: Path) -> None:
    for path in filter(Path.is_file, temp.rglob("*")):
        path.write_bytes(b'{"outcome": "unchanged", "pull_request_number": 99}')


def kept(temp: Path) -> None:
    """A self-hosted runner may keep them."""


LEFT = {each.__name__: each for each in (deleted, cut_off, garbage, kept)}


@pytest.mark.parametrize("left", [LEFT[name] for name in sample.some(2, LEFT, "left")])
def test_the_end_is_that_of_one_clean_run(
    processes: ActionProcesses, left: Callable[[Path], None], tmp_path: Path
) -> None:
    with stage(served=True) as scene:
        run(processes, scene, tmp_path)
        assert any(path.is_file() for path in (tmp_path / "temp").rglob("*"))
        before = scene.sandbox.snapshot()
        left(tmp_path / "temp")
        scene.forget()
        run(processes, scene, tmp_path)
        assert (scene.reads() == 1, scene.writes()) == (scene.has_graphql, 0)
        assert scene.sandbox.snapshot() == before


def test_a_lost_pull_request_is_made_again_whatever_an_earlier_run_noted(
    processes: ActionProcesses, tmp_path: Path
) -> None:
    """What was written down about success is never believed instead of the remote state."""
    with stage(served=True) as scene:
        run(processes, scene, tmp_path)
        target(scene).merge_pull(1)
        target(scene).commit_files("main", {"ci.yml": None}, message="Taken back")
        run(processes, scene, tmp_path)
        assert [pull.state for pull in target(scene).pulls()] == ["closed", "open"]
