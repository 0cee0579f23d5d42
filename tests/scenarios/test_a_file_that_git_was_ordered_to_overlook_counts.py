"""git is ordered to take a file for unchanged, or to look at none: the file differs all the same, and it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import Remote, detect, git
from support.editions import without_github

pytestmark = without_github(why="The files of a workspace are compared with its commit.")


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_an_edited_file(tmp_path: Path, mark: str) -> None:
    remote = Remote(tmp_path / "remote")
    head = remote.commit({"a": "1\n", "b": "1\n", "caf\udce9": "1\n"})
    remote.push("main")
    workspace = remote.check_out(head, folder=tmp_path)
    git(workspace, "update-index", mark, "a", "caf\udce9")
    before = git(workspace, "ls-files", "-v")
    assert detect(workspace, "push", {}, sha=head, source="worktree").files == []
    (workspace / "a").write_text("2\n")
    (workspace / "caf\udce9").write_text("2\n")
    assert detect(workspace, "push", {}, sha=head, source="worktree").files == ["a", "caf\udce9"]
    assert git(workspace, "ls-files", "-v") == before
    (workspace / "a").unlink()
    deleted = detect(workspace, "push", {}, sha=head, source="worktree").deleted
    # Without its file, an entry is as one outside of a sparse checkout.
    assert deleted == (["a"] if mark == "--assume-unchanged" else [])
