"""Programs side by side: none costs another its answer, and an interrupt leaves none of them."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from action_patterns.process.asked import MOST_BYTES, Answered, run_all


def test_an_interrupt_ends_all_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[int] = []
    begin = subprocess.Popen.__init__

    def remember(self: Any, *arguments: Any, **options: Any) -> None:
        begin(self, *arguments, **options)
        started.append(self.pid)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "__init__", remember)
    monkeypatch.setattr(subprocess.Popen, "poll", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_all([(("sleep", "60"), 60.0)] * 3, cwd=tmp_path, env={"PATH": os.environ["PATH"]})
    assert len(started) == 3
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_that_cannot_be_started_says_why_and_costs_the_others_nothing(tmp_path: Path) -> None:
    (tmp_path / "closed").write_text("x")
    began = time.monotonic()
    absent, closed, odd, good = run_all(
        [(("/no/such",), 1.0), ((str(tmp_path / "closed"),), 1.0), (("a\0b",), 1.0), (("echo", "x"), 30.0)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
    )
    assert [each.returncode for each in (absent, closed, odd)] == [None, None, None]
    assert [os.strerror(each.refused) for each in (absent, closed)] == [
        "No such file or directory",
        "Permission denied",
    ]
    assert good == Answered(0, b"x\n", b"")
    assert time.monotonic() - began < 30


def shell(script: str, seconds: float) -> tuple[tuple[str, ...], float]:
    return (("sh", "-c", script), seconds)


def test_one_that_leaves_a_process_behind_has_answered_and_leaves_none(tmp_path: Path) -> None:
    began = time.monotonic()
    (found,) = run_all([shell("sleep 60 & echo $!", 60.0)], cwd=tmp_path, env={"PATH": os.environ["PATH"]})
    assert (found.returncode, found.timed_out) == (0, False)
    assert time.monotonic() - began < 30, "it waits for the program, and not for its pipe"
    state = Path(f"/proc/{found.stdout.decode().strip()}/stat")
    while state.exists() and state.read_text().split()[2] != "Z":
        assert time.monotonic() - began < 30, "what it left behind is ended"
        time.sleep(0.01)


def test_one_that_hangs_costs_the_others_nothing(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"]}
    programs = [shell("echo a; sleep 60", 0.2), shell("yes", 0.2), shell("sleep 0.1; echo b >&2; exit 3", 60.0)]
    hung, endless, good = run_all(programs, cwd=tmp_path, env=env)
    assert hung == Answered(-9, b"a\n", b"", timed_out=True)
    assert (len(endless.stdout), endless.timed_out) == (MOST_BYTES, True)
    assert good == Answered(3, b"", b"b\n")


def test_a_flood_is_read_to_its_end_and_not_kept(tmp_path: Path) -> None:
    script = "yes | head -c 1000000; echo end >&2"
    (found,) = run_all([shell(script, 60.0)], cwd=tmp_path, env={"PATH": os.environ["PATH"]})
    assert (found.returncode, len(found.stdout), found.stderr) == (0, MOST_BYTES, b"end\n")
