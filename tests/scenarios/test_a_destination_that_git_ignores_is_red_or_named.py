"""A file that git ignores never counts. A pattern for such files is red, and files beside others are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import detect, git, story
from support.editions import without_github

pytestmark = without_github(why="The files are in a checkout.")


def ignoring(folder: Path) -> Path:
    workspace = story().remote.check_out(story().main[-1], folder=folder)
    (workspace / ".git/info/exclude").write_text("dist/\n*.log\n")
    for name in ("dist/app.js", "docs/build.log"):
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_text("1\n")
    return workspace


@pytest.mark.parametrize("pattern", ["dist/**", "dist", "dist/app.js", "*/build.log", "**/*.log"])
def test_a_pattern_of_ignored_files_alone_is_red(tmp_path: Path, pattern: str) -> None:
    workspace = ignoring(tmp_path)
    answer = detect(workspace, "push", {}, sha=story().main[-1], source="worktree", paths=pattern)
    assert answer.code == 2
    assert "matches only files that git ignores" in answer.log
    assert ".gitignore" in answer.log


def test_an_ignored_file_beside_others_is_named(tmp_path: Path) -> None:
    workspace = ignoring(tmp_path)
    answer = detect(workspace, "push", {}, sha=story().main[-1], source="worktree", paths="docs/**")
    assert (answer.code, answer.files) == (0, [])
    assert "'docs/build.log', which git ignores" in answer.log
    answer = detect(workspace, "push", {}, sha=story().main[-1], source="worktree")
    assert "git ignores 'dist/', 'docs/build.log': they never count." in answer.log


def test_a_file_that_is_tracked_by_force_counts(tmp_path: Path) -> None:
    workspace = ignoring(tmp_path)
    git(workspace, "add", "--force", "dist/app.js")
    answer = detect(workspace, "push", {}, sha=story().main[-1], source="worktree", paths="dist/**")
    assert (answer.code, answer.files) == (0, ["dist/app.js"])
