"""Names, modes, links and line ends count as git stores them, whether a file is clean, staged, changed or untracked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from action_patterns.worktree import GitCheckout
from support.editions import without_github
from support.random_trees import ENVIRONMENT, Repository
from support.skip_stage import Job, alone, skip

pytestmark = without_github(why="A digest asks GitHub nothing.")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Repository(tmp_path_factory.mktemp("original") / "checkout")
    made.write(b".gitattributes", b"*.txt text\n*.md ident\n")
    made.write(b".gitignore", b"*.log\n")
    made.write(b"src/a.txt", b"one\ntwo\n")
    made.write(b"src/raw.bin", b"one\ntwo\n")
    made.write(b"src/run.sh", b"true\n")
    made.write(b"src/notes.md", b"$Id$\n")
    made.write(b"src/\xff\n.py", b"x\n")
    made.link(b"src/link", b"a.txt")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "first")
    return made.root


@pytest.fixture
def repository(original: Path, tmp_path: Path) -> Repository:
    copy = Repository(tmp_path / "checkout")
    shutil.rmtree(copy.root)
    shutil.copytree(original, copy.root, symlinks=True)
    return copy


def digest_of(repository: Repository, files: str = "src") -> str:
    checkout = GitCheckout(str(repository.root), f"{repository.root}-temp", ENVIRONMENT)
    with alone() as scene:
        return skip(scene, "digest", Job(checkout=checkout), files=files).outputs.digest


CHANGES: dict[str, Callable[[Repository], object]] = {
    "content": lambda on: on.write(b"src/a.txt", b"one\ntwo\nthree\n"),
    "line ends that git keeps": lambda on: on.write(b"src/raw.bin", b"one\r\ntwo\r\n"),
    "mode": lambda on: on.place(b"src/run.sh").chmod(0o755),
    "link target": lambda on: on.link(b"src/link", b"run.sh"),
    "link to file": lambda on: on.write(b"src/link", b"a.txt"),
    "name": lambda on: on.place(b"src/a.txt").rename(on.place(b"src/b.txt")),
    "byte of a name": lambda on: on.place(b"src/\xff\n.py").rename(on.place(b"src/\xfe\n.py")),
    "deletion": lambda on: on.place(b"src/run.sh").unlink(),
    "untracked": lambda on: on.write(b"src/new.txt", b""),
    "ignored": lambda on: on.write(b"src/new.log", b""),
    "staged": lambda on: (on.write(b"src/a.txt", b"2\n"), on.git("add", "-A")),
    "committed": lambda on: (on.write(b"src/a.txt", b"2\n"), on.git("commit", "-qam", "second")),
}
EQUAL: dict[str, Callable[[Repository], object]] = {
    "nothing": lambda on: None,
    "touched": lambda on: os.utime(on.place(b"src/run.sh"), (1, 1)),
    "line ends that git removes": lambda on: on.write(b"src/a.txt", b"one\r\ntwo\r\n"),
    "an id that git takes out": lambda on: on.write(b"src/notes.md", b"$Id: 0123456789abcdef $\n"),
    "another file": lambda on: on.write(b"docs/new.txt", b"1\n"),
    "another commit": lambda on: on.git("commit", "-q", "--allow-empty", "-m", "second"),
    "taken out of the index": lambda on: on.git("rm", "-q", "--cached", "-r", "src"),
    "changed and back": lambda on: (on.write(b"src/a.txt", b"2\n"), on.write(b"src/a.txt", b"one\ntwo\n")),
    "the group's right to execute": lambda on: on.place(b"src/run.sh").chmod(0o654),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_git_would_store_otherwise_has_another_digest(repository: Repository, change: str) -> None:
    before = digest_of(repository)
    CHANGES[change](repository)
    assert digest_of(repository) != before


@pytest.mark.parametrize("change", EQUAL)
def test_what_git_would_store_alike_has_the_same_digest(repository: Repository, change: str) -> None:
    before = digest_of(repository)
    EQUAL[change](repository)
    assert digest_of(repository) == before


def test_a_clone_without_history_has_the_same_digest(repository: Repository, tmp_path: Path) -> None:
    for number in range(3):
        repository.git("commit", "-q", "--allow-empty", "-m", str(number))
    shallow = Repository(tmp_path / "shallow")
    shallow.git("fetch", "-q", "--depth=1", f"file://{repository.root}", "main")
    shallow.git("checkout", "-q", "FETCH_HEAD")
    assert digest_of(shallow) == digest_of(repository)


def test_the_log_names_what_git_does_not_track(repository: Repository) -> None:
    repository.write(b"src/new.txt", b"")
    repository.write(b"src/new.log", b"")
    job = Job(checkout=GitCheckout(str(repository.root), f"{repository.root}-temp", ENVIRONMENT))
    with alone() as scene:
        skip(scene, "digest", job, files="src")
    assert job.log.lines[:2] == [
        "1 of these files git does not track: 'src/new.txt'",
        "1 of these files git ignores: 'src/new.log'",
    ]
