"""CPU of detect-changes beside git's own, and beside node's start.

    python benchmarks/changes.py      about two minutes; exit code 1 if a figure is over its budget

Every round runs git, node and the action one after the other, so a slower machine or a busy one changes all of them.
The figures are medians of CPU seconds of a process and its children. All commits are on this machine.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv/bin/python"
RUN = ROOT / "src/action_patterns/run.py"
ROUNDS = 9
PATHS_FILTER_TO_NODE = 258 / 137
"""CPU of dorny/paths-filter 4.0.2 for one commit, in starts of node, measured once on another day."""
PEERS_GROWTH = 1.3
STATUS_GROWTH = 1.5
FETCH_GROWTH = 2.0
"""A commit that the checkout lacks, fetched without blobs from a server on this machine, whose CPU counts too."""
MANY, VERY_MANY = 5_000, 100_000

GIT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{name}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for name in ("NAME", "EMAIL")},
}


class Figure(NamedTuple):
    """One line of the table, in milliseconds unless its name says what is counted. `budget` 0: none."""

    name: str
    milliseconds: float
    ratio: float = 0.0
    budget: float = 0.0
    of: str = ""

    def line(self) -> str:
        text = f"{self.name:62}{self.milliseconds:>8.0f}"
        if not self.budget:
            return text
        good = "ok" if self.ratio <= self.budget else "OVER"
        return f"{text}{self.ratio:>8.2f}x of {self.of}, at most {self.budget:.2f}x  {good}"


def main() -> int:
    """Measure, print the table, return the exit code."""
    with tempfile.TemporaryDirectory(prefix="action-patterns-bench-") as name:
        place = Path(name)
        figures = [*of_commits(place), *of_worktrees(place)]
    print(f"CPU milliseconds, medians of {ROUNDS} rounds; git {_git(ROOT, '--version').split()[2]}\n")
    print("\n".join(figure.line() for figure in figures))
    return 0 if all(figure.ratio <= figure.budget for figure in figures if figure.budget) else 1


def of_commits(place: Path) -> list[Figure]:
    """Return the figures of two commits: one file, and many."""
    repository = place / "commits"
    _git(place, "init", "--quiet", "-b", "main", str(repository))
    _write(repository, {f"src/d{at % 50}/f{at}": "1\n" for at in range(MANY)})
    first = _commit(repository)
    _write(repository, {"src/d0/f0": "2\n"})
    second = _commit(repository)
    _write(repository, {f"src/d{at % 50}/f{at}": "3\n" for at in range(MANY)})
    third = _commit(repository)
    node = shutil.which("node")
    whole, shallow = _checkout(place / "whole", repository, second), _checkout(place / "shallow", repository, second, 1)
    ours, many, fetched, floor, start = _alternated(
        lambda: _detect(whole, first, second, place),
        lambda: _detect(repository, second, third, place),
        lambda: _detect(shallow, first, second, place),
        lambda: _cpu(["git", "diff-tree", "-r", "--name-only", first, second], GIT, repository),
        lambda: _cpu([node, "-e", ""], GIT, repository) if node else 0.0,
    )
    budget = PATHS_FILTER_TO_NODE if node else 0.0
    return [
        Figure("git diff-tree of one commit", floor),
        Figure("node, its start", start),
        Figure("detect-changes, one commit", ours, ours / start if start else 0.0, budget, "node's start"),
        Figure(f"detect-changes, {MANY:,} files", many, many / ours, PEERS_GROWTH, "its own for one commit"),
        Figure("detect-changes, one commit at depth 1", fetched, fetched / ours, FETCH_GROWTH, "it with whole history"),
        Figure("... git processes with whole history", _processes(whole, first, second, place)),
        Figure("... git processes at depth 1, with one fetch", _processes(shallow, first, second, place)),
    ]


def _checkout(place: Path, repository: Path, head: str, depth: int = 0) -> Path:
    """Return a checkout as actions/checkout makes it, of a server that lets any commit be fetched."""
    _git(repository, "config", "uploadpack.allowFilter", "true")
    _git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    _git(repository, "init", "--quiet", str(place))
    _git(place, "remote", "add", "origin", f"file://{repository}")
    _git(place, "fetch", "--quiet", "--no-tags", *([f"--depth={depth}"] if depth else []), "origin", head)
    _git(place, "checkout", "--quiet", "--detach", head)
    return place


def _processes(repository: Path, before: str, sha: str, place: Path) -> int:
    """Return how many commands of git the action runs, those that git starts itself not counted."""
    shim, log = place / "shim", place / "calls"
    shim.mkdir(exist_ok=True)
    log.write_text("")
    program = shim / "git"
    program.write_text(f'#!/bin/sh\necho call >> {log}\nPATH={GIT["PATH"]} exec git "$@"\n')
    program.chmod(0o755)
    _detect(repository, before, sha, place, path=f"{shim}:{GIT['PATH']}")
    return len(log.read_text().splitlines())


def of_worktrees(place: Path) -> list[Figure]:
    """Return the figures of a large worktree, beyond the start of the action."""
    repository = place / "worktree"
    _git(place, "init", "--quiet", "-b", "main", str(repository))
    _write(repository, {f"src/d{at % 500}/f{at}": f"{at}\n" for at in range(VERY_MANY)})
    head = _commit(repository)
    small = place / "small"
    _git(place, "init", "--quiet", "-b", "main", str(small))
    _write(small, {"a": "1\n"})
    start_head = _commit(small)
    _write(repository, {"src/d0/f0": "x\n", "new": "1\n"})
    whole, start, status = _alternated(
        lambda: _detect(repository, head, head, place, source="worktree"),
        lambda: _detect(small, start_head, start_head, place, source="worktree"),
        lambda: _cpu(["git", "status", "--porcelain", "-uall", "-z"], GIT, repository),
    )
    beyond = whole - start
    return [
        Figure(f"git status of {VERY_MANY:,} files, two of them changed", status),
        Figure("detect-changes of that worktree", whole),
        Figure("... beyond its start", beyond, beyond / status, STATUS_GROWTH, "git status"),
    ]


def _detect(repository: Path, before: str, sha: str, place: Path, *, path: str = "", **inputs: str) -> float:
    event, output, temp = place / "event.json", place / "output", place / "temp"
    event.write_text(f'{{"before": "{before}", "repository": {{"default_branch": "main"}}}}')
    output.write_text("")
    temp.mkdir(exist_ok=True)
    given = {"paths": "src/**\n!src/d1/**"} | inputs
    variables = {
        **GIT,
        "PATH": path or GIT["PATH"],
        "GITHUB_WORKSPACE": str(repository),
        "RUNNER_TEMP": str(temp),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "octo/hub",
        "GITHUB_SHA": sha,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REF_NAME": "main",
        "GITHUB_WORKFLOW": "Benchmark",
        "GITHUB_JOB": "benchmark",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        **{f"INPUT_{name.upper()}": value for name, value in given.items()},
    }
    seconds = _cpu([str(PYTHON), "-I", str(RUN), "detect-changes"], variables, repository)
    if "base-reason" not in output.read_text():
        raise SystemExit(f"detect-changes gave no answer for {repository}")
    return seconds


def _alternated(*each: Callable[[], float]) -> list[float]:
    """Return the median of each in milliseconds. One round more goes first, uncounted."""
    rounds = [[once() for once in each] for _ in range(ROUNDS + 1)][1:]
    return [1000 * statistics.median(column) for column in zip(*rounds, strict=True)]


def _cpu(argv: list[str], variables: Mapping[str, str], place: Path) -> float:
    child = subprocess.Popen(argv, env=dict(variables), cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def _write(repository: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _commit(repository: Path) -> str:
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message", "change")
    return _git(repository, "rev-parse", "HEAD").strip()


def _git(place: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=place, env=GIT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
