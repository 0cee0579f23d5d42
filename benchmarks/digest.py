"""What a digest of 100,000 files costs, in multiples of what git takes to hash them in the same run.

    python benchmarks/digest.py [FILES]     some minutes; 1.5 GB in TMPDIR, best in memory

Exit code 1 if a figure is over its bar. CPU time of a whole process and its children, the least of several rounds that
alternate. Our own start, a digest of one file, is measured beside and subtracted; benchmarks/startup.py holds it.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parents[1]
RUN = CHECKOUT / "src/action_patterns/run.py"
FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS = 5
A_DIRECTORY = 100
"""Files of one directory."""
GIT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{name}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for name in ("NAME", "EMAIL")},
}
HASHING = "git hash-object --stdin-paths"


class Bar(NamedTuple):
    """A figure, and how much of git's hashing it may take."""

    name: str
    most: float


CLEAN, DIRTY, UNTRACKED = (
    Bar("digest, clean", 0.35),
    Bar("digest, every file dirty", 1.0),
    Bar("digest, untracked", 1.0),
)


class Repository:
    """A repository with many files of about five kilobytes, as text."""

    def __init__(self, root: Path, files: int) -> None:
        self.root = root
        self.names = [
            f"package{n // 5_000:03}/part{n // A_DIRECTORY % 50:02}/file{n % A_DIRECTORY:03}.txt" for n in range(files)
        ]
        root.mkdir()
        self.git("init", "-q")
        self.git("config", "core.compression", "0")

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=self.root, env=GIT, input=given, check=True, stdout=subprocess.PIPE).stdout

    def write(self, seed: int) -> None:
        """Write every file with content of this seed."""
        chance = random.Random(seed)  # noqa: S311 - content, no secret
        text = "\n".join(chance.randbytes(40).hex() for _ in range(10_000))
        for name in self.names:
            size = chance.randrange(500, 10_000)
            start = chance.randrange(len(text) - size)
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text[start : start + size] + "\n")

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "files")
        self.git("status")


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of the processes that some work starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def digest(repository: Repository, temp: Path) -> str:
    """Run the action, and return its digest."""
    temp.mkdir(exist_ok=True)
    output = temp / "output"
    output.write_text("")
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(temp),
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(repository.root),
        "RUNNER_TEMP": str(temp),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_SHA": "0" * 40,
        "INPUT_MODE": "digest",
        "INPUT_FILES": "**",
        **{f"GITHUB_RUN_{name}": "1" for name in ("ID", "NUMBER", "ATTEMPT")},
        **{f"GITHUB_{name}": "x" for name in ("WORKFLOW", "JOB", "EVENT_NAME", "REF_NAME")},
        "GITHUB_REPOSITORY": "acme/api",
    }
    command = [sys.executable, "-I", str(RUN), "skip-unchanged"]
    subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)
    lines = output.read_text().splitlines()
    return lines[next(at for at, line in enumerate(lines) if line.startswith("digest<<")) + 1]


def measure(repository: Repository, one: Repository, temp: Path, bar: Bar) -> bool:
    """Print the figure of one state of the worktree, and return whether it is within its bar."""
    names = "".join(f"{name}\n" for name in repository.names).encode()
    kinds: dict[str, Callable[[], object]] = {
        "start": lambda: digest(one, temp),
        HASHING: lambda: repository.git("hash-object", "--stdin-paths", given=names),
        bar.name: lambda: digest(repository, temp),
    }
    if bar is CLEAN:
        kinds["git status"] = lambda: repository.git("status", "--porcelain")
    least = dict.fromkeys(kinds, float("inf"))
    for _ in range(ROUNDS):
        for name, work in kinds.items():
            least[name] = min(least[name], cpu_seconds(work))
    git = least[HASHING]
    share = (least[bar.name] - least["start"]) / git
    for name in kinds:
        print(f"  {name:<32} {least[name]:7.3f} s   {least[name] / git:5.2f}")
    verdict = "within" if share <= bar.most else "OVER"
    print(f"{bar.name}, beyond our own start: {share:.2f} of `{HASHING}`; {verdict} its bar of {bar.most:.2f}\n")
    return share <= bar.most


def main() -> int:
    """Measure every state."""
    with tempfile.TemporaryDirectory(prefix="action-patterns-digest-") as folder:
        one = Repository(Path(folder, "one"), 1)
        one.write(0)
        one.commit()
        repository = Repository(Path(folder, "many"), FILES)
        repository.write(1)
        repository.commit()
        print(f"{FILES:,} files; CPU seconds, and their share of `{HASHING}`\n")
        temp = Path(folder, "temp")
        good = measure(repository, one, temp, CLEAN)
        clean = digest(repository, temp)
        repository.write(2)
        good &= measure(repository, one, temp, DIRTY)
        dirty = digest(repository, temp)
        (repository.root / ".git/index").unlink()
        good &= measure(repository, one, temp, UNTRACKED)
        if len({clean, dirty}) == 1 or dirty != digest(repository, temp):
            print("The digests are wrong: the figures count for nothing.")
            return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
