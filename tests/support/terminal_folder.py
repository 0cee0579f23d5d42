"""A folder with a campaign, as a person at a terminal has one, and the variables of that terminal."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from action_patterns.cli import commands
from support.stage import TARGET, Stage

SEED: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot"]}},
    "users": ["bot"],
    "tokens": {"tok-bot": {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}},
    "repositories": [
        {"name": TARGET, "files": {"README.md": "# api\n"}, "milestones": ["v1"]},
        {"name": "acme/web", "files": {".editorconfig": "root = true\n"}},
        {"name": "acme/gone", "archived": True, "files": {"README.md": "x\n"}},
        {"name": "acme/other", "files": {"README.md": "x\n", ".editorconfig": "root = false\n"}},
    ],
}
DISTRIBUTION = """\
name: editorconfig
targets:
  owners: [acme]
files:
  - source: editorconfig
    target: .editorconfig
pull-request:
  title: Add .editorconfig
"""


def in_this_process(scene: Stage, folder: Path, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Let commands of the terminal run in this process, in that folder. Returns what they print."""
    stream = io.StringIO()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(commands, "Console", lambda **_: Console(file=stream, width=500))
    for name, value in terminal_variables(scene, folder).items():
        if name.startswith(("GH_", "GITHUB_")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("ACTION_PATTERNS_WRITE_SPACING_SECONDS", "0")
    return stream


def terminal_variables(scene: Stage, folder: Path, token: str = "tok-bot") -> dict[str, str]:
    """Return the variables of a terminal in which a person works against the stage."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "COLUMNS": "120",
        "GH_TOKEN": token,
        "GITHUB_API_URL": scene.context.api_url,
        "GITHUB_GRAPHQL_URL": scene.context.graphql_url,
        "GITHUB_SERVER_URL": scene.context.server_url,
        "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0.02",
    }
