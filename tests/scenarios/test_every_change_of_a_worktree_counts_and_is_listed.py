"""New, changed, deleted and renamed files, modes, types and local commits of a workspace count, each by its path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.detecting import Detected, detect, git, story
from support.editions import without_github

pytestmark = without_github(why="The files are in a checkout.")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return story().remote.check_out(story().main[-1], folder=tmp_path)


def look(workspace: Path, **inputs: str) -> Detected:
    return detect(workspace, "push", {}, sha=story().main[-1], source="worktree", **inputs)


def new_file(at: Path) -> None:
    (at / "new").write_text("1\n")


def new_directory(at: Path) -> None:
    (at / "new/deep").mkdir(parents=True)
    (at / "new/a").write_text("1\n")
    (at / "new/deep/b").write_text("1\n")


def edit(at: Path) -> None:
    (at / "README.md").write_text("2\n")


def staged(at: Path) -> None:
    edit(at)
    git(at, "add", "README.md")


def edit_of_the_same_length_and_time(at: Path) -> None:
    edit(at)
    git(at, "add", "README.md")
    (at / "README.md").write_text("3\n")


def delete(at: Path) -> None:
    (at / "README.md").unlink()


def rename(at: Path) -> None:
    git(at, "mv", "README.md", "LIESMICH.md")


def mode(at: Path) -> None:
    (at / "README.md").chmod(0o755)


def link(at: Path) -> None:
    delete(at)
    (at / "README.md").symlink_to("docs/use.md")


def directory_for_a_file(at: Path) -> None:
    delete(at)
    (at / "README.md").mkdir()
    (at / "README.md/x").write_text("1\n")


def local_commit(at: Path) -> None:
    edit(at)
    git(at, "commit", "--quiet", "--all", "--message", "by a formatter")


def local_commit_undone(at: Path) -> None:
    local_commit(at)
    (at / "README.md").write_text("1\n")


def untracked_by_the_index_alone(at: Path) -> None:
    git(at, "rm", "--quiet", "--cached", "README.md")


def conflict(at: Path) -> None:
    git(at, "fetch", "--quiet", "--depth=1", "origin", story().orphan)
    blobs = [git(at, "rev-parse", f"HEAD:{name}") for name in ("README.md", "library/a.py", "docs/use.md")]
    entries = "".join(f"100644 {oid} {stage}\tREADME.md\n" for stage, oid in enumerate(blobs, 1))
    git(at, "update-index", "--index-info", given=f"0 {'0' * 40}\tREADME.md\n{entries}".encode())


Answer = tuple[list[str], list[str], list[str]]
CHANGES: dict[Callable[[Path], None], Answer] = {
    new_file: (["new"], ["new"], []),
    new_directory: (["new/a", "new/deep/b"], ["new/a", "new/deep/b"], []),
    edit: (["README.md"], [], []),
    staged: (["README.md"], [], []),
    edit_of_the_same_length_and_time: (["README.md"], [], []),
    delete: (["README.md"], [], ["README.md"]),
    rename: (["LIESMICH.md", "README.md"], ["LIESMICH.md"], ["README.md"]),
    mode: (["README.md"], [], []),
    link: (["README.md"], [], []),
    directory_for_a_file: (["README.md", "README.md/x"], ["README.md/x"], ["README.md"]),
    local_commit: (["README.md"], [], []),
    local_commit_undone: ([], [], []),
    untracked_by_the_index_alone: ([], [], []),
    conflict: (["README.md"], [], []),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_counts(workspace: Path, change: Callable[[Path], None]) -> None:
    assert not look(workspace).changed
    change(workspace)
    before = git(workspace, "status", "--porcelain=v1")
    answer = look(workspace)
    assert answer.code == 0, answer.log
    assert (answer.files, answer.added, answer.deleted) == CHANGES[change]
    assert answer.changed == bool(CHANGES[change][0])
    assert (answer.base, answer.base_reason) == (story().main[-1], "worktree")
    assert git(workspace, "status", "--porcelain=v1") == before, "the index is the caller's"


def test_bytes_that_git_would_store_alike_are_no_change(workspace: Path) -> None:
    (workspace / ".git/info/attributes").write_text("*.md text eol=lf\n")
    (workspace / "README.md").write_bytes(b"1\r\n")
    assert "README.md" in git(workspace, "status", "--porcelain=v1")
    assert look(workspace).files == []
    (workspace / "docs/use.md").write_bytes(b"2\r\n")
    assert look(workspace).files == ["docs/use.md"]


def test_files_of_the_runner_are_no_change(workspace: Path) -> None:
    (workspace / "temp").mkdir()
    (workspace / "temp/x").write_text("1\n")
    answer = look(workspace, variables={"RUNNER_TEMP": str(workspace / "temp")})  # type: ignore[arg-type]
    assert answer.files == [], answer.log


def test_a_file_outside_of_a_sparse_checkout_counts(workspace: Path) -> None:
    git(workspace, "sparse-checkout", "set", "docs")
    assert look(workspace).files == []
    (workspace / "library").mkdir()
    (workspace / "library/new.py").write_text("1\n")
    (workspace / "library/a.py").write_text("9\n")
    assert look(workspace).files == ["library/a.py", "library/new.py"]


def test_a_repository_in_the_workspace_counts(workspace: Path) -> None:
    git(workspace, "init", "--quiet", "nested")
    (workspace / "nested/x").write_text("1\n")
    assert look(workspace, paths="nested/**").changed
