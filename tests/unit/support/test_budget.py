"""Each tier has a share of CPU time, counted in loops: over it the run warns, half over it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import budget, sample
from support.budget import FAILS, START, Measured, loop

ROOT = Path(__file__).parents[3]


def measured(**seconds: float) -> Measured:
    found = Measured(loops=[0.2, 0.1, 9.0, 0.1, 0.1])
    found.seconds.update(seconds)
    return found


def test_a_share_is_counted_in_loops_so_that_a_machine_half_as_fast_makes_no_difference() -> None:
    found, slower = measured(unit=10.0), measured(unit=20.0)
    slower.loops = [2 * each for each in slower.loops]
    for each in (found, slower):
        assert each.over({"unit": 100.0}) == []
        assert each.over({"unit": 99.0}) == ["unit"]
        assert each.over({"unit": 99.0}, FAILS) == []
        assert each.over({"unit": 66.0}, FAILS) == ["unit"]


def test_the_whole_has_a_share_too() -> None:
    assert measured(unit=10.0, e2e=10.0).over({"unit": 100.0, "all": 199.0}) == ["all"]


def test_what_workers_tell_is_added_up() -> None:
    total = Measured()
    for each in (measured(unit=1.0), measured(unit=2.0, e2e=4.0)):
        total.add(json.loads(json.dumps(each.as_json())))
    assert total.seconds == {"unit": 3.0, "e2e": 4.0}
    assert len(total.loops) == 10
    *tiers, whole, one = total.table({"unit": 60.0})[1:]
    assert [line.split() for line in tiers] == [["e2e", "0", "4.0", "40"], ["unit", "0", "3.0", "30", "50%"]]
    assert whole.split() == ["all", "0", "7.0", "70"]
    assert "100.0 ms" in one


def test_a_loop_takes_processor_time() -> None:
    assert loop() > 0


TESTS = """
import sys, subprocess, time
BUSY = "import time\\nwhile time.process_time() < 0.15 + start: pass"
def test_here(): exec(BUSY, {"start": time.process_time()})
def test_in_a_child(): subprocess.run([sys.executable, "-c", "start = 0\\n" + BUSY], check=True)
"""
CONFTEST = """
from pathlib import Path
from support import budget
budget.TESTS = Path(__file__).parent
budget.SHARES["test"] = {"unit": <share>}
def pytest_addoption(parser): parser.addoption(budget.CHECKS_OPTION, default="")
def pytest_configure(config): config.pluginmanager.register(budget.Budget(config), "budget")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "workers", "code", "said"),
    [
        pytest.param(1, ("-n", "1"), 1, "ERROR: unit takes over 1.5 times", id="with a worker"),
        pytest.param(100_000, (), 0, "0%", id="alone"),
    ],
)
def test_a_run_that_takes_too_much_fails(
    tmp_path: Path, share: int, workers: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "unit").mkdir()
    (tmp_path / "unit/test_busy.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(CONFTEST.replace("<share>", str(share)))
    checks = tmp_path / "checks.json"
    checks.write_text(json.dumps(measured(checks=5.0).as_json()))
    argv = ["-c", "pyproject.toml", "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-p", "xdist", "-q", *workers]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *argv, str(tmp_path), f"{budget.CHECKS_OPTION}={checks}"],
        cwd=ROOT,
        env=os.environ | {sample.EXTENT_VARIABLE: "test", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert said in done.stdout
    assert "checks " in done.stdout
    assert START in done.stdout
    (unit,) = [line.split() for line in done.stdout.splitlines() if line.startswith("unit ")]
    assert unit[1] == "2"
    assert float(unit[2]) > 0.25, "of the test and of its child"


def test_what_a_command_takes_is_written_down(tmp_path: Path) -> None:
    told = tmp_path / "cache/checks.json"
    code = "import sys; x = [str(n) for n in range(500_000)]; sys.exit(3)"
    command = [sys.executable, "-m", "support.budget", "checks", str(told), sys.executable, "-c", code]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": f"{ROOT}/tests:{ROOT}/src"}, check=False)
    assert done.returncode == 3
    found = json.loads(told.read_text())
    assert found["seconds"]["checks"] > 0.02
    assert len(found["loops"]) == 4
