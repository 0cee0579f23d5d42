"""What a step before committed itself is part of the change: as it is after actions/checkout, with real git."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange
from action_patterns.errors import InputError
from action_patterns.worktree import GitCheckout
from action_patterns.worktree.git import Git
from action_patterns.worktree.history import fetched_commit

pytestmark = pytest.mark.slow

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, env=ENVIRONMENT, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(root: Path, name: str, content: str) -> str:
    (root / name).write_text(content)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", name)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def origin(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "origin"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`main` with two commits, a side branch, and a tag and a pull request whose commits no branch has."""
    place = tmp_path_factory.mktemp("made") / "origin"
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    git(place, "config", "uploadpack.allowAnySHA1InWant", "true")
    commit(place, "old", "old\n")
    commit(place, "kept", "kept\n")
    git(place, "checkout", "-q", "-b", "side")
    commit(place, "side", "side\n")
    for ref in ("refs/tags/v1", "refs/pull/7/merge"):
        git(place, "checkout", "-q", "--detach", "main")
        git(place, "update-ref", ref, commit(place, ref.replace("/", "-"), "x\n"))
    git(place, "checkout", "-q", "main")
    return place


CHECKOUTS = {
    # As actions/checkout does it (its src/ref-helper.ts): the refspec it fetches, and what it checks out.
    "branch": (["+refs/heads/main:refs/remotes/origin/main"], ["-B", "main", "refs/remotes/origin/main"]),
    "pull request": (["+refs/pull/7/merge:refs/remotes/pull/7/merge"], ["refs/remotes/pull/7/merge"]),
    "tag": (["+refs/tags/v1:refs/tags/v1"], ["refs/tags/v1"]),
    "commit": (["{v1}"], ["{v1}"]),
    "all history, tag": (["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"], ["refs/tags/v1"]),
}


def checked_out(origin: Path, how: str = "branch", *depth: str) -> Path:
    root = origin.parent / "work"
    root.mkdir()
    git(root, "init", "-q", "-b", "master")
    git(root, "remote", "add", "origin", f"file://{origin}")
    oid = git(origin, "rev-parse", "v1")
    fetched, ref = ([part.format(v1=oid) for part in parts] for parts in CHECKOUTS[how])
    git(root, "fetch", "-q", "--no-tags", *depth, "origin", *fetched)
    git(root, "checkout", "-q", "--force", *ref)
    return root


def changes(root: Path, *paths: str, sha: str | None = None) -> dict[str, FileChange]:
    checkout = GitCheckout(str(root), str(root.parent / "temp"), ENVIRONMENT, sha=sha)
    return {change.path: change for change in checkout.changes(paths)}


@pytest.mark.parametrize("depth", [(), ("--depth=1",), ("--depth=2",)], ids=["full", "depth 1", "depth 2"])
@pytest.mark.parametrize("how", CHECKOUTS)
def test_local_commits_are_part_of_the_change_however_it_was_checked_out(
    origin: Path, how: str, depth: tuple[str, ...]
) -> None:
    root = checked_out(origin, how, *depth)
    assert changes(root) == {}
    commit(root, "kept", "formatted\n")
    git(root, "rm", "-q", "old")
    commit(root, "made", "made\n")
    (root / "later").write_text("later\n")
    assert changes(root) == {
        "kept": FileChange(path="kept", mode="100644", content=b"formatted\n", base_oid=blob_oid(b"kept\n")),
        "old": FileChange(path="old", mode=None, base_oid=blob_oid(b"old\n")),
        "made": FileChange(path="made", mode="100644", content=b"made\n", base_oid=None),
        "later": FileChange(path="later", mode="100644", content=b"later\n", base_oid=None),
    }
    assert set(changes(root, "old", "made")) == {"old", "made"}


def test_a_local_commit_that_was_undone_is_no_change(origin: Path) -> None:
    root = checked_out(origin)
    commit(root, "kept", "other\n")
    (root / "kept").write_text("kept\n")
    assert changes(root) == {}


