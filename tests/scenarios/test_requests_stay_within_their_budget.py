"""The benchmark's figures are promises: over budget is red, and so is a README that quotes other figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(BENCHMARKS / "requests.py"), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_no_situation_is_over_its_budget() -> None:
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "same wish again                               1      1      0      0" in done.stdout


def test_the_readme_quotes_what_is_measured() -> None:
    assert run("--markdown").stdout == (BENCHMARKS / "requests.md").read_text()
