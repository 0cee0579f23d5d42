"""What preflight costs beyond an action that asks no API, and beyond the slowest tool that it asks.

    python benchmarks/preflight.py

Exit code 1 if a figure is over its budget. Rounds alternate what is compared, so a busy machine changes both; the
figure is the median of the differences. Everything runs on this machine: no GitHub, no runner.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RUN = ROOT / "src/action_patterns/run.py"
ROUNDS = 21
SLOWEST_SECONDS = 0.4
"""Time of the slowest tool."""

LOCAL = "\n".join(
    [
        *(f"- env: V{n}\n  one-of: [a, b]" for n in range(5)),
        *(f"- secret: S{n}\n  min-length: 8\n  pattern: '[a-z0-9]+'" for n in range(5)),
        *(f"- job: j{n}" for n in range(3)),
        *(f"- tool: {name}" for name in ("sh", "cat", "ls")),
        "- disk: 1 MB",
        "- memory: 1 MB",
        "- file: a.txt",
        "- file: b.txt",
    ]
)
TOOLS = "\n".join(f"- tool: tool{n} >=1" for n in range(8))
NEEDS = "\n".join(f"j{n}=success" for n in range(3))


class Row(NamedTuple):
    """A figure: what is run, what it is compared with, and what it may cost beyond that."""

    name: str
    inputs: dict[str, str]
    beside: str
    beside_inputs: dict[str, str]
    less_seconds: float
    budget_milliseconds: float


UNIQUE_ID = {"INPUT_VALUES": "a\nb"}
ROWS = (
    Row(
        "20 local checks without processes, beyond unique-id",
        {"INPUT_CHECKS": LOCAL, "INPUT_NEEDS": NEEDS},
        "unique-id",
        UNIQUE_ID,
        0.0,
        60,
    ),
    Row(
        "versions of 8 tools, beyond one tool's presence and the slowest tool",
        {"INPUT_CHECKS": TOOLS},
        "preflight",
        {"INPUT_CHECKS": "- tool: tool0"},
        SLOWEST_SECONDS,
        50,
    ),
)


def main() -> int:
    """Measure, print a line for each row, return the exit code."""
    over = 0
    with tempfile.TemporaryDirectory(prefix="action-patterns-bench-") as name:
        folder = Path(name)
        prepare(folder)
        for row in ROWS:
            differences = []
            for round_number in range(ROUNDS + 1):
                base = seconds(folder, row.beside, row.beside_inputs)
                whole = seconds(folder, "preflight", row.inputs)
                if round_number:  # the first fills the caches
                    differences.append((whole - base - row.less_seconds) * 1000)
            figure = statistics.median(differences)
            good = figure <= row.budget_milliseconds
            over += not good
            print(f"{row.name}: {figure:.0f} ms (at most {row.budget_milliseconds:.0f}){'' if good else '  OVER'}")
    print(f"CPython {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {ROUNDS} rounds")
    return 1 if over else 0


def prepare(folder: Path) -> None:
    """Write the files and tools that are asked for. One tool is slow, the others are not."""
    (folder / "bin").mkdir()
    for number in range(8):
        tool = folder / f"bin/tool{number}"
        wait = f"sleep {SLOWEST_SECONDS}; " if number == 3 else ""
        tool.write_text(f"#!/bin/sh\n{wait}echo tool {number + 1}.0\n")
        tool.chmod(0o755)
    for file in ("a.txt", "b.txt"):
        (folder / file).write_text("x\n")


def seconds(folder: Path, action: str, inputs: dict[str, str]) -> float:
    """Return the time of one step, from its Python's start to its end."""
    for file in ("output", "summary"):
        (folder / file).write_text("")
    variables = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_REPOSITORY": "octo/hub",
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_SHA": "0" * 40,
        "GITHUB_REF_NAME": "main",
        "GITHUB_WORKFLOW": "Benchmark",
        "GITHUB_JOB": "benchmark",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
        **{f"V{n}": "a" for n in range(5)},
        **{f"S{n}": f"secret{n}000" for n in range(5)},
        **inputs,
    }
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-I", str(RUN), action], env=variables, cwd=folder, capture_output=True, check=False
    )
    took = time.perf_counter() - began
    if ended.returncode:
        raise SystemExit(ended.stdout.decode())
    return took


if __name__ == "__main__":
    sys.exit(main())
