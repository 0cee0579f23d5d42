"""Random worktrees over one repository: what git would store of them is known, because git is asked to store it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{name}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for name in ("NAME", "EMAIL")},
}
NAMES = (
    b"a",
    b"b.txt",
    b"c d.txt",
    "é.md".encode(),
    b"x\ny",
    b'q"t\\',
    b"\xff\xfe.bin",
    b"[id].ts",
    b"tab\t",
    b"-n",
    b"$id",
)
DIRECTORIES = (b"", b"src/", b"src/deep/", "dïr/".encode(), b"bin/", b"out/")
CONTENTS = (
    b"",
    b"one\n",
    b"one\r\ntwo\r\n",
    b"one\r\ntwo\n",
    b"lone\rreturn\n",
    b"\0binary\r\n",
    b"$Id$ and text\n",
    b"$Id: 0123 $ and text\n",
    b"no end",
    b"x" * 20_000 + b"\r\n",
    b"y" * 40_000,
)
ATTRIBUTES = (
    b"",
    b"* text=auto\n",
    b"*.txt text\n*.bin -text\n",
    b"* text eol=crlf\n",
    b"*.md ident\n",
    b"[attr]mine ident text\n*.txt mine\n",
    b"*.bin binary\n* text=auto\n",
    b"*.txt filter=upper\n",
)
SETTINGS = (
    (),
    ("core.autocrlf=true",),
    ("core.autocrlf=input",),
    ("core.fileMode=false",),
    ("core.autocrlf=input", "core.safecrlf=true"),
    ("filter.upper.clean=tr a-z A-Z", "filter.upper.required=true"),
)


class Repository:
    """A repository with a commit, at a place that is thrown away."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str | bytes, given: bytes = b"", index: Path | None = None) -> bytes:
        variables = ENVIRONMENT | ({"GIT_INDEX_FILE": str(index)} if index else {})
        command = [b"git", *(os.fsencode(each) for each in arguments)]
        return subprocess.run(
            command, cwd=self.root, env=variables, input=given, check=True, capture_output=True
        ).stdout

    def place(self, path: bytes) -> Path:
        return self.root / os.fsdecode(path)

    def write(self, path: bytes, content: bytes, *, executable: bool = False) -> None:
        """Write a file, in the place of anything that is at its path."""
        place = self.place(path)
        remove(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        place.chmod(0o755 if executable else 0o644)

    def link(self, path: bytes, target: bytes) -> None:
        place = self.place(path)
        remove(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.fsdecode(target))

    def files(self) -> Iterator[bytes]:
        """Yield the path of each file and link of the worktree."""
        for place in self.root.rglob("*"):
            path = place.relative_to(self.root)
            if path.parts[0] != ".git" and (place.is_symlink() or place.is_file()):
                yield os.fsencode(path)

    def stored(self, scratch: Path) -> dict[str, str]:
        """Return mode and id of each file of the worktree, as git stores it: ignored ones too."""
        index = self.root / ".git/index"
        if index.exists():
            shutil.copy2(index, scratch)
        names = b"".join(path + b"\0" for path in self.files())
        gone = self.git("ls-files", "--deleted", "-z", index=scratch)
        self.git("update-index", "--force-remove", "-z", "--stdin", given=gone, index=scratch)
        every = ("-c", "core.safecrlf=false", "update-index", "--add", "--replace", "-z", "--stdin")
        self.git(*every, given=names, index=scratch)
        found = {}
        for item in self.git("ls-files", "--stage", "-z", index=scratch).split(b"\0")[:-1]:
            meta, _, path = item.partition(b"\t")
            found[os.fsdecode(path)] = meta[:-2].decode()
        return found


def remove(place: Path) -> None:
    """Remove a file, a link or a directory, and files that are in the way above it."""
    for above in reversed(place.parents):
        if above.is_symlink() or above.is_file():
            above.unlink()
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def change(repository: Repository, chance: random.Random) -> None:
    """Do one thing that a step may do to a worktree."""
    path = chance.choice(DIRECTORIES) + chance.choice(NAMES)
    place = repository.place(path)
    match chance.randrange(8):
        case 0:
            repository.link(path, chance.choice((b"b.txt", b"nowhere", b"../\xff", b"src")))
        case 1:
            remove(place)
        case 2 if place.is_file() and not place.is_symlink():
            place.chmod(place.stat().st_mode ^ 0o111)
        case 3:
            paths = list(repository.files())
            repository.git(
                "-c", "core.safecrlf=false", "--literal-pathspecs", "add", "-f", "--", chance.choice(paths)
            ) if paths else None
        case 4 if place.is_file() and not place.is_symlink():
            os.utime(place)
        case _:
            repository.write(path, chance.choice(CONTENTS), executable=chance.random() < 0.2)


def build(root: Path, chance: random.Random) -> Repository:
    """Return a repository with a commit, and a worktree in which things were done since."""
    repository = Repository(root)
    for setting in chance.choice(SETTINGS):
        name, _, value = setting.partition("=")
        repository.git("config", name, value)
    repository.write(b".gitignore", b"out/\n*.ts\n")
    if attributes := chance.choice(ATTRIBUTES):
        repository.write(chance.choice((b".gitattributes", b"src/.gitattributes")), attributes)
    for _ in range(chance.randrange(1, 8)):
        repository.write(chance.choice(DIRECTORIES) + chance.choice(NAMES), chance.choice(CONTENTS))
    repository.git("-c", "core.safecrlf=false", "add", "-A")
    repository.git("commit", "-q", "-m", "first")
    if chance.random() < 0.3:
        repository.git("-c", "core.safecrlf=false", "checkout", "-q", "-f", "HEAD")
    for _ in range(chance.randrange(7)):
        change(repository, chance)
    return repository