def test_a_local_commit_with_a_local_tag_and_branch_is_still_local(origin: Path) -> None:
    root = checked_out(origin)
    git(root, "checkout", "-q", "-b", "release")
    commit(root, "version", "2\n")
    git(root, "tag", "v2")
    assert set(changes(root)) == {"version"}


def test_a_local_merge_counts_with_all_it_brought(origin: Path) -> None:
    root = checked_out(origin, "all history, tag")
    git(root, "checkout", "-q", "-B", "main", "origin/main")
    git(root, "merge", "-q", "--no-ff", "origin/side", "-m", "merge")
    assert set(changes(root)) == {"side"}


def test_what_another_remote_brought_is_part_of_the_change(origin: Path, tmp_path: Path) -> None:
    root = checked_out(origin)
    git(tmp_path, "clone", "-q", f"file://{origin}", "upstream")
    commit(tmp_path / "upstream", "theirs", "theirs\n")
    git(root, "remote", "add", "upstream", f"file://{tmp_path}/upstream")
    git(root, "fetch", "-q", "upstream")
    git(root, "merge", "-q", "--ff-only", "upstream/main")
    assert set(changes(root)) == {"theirs"}


def test_a_commit_that_was_pushed_is_no_longer_local(origin: Path) -> None:
    root = checked_out(origin)
    commit(root, "made", "made\n")
    git(root, "push", "-q", "origin", "HEAD:refs/heads/elsewhere")
    assert changes(root) == {}


def test_a_merge_of_another_remote_is_held_against_what_was_checked_out(origin: Path, tmp_path: Path) -> None:
    root = checked_out(origin)
    git(tmp_path, "clone", "-q", f"file://{origin}", "upstream")
    git(tmp_path / "upstream", "reset", "-q", "--hard", "HEAD~1")
    commit(tmp_path / "upstream", "theirs", "theirs\n")
    git(root, "fetch", "-q", f"file://{tmp_path}/upstream", "main")
    git(root, "merge", "-q", "FETCH_HEAD", "-m", "merge")
    assert set(changes(root)) == {"theirs"}


@pytest.mark.parametrize("how", ["branch", "pull request"])
def test_what_was_checked_out_is_known_by_its_name_after_other_fetches(origin: Path, how: str) -> None:
    root = checked_out(origin, how)
    (root / ".git/FETCH_HEAD").unlink()
    commit(root, "made", "made\n")
    assert set(changes(root)) == {"made"}


def test_the_commit_of_the_run_is_known_without_any_name(origin: Path) -> None:
    root = checked_out(origin, "all history, tag")
    (root / ".git/FETCH_HEAD").unlink()
    sha = git(root, "rev-parse", "HEAD")
    commit(root, "made", "made\n")
    assert set(changes(root, sha=sha)) == {"made"}


@pytest.mark.parametrize("sha", ["0" * 40, "c0ffee", ""])
def test_a_commit_of_the_run_that_is_not_here_does_not_matter(origin: Path, sha: str) -> None:
    root = checked_out(origin)
    commit(root, "made", "made\n")
    assert set(changes(root, sha=sha)) == {"made"}


def test_a_commit_that_starts_from_nothing_that_was_fetched_is_refused(origin: Path) -> None:
    root = checked_out(origin)
    git(root, "checkout", "-q", "--orphan", "fresh")
    commit(root, "made", "made\n")
    with pytest.raises(InputError) as caught:
        changes(root)
    assert "shares no history with what was fetched" in caught.value.message
    assert "this action makes the commit" in caught.value.remediation


def test_where_nothing_was_fetched_the_checked_out_commit_is_what_counts(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    git(root, "init", "-q")
    sha = commit(root, "a", "1\n")
    (root / "a").write_text("2\n")
    assert set(changes(root, sha=sha)) == {"a"}


def test_of_a_checkout_at_the_runs_commit_git_is_asked_nothing() -> None:
    sha = "a" * 40
    no_git, no_path = cast("Git", None), cast("Callable[[str], Path]", None)
    assert fetched_commit(no_git, sha, no_path, sha) == sha
