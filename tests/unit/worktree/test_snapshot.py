"""The files of a checkout have the ids that git itself stores them under, in whichever way they came to be there."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from action_patterns.errors import InputError
from action_patterns.ports.snapshot import Chosen, Snapshot
from action_patterns.worktree import GitCheckout
from support import sample
from support.random_trees import ENVIRONMENT, Repository, build

TREES = 150
"""Random worktrees. `make test` plays a fifth, `make proof` twenty times as many."""


def all_of(paths: Sequence[str]) -> Chosen:
    return Chosen(frozenset(paths), frozenset(paths))


def snapshot(repository: Repository, temp: Path) -> Snapshot:
    return GitCheckout(str(repository.root), str(temp), ENVIRONMENT).snapshot(all_of)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "checkout")
    made.write(b"a.txt", b"one\n")
    made.write(b"run.sh", b"#!/bin/sh\n", executable=True)
    made.link(b"link", b"a.txt")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "first")
    return made


@pytest.mark.slow
def test_a_random_worktree_has_the_ids_that_git_stores(tmp_path: Path) -> None:
    for number in range(sample.examples(TREES)):
        seed = sample.number("worktree", number)
        folder = tmp_path / "tree"
        made = build(folder / "checkout", random.Random(seed))
        found = snapshot(made, folder / "temp")
        expected = made.stored(folder / "index")
        assert dict(found.files) == expected, f"seed {seed}"
        blobs = "".join(f"{stored[7:]}\n" for stored in expected.values()).encode()
        output = made.git("cat-file", "--batch", given=blobs)
        for path, stored in expected.items():
            assert found.contents[path] in output, f"seed {seed}: {path!r} {stored}"
        shutil.rmtree(folder)


def test_a_clean_file_is_not_read(repository: Repository, tmp_path: Path) -> None:
    before = snapshot(repository, tmp_path / "temp").files
    repository.place(b"a.txt").chmod(0o000)
    repository.git("update-index", "--refresh")
    try:
        assert snapshot(repository, tmp_path / "temp").files == before
    finally:
        repository.place(b"a.txt").chmod(0o644)


def test_a_touched_file_has_the_id_of_the_index(repository: Repository, tmp_path: Path) -> None:
    before = snapshot(repository, tmp_path / "temp").files
    for path in repository.files():
        os.utime(os.fsencode(repository.place(path)), (1, 1), follow_symlinks=False)
    assert snapshot(repository, tmp_path / "temp").files == before


def test_untracked_and_ignored_files_are_named(repository: Repository, tmp_path: Path) -> None:
    repository.write(b".gitignore", b"out/\n")
    repository.write(b"new.txt", b"")
    repository.write(b"out/a", b"1")
    found = snapshot(repository, tmp_path / "temp")
    assert (found.untracked, found.ignored) == ((".gitignore", "new.txt"), ("out/a",))


def test_a_file_that_git_was_ordered_to_take_for_unchanged_is_read(repository: Repository, tmp_path: Path) -> None:
    repository.git("update-index", "--assume-unchanged", "a.txt")
    repository.write(b"a.txt", b"two\n")
    assert snapshot(repository, tmp_path / "temp").contents["a.txt"] == b"two\n"
    repository.place(b"a.txt").unlink()
    assert "a.txt" not in snapshot(repository, tmp_path / "temp").files


def test_a_file_outside_of_a_sparse_checkout_counts_as_committed(repository: Repository, tmp_path: Path) -> None:
    before = snapshot(repository, tmp_path / "temp").files
    repository.git("update-index", "--skip-worktree", "a.txt")
    repository.place(b"a.txt").unlink()
    assert snapshot(repository, tmp_path / "temp").files == before


@pytest.mark.parametrize("conflict", [(1, 2, 3), (1, 3), (2, 3)])
def test_a_conflict_counts_with_what_is_in_the_worktree(
    repository: Repository, tmp_path: Path, conflict: tuple[int, ...]
) -> None:
    oid = repository.git("rev-parse", "HEAD:a.txt").decode().strip()
    stages = "".join(f"100644 {oid} {stage}\ta.txt\n" for stage in conflict).encode()
    repository.git("update-index", "--force-remove", "a.txt")
    repository.git("update-index", "--index-info", given=stages)
    repository.write(b"a.txt", b"<<<<<<<\n")
    assert snapshot(repository, tmp_path / "temp").contents["a.txt"] == b"<<<<<<<\n"
    repository.place(b"a.txt").unlink()
    assert "a.txt" not in snapshot(repository, tmp_path / "temp").files


@pytest.mark.parametrize(("mode", "stored"), [(0o654, "100644"), (0o711, "100755"), (0o600, "100644")])
def test_an_untracked_file_is_executable_if_its_owner_may_execute_it(
    repository: Repository, tmp_path: Path, mode: int, stored: str
) -> None:
    repository.write(b"new.sh", b"true\n")
    repository.place(b"new.sh").chmod(mode)
    assert snapshot(repository, tmp_path / "temp").files["new.sh"].startswith(stored)


def test_a_repository_that_is_no_submodule_counts_with_its_files(repository: Repository, tmp_path: Path) -> None:
    other = Repository(repository.root / "tools/other")
    other.write(b"x.txt", b"1")
    other.git("add", "-A")
    other.git("commit", "-q", "-m", "first")
    other.write(b"y.txt", b"2")
    found = snapshot(repository, tmp_path / "temp")
    assert {path: found.contents[path] for path in found.files if path.startswith("tools")} == {
        "tools/other/x.txt": b"1",
        "tools/other/y.txt": b"2",
    }


def test_a_submodule_counts_with_its_commit_and_its_own_changes(repository: Repository, tmp_path: Path) -> None:
    source = Repository(tmp_path / "source")
    source.write(b"x.txt", b"1")
    source.git("add", "-A")
    source.git("commit", "-q", "-m", "first")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(source.root), "lib")
    repository.git("commit", "-q", "-m", "submodule")
    clean = snapshot(repository, tmp_path / "temp").files
    assert clean["lib"].startswith("160000 ")
    assert not any(path.startswith("lib/") for path in clean)
    repository.write(b"lib/x.txt", b"2")
    dirty = snapshot(repository, tmp_path / "temp").files
    assert dirty["lib"] == clean["lib"]
    assert dirty["lib/x.txt"] == "100644 d8263ee9860594d2806b0dfd1bfd17528b0ba2a4"
    repository.place(b"lib/x.txt").unlink()
    assert snapshot(repository, tmp_path / "temp").files["lib/x.txt"] == "absent"


def test_the_files_of_the_runner_never_count(repository: Repository, tmp_path: Path) -> None:
    repository.write(b"_temp/secret", b"1")
    repository.write(b"_cmd/out", b"1")
    checkout = GitCheckout(
        str(repository.root),
        str(repository.root / "_temp"),
        ENVIRONMENT,
        runner_files=(str(repository.root / "_cmd/out"),),
    )
    assert sorted(checkout.snapshot(all_of).files) == ["a.txt", "link", "run.sh"]


def test_a_repository_of_sha_256_has_ids_of_its_own_kind(tmp_path: Path) -> None:
    made = Repository(tmp_path / "checkout")
    shutil.rmtree(made.root / ".git")
    made.git("init", "-q", "--object-format=sha256")
    made.write(b"a.txt", b"one\n")
    assert dict(snapshot(made, tmp_path / "temp").files) == made.stored(tmp_path / "index")
    assert len(snapshot(made, tmp_path / "temp").files["a.txt"]) == 7 + 64


def test_without_a_repository_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a git repository"):
        GitCheckout(str(tmp_path), str(tmp_path / "temp"), ENVIRONMENT).snapshot(all_of)


def test_what_cannot_be_read_is_an_error(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(b"a.txt", b"three\n")
    really = os.open

    def refused(path: bytes | str, flags: int, **options: Any) -> int:
        if path == b"a.txt":
            raise PermissionError(13, "Permission denied")
        return really(path, flags, **options)

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(InputError, match=r"'a\.txt' cannot be read: Permission denied"):
        snapshot(repository, tmp_path / "temp")
