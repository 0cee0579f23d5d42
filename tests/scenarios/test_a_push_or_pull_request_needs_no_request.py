"""A push or a pull request whose commits are there is answered by git alone, without a client of GitHub."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from action_patterns import run
from action_patterns.worktree.git import Git
from support.detecting import GROUPS, checked_out, detect, job, story
from support.editions import without_github

pytestmark = without_github(why="No request is sent.")

CODE = """
import runpy, sys
sys.argv = ["run.py", "detect-changes"]
try:
    runpy.run_path(sys.orig_argv[-1], run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
heavy = {"github", "requests", "urllib3", "jwt", "action_patterns.action.session", "action_patterns.state.green"}
print("LOADED", sorted(heavy & set(sys.modules)), "yaml" in sys.modules)
"""


@pytest.mark.parametrize("inputs", [{"paths": "library/**"}, {"groups": GROUPS}], ids=["paths", "groups"])
def test_no_client_is_loaded(tmp_path: Path, inputs: dict[str, str]) -> None:
    at = story()
    workspace = checked_out(at.main[2], 0)
    pull = {"pull_request": {"head": {"sha": at.topic[-1]}, "base": {"sha": at.main[0]}}}
    variables = job(workspace, "pull_request", pull, sha=at.main[2], **inputs)
    command = [sys.executable, "-I", "-c", CODE, str(run.__file__)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout.endswith(f"LOADED [] {'groups' in inputs}\n"), done.stdout + done.stderr


@pytest.mark.parametrize(("event", "calls"), [("push", 4), ("pull_request", 5)])
def test_git_is_asked_a_few_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: str, calls: int) -> None:
    at = story()
    head = at.main[2] if event == "push" else at.merge
    workspace = checked_out(head, 0)
    asked: list[tuple[str, ...]] = []
    original = Git.run

    def counted(self: Git, *arguments: str, **more: Any) -> Any:
        asked.append(arguments)
        return original(self, *arguments, **more)

    monkeypatch.setattr(Git, "run", counted)
    payload = {"before": at.main[0], "pull_request": {"head": {"sha": at.topic[-1]}, "base": {"sha": at.main[0]}}}
    answer = detect(workspace, event, payload, sha=head, groups=GROUPS)
    assert answer.code == 0, answer.log
    assert len(asked) <= calls, asked
    assert not [each for each in asked if each[0] in ("fetch", "ls-remote")]
