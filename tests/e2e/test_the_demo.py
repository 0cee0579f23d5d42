"""`make demo` shows what it promises, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from support.act_stage import CHECKOUT

LIMIT_SECONDS = 60.0
"""Of processor time: how long it takes on a busy machine says nothing of the demo."""


def test_the_demo_shows_three_runs(tmp_path: Path) -> None:
    used = _processor_seconds()
    demo = subprocess.run(_command(), env=_variables(tmp_path), capture_output=True, text=True, check=False)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert _processor_seconds() - used < LIMIT_SECONDS
    table = {line.rsplit(maxsplit=3)[0]: line.split()[-3:] for line in demo.stdout.splitlines() if line.count("  ") > 2}
    assert table["created"] == ["5", "0", "1"]
    assert table["updated"] == ["0", "0", "5"]
    assert table["unchanged"] == ["1", "6", "0"]
    assert [table[outcome] for outcome in ("skipped", "blocked", "failed")] == [["1"] * 3, ["2"] * 3, ["0"] * 3]
    assert table["writes"][1] == "0"
    assert int(table["writes"][0]) > 0
    assert "0.02 s apart here instead of the 1 s" in demo.stdout
    for excluded in ("acme/legacy-portal (archived)", "acme/new-idea (empty)", "acme/vendor-mirror (opted-out)"):
        assert excluded in demo.stdout
    assert "acme/billing-api #1" in demo.stdout
    assert list(tmp_path.iterdir()) == [], "its working files are gone"


def test_ctrl_c_leaves_no_process_and_no_file_behind(tmp_path: Path) -> None:
    with subprocess.Popen(_command(), env=_variables(tmp_path), stdout=subprocess.PIPE, text=True) as demo:
        _wait_until(lambda: len(list(_processes(tmp_path))) > 2)  # the demo, act, and a step of a job
        demo.send_signal(signal.SIGINT)
        output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 128 + signal.SIGINT, output
    assert "Interrupted" in output
    # One that was killed a moment ago is listed until the kernel is done with it.
    _wait_until(lambda: not list(_processes(tmp_path)), seconds=30.0)
    assert list(tmp_path.iterdir()) == []


def _processor_seconds() -> float:
    """Of everything this process has started and waited for, and of what that has."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _command() -> list[str]:
    return [sys.executable, "-m", "github_sandbox.demo"]


def _variables(place: Path) -> dict[str, str]:
    # TMPDIR is handed on to everything the demo starts, so it marks its processes.
    return {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(CHECKOUT / "src"), "KEEP": ""}


def _processes(place: Path) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={place}".encode() in (process / "environ").read_bytes():
                yield (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue


def _wait_until(condition: object, seconds: float = 60.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
