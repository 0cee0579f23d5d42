"""The benchmark's figures are promises: over budget is red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_no_situation_is_over_its_budget() -> None:
    script = Path(__file__).parents[2] / "benchmarks" / "requests.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "same wish again                               1      1      0      0" in done.stdout
