"""What act finds on its PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from github_sandbox.act_process import _environment

NODE = shutil.which("node")
ASKS_FOR_ITS_PATH = ("--no-warnings", "-e", "console.log(process.execPath)")


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize(
    "arguments", [ASKS_FOR_ITS_PATH, ("-e", 'console.log("it\'s", 1 + 1)'), ("-e", "process.exit(3)")]
)
def test_node_answers_as_node_does(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    def asked(environment: dict[str, str]) -> tuple[int, str]:
        done = subprocess.run(["node", *arguments], env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    own = _environment(tmp_path)
    assert own["PATH"] != os.environ["PATH"]
    assert asked(own) == asked({"PATH": os.environ["PATH"], "HOME": str(tmp_path)})


def test_act_s_question_starts_node_once_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manager, started = tmp_path / "installed" / "node", tmp_path / "started"
    manager.parent.mkdir()
    manager.write_text(f"#!/bin/sh\necho >> {started}\necho /versions/24/node\n")
    manager.chmod(0o755)
    monkeypatch.setenv("PATH", f"{manager.parent}{os.pathsep}{os.environ['PATH']}")
    for run in ("one", "two"):
        environment = _environment(tmp_path / run)
        done = subprocess.run(["node", *ASKS_FOR_ITS_PATH], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "/versions/24/node\n"
    assert started.read_text() == "\n"


def test_without_node_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _environment(tmp_path / "run")["PATH"] == str(tmp_path)
